"""The displacement that brings a shape's surface onto the skull's.

The displacement u minimises, over the lattice nodes near the skull's surface,

    sum w (shape(x + u) - skull(x))^2  +  BENDING |Laplacian u|^2

for signed distances, by Gauss-Newton steps with a fixed number of conjugate-gradient iterations.  The
weight w asks that both surfaces face the same way, so the rims of defects pull at nothing, and lets go
of what lies far apart.  ``extension/src/engine/prior/bend.ts`` computes the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from .lattice import BLOCK, CLAMP_MM, LATTICE_MM, LATTICE_NODES

# Nodes nearer to the surface than this take part, mm.
BAND_MM = 2.0
LEAST_SLOPE = 0.3
BENDING = 0.01
SOLVER_ITERATIONS = 40
_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


class Schedule(NamedTuple):
    """A difference (mm) that weighs half as much, for each step, and one that is of no common surface."""

    half_weight: Sequence[float]
    largest: float


def bend(shape: Tensor, distance: Tensor, schedule: Schedule) -> Tensor:
    """Displacement (mm) that fits a shape to the skull of a distance, both on the lattice."""
    own = _gradient(distance.clamp(-CLAMP_MM, CLAMP_MM)[None, None])[0] / LATTICE_MM
    image = torch.cat([shape[None, None], _gradient(shape[None, None]) / LATTICE_MM], 1)
    near = distance.abs() < BAND_MM
    z, y, x = near.nonzero(as_tuple=True)
    at = torch.stack([x, y, z], -1).float()
    own_slope = own[:, near]
    own_length = own_slope.norm(dim=0)
    here = distance[near]
    nx, ny, nz = (n // BLOCK for n in LATTICE_NODES)
    block = ((z // BLOCK) * ny + y // BLOCK) * nx + x // BLOCK
    u = torch.zeros(1, 3, nz, ny, nx, device=distance.device)  # lattice nodes
    for half_weight in schedule.half_weight:
        moved = _sample(u, (at + 0.5) / BLOCK - 0.5)
        there, *slope = _sample(image, at + moved.T)
        other = torch.stack(slope)
        other_length = other.norm(dim=0)
        cosine = ((own_slope * other).sum(0) / (own_length * other_length + 1e-6)).clamp(min=0.0)
        off = there - here
        weight = cosine**4 / (1.0 + (off / half_weight) ** 2) * (off.abs() < schedule.largest)
        weight = weight * (own_length > LEAST_SLOPE) * (other_length > LEAST_SLOPE)
        normal = own_slope / (own_length + 1e-6) + other / (other_length + 1e-6)
        normal = normal / (normal.norm(dim=0) + 1e-6)
        target = (normal * moved).sum(0) - off / LATTICE_MM
        rows = [weight * normal[i] * normal[j] for i, j in _PAIRS]
        rows += [weight * normal[i] * target for i in range(3)]
        sums = torch.zeros(9, nx * ny * nz, device=distance.device)
        sums = sums.index_add_(1, block, torch.stack(rows)).reshape(9, nz, ny, nx) / BLOCK**2
        u = _solve(sums[:6], sums[6:][None], u)
    return u * LATTICE_MM


def _sample(volume: Tensor, at: Tensor) -> Tensor:
    """[1, C, z, y, x] at node positions [N, 3] (x, y, z) -> [C, N]."""
    size = torch.tensor(volume.shape[:1:-1], dtype=torch.float32, device=at.device)
    grid = ((at + 0.5) / size * 2.0 - 1.0)[None, None, None]
    out = F.grid_sample(volume, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return out[0, :, 0, 0]


def _gradient(v: Tensor) -> Tensor:
    """Central differences [1, 3 (x, y, z), ...] of [1, 1, z, y, x] per node, replicated at the faces."""
    p = F.pad(v, (1,) * 6, mode="replicate")
    i = slice(1, -1)
    x = p[:, :, i, i, 2:] - p[:, :, i, i, :-2]
    y = p[:, :, i, 2:, i] - p[:, :, i, :-2, i]
    z = p[:, :, 2:, i, i] - p[:, :, :-2, i, i]
    return torch.cat([x, y, z], 1) / 2.0


def _laplacian(u: Tensor) -> Tensor:
    """Six times a node less its neighbours, replicated at the faces."""
    p = F.pad(u, (1,) * 6, mode="replicate")
    i = slice(1, -1)
    x = p[:, :, i, i, 2:] + p[:, :, i, i, :-2]
    y = p[:, :, i, 2:, i] + p[:, :, i, :-2, i]
    return 6.0 * u - x - y - p[:, :, 2:, i, i] - p[:, :, :-2, i, i]


def _solve(a: Tensor, b: Tensor, u: Tensor) -> Tensor:
    """Conjugate gradients for (A + BENDING L^2) u = b; ``a`` holds the six entries of each node's matrix."""

    def times(v: Tensor) -> Tensor:
        x, y, z = v[0]
        data = torch.stack(
            [a[0] * x + a[1] * y + a[2] * z, a[1] * x + a[3] * y + a[4] * z, a[2] * x + a[4] * y + a[5] * z]
        )
        return data[None] + BENDING * _laplacian(_laplacian(v))

    diagonal = torch.stack([a[0], a[3], a[5]])[None] + BENDING * 42.0
    residual = b - times(u)
    z = residual / diagonal
    direction = z
    product = (residual * z).sum()
    for _ in range(SOLVER_ITERATIONS):
        image = times(direction)
        step = product / ((direction * image).sum() + 1e-20)
        u = u + step * direction
        residual = residual - step * image
        z = residual / diagonal
        new = (residual * z).sum()
        direction = z + new / (product + 1e-20) * direction
        product = new
    return u

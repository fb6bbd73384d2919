"""Training skulls registered onto each other: heads between and beyond those that there are.

Every skull is bent to the mean skull and the mean skull to it (``bend``), two fits of 0.15 s each.  One after
the other they bend any skull to any other, as well as a fit of the two would: 59 skulls give 3422 pairs for
118 fits.  A share of that displacement, 0 to 1.2, gives a head between both, or a little beyond the second.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

from ..data.splits import held_back, same_data
from ..data.subject import Subject, bone_at
from .bend import bend
from .continuation import MEAN_SKULL, mean_skull
from .lattice import BLOCK, CLAMP_MM, LATTICE_MM, LATTICE_NODES, lattice_points

MOST_WEIGHT = 1.2
# A fit's displacement waves from node to node, and skulls do not; nodes are 12.8 mm apart.
SMOOTH = 1.0
# Smallest volume that a unit of volume may be bent to: far from a fold.
LEAST_VOLUME = 0.25
# Foldings are looked for at every other node; the displacement's own nodes are twice as far apart.
CHECKED = 2


class Registration(NamedTuple):
    """Displacements (mm) [3 (x, y, z), 12, 16, 16] of one skull: ``skull(x + to_skull(x))`` is the mean skull
    and ``mean(x + to_mean(x))`` is the skull."""

    to_skull: Tensor
    to_mean: Tensor


class Twin(NamedTuple):
    """Another skull, and how far toward it a skull is bent: 0 leaves it as it is, 1 makes it the other."""

    name: str
    weight: float


def register(subject: Subject) -> Registration:
    """Fit a complete skull and the mean skull to each other."""
    nodes = lattice_points()
    own, mean = bone_at(subject, nodes), mean_skull(nodes)
    to_skull = bend(own.clamp(-CLAMP_MM, CLAMP_MM), mean, MEAN_SKULL)
    to_mean = bend(mean.clamp(-CLAMP_MM, CLAMP_MM), own, MEAN_SKULL)
    return Registration(_smoothed(to_skull[0]), _smoothed(to_mean[0]))


def _smoothed(u: Tensor) -> Tensor:
    """Gaussian of ``SMOOTH`` nodes."""
    return torch.from_numpy(ndimage.gaussian_filter(u.numpy(), (0.0, *(SMOOTH,) * 3), mode="nearest"))


# Of the processes that register: inherited, as fields are too much to be sent.
_subjects: Sequence[Subject] = ()


def _register_one(k: int) -> tuple[np.ndarray, ...]:
    torch.set_num_threads(1)
    return tuple(u.numpy() for u in register(_subjects[k]))


def _register_all(subjects: Sequence[Subject], processes: int) -> list[Registration]:
    """Forked, as the processes that draw are: nothing may have touched a GPU yet."""
    global _subjects
    if processes < 2:
        return [register(s) for s in subjects]
    _subjects = subjects
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        made = pool.map(_register_one, range(len(subjects)), chunksize=1)
    _subjects = ()
    return [Registration(*(torch.from_numpy(u) for u in each)) for each in made]


class Registrations:
    """Registrations of training skulls, and which of them a skull may be bent to.

    Only skulls of the same data: MR labels show another thickness than CT.  ``others`` names those that the
    shape prior of a skull was fitted to: it must not know the head that it continues, so a skull is bent to
    none of them.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        others: Mapping[str, Sequence[str]] | None = None,
        processes: int = 1,
    ) -> None:
        """Raises ``ValueError`` for subjects of validation or test."""
        names = [s.name for s in subjects]
        if held := held_back(names):
            raise ValueError(f"no training skulls: {', '.join(held)}")
        known = others or {}
        self.partners = {
            a: [b for b in names if b != a and same_data(a, b) and b not in known.get(a, ())] for a in names
        }
        self.radius = {s.name: s.radius for s in subjects}
        fits = _register_all(subjects, min(len(subjects), processes))
        self.fits = dict(zip(names, fits, strict=True))

    def draw(self, name: str, rng: np.random.Generator) -> Twin | None:
        """A random skull to bend ``name`` to, and how far; None if there is none."""
        partners = self.partners.get(name)
        if not partners:
            return None
        other = partners[int(rng.integers(len(partners)))]
        weight = float(rng.uniform(0.0, MOST_WEIGHT))
        step = LATTICE_MM * CHECKED
        u = self.toward(name, other, lattice_points()[::CHECKED, ::CHECKED, ::CHECKED])
        while least_volume(u, step, weight) < LEAST_VOLUME:
            weight *= 0.7
        return Twin(other, weight)

    def toward(self, name: str, other: str, points: Tensor) -> Tensor:
        """Displacement (mm) at points [z, y, x, 3] (canonical mm): ``name(x + u(x))`` is ``other(x)``."""
        device = points.device
        first = displacement(self.fits[other].to_mean.to(device), points)
        return first + displacement(self.fits[name].to_skull.to(device), points + first)

    def radius_of(self, name: str, twin: Twin) -> np.ndarray:
        """About the radial map of a skull bent to its twin."""
        return self.radius[name] + twin.weight * (self.radius[twin.name] - self.radius[name])


def displacement(u: Tensor, points: Tensor) -> Tensor:
    """Displacement (mm) at points [z, y, x, 3], constant outside.

    Cubic from its nodes to the lattice, so that a bent surface has no creases, then trilinear.
    """
    for axis, n in ((1, LATTICE_NODES[2]), (2, LATTICE_NODES[1]), (3, LATTICE_NODES[0])):
        u = torch.movedim(torch.tensordot(u, _cubic(n, u.device), ([axis], [1])), -1, axis)
    size = torch.tensor([LATTICE_MM * n for n in LATTICE_NODES], dtype=torch.float32, device=points.device)
    grid = (points / size * 2.0 - 1.0)[None]
    out = F.grid_sample(u[None], grid, mode="bilinear", padding_mode="border", align_corners=False)
    return out[0].permute(1, 2, 3, 0)


def _cubic(nodes: int, device: torch.device) -> Tensor:
    """Catmull-Rom weights [nodes, nodes / BLOCK] of the displacement's nodes at those of the lattice."""
    count = nodes // BLOCK
    at = (torch.arange(nodes, dtype=torch.float32) + 0.5) / BLOCK - 0.5
    low = at.floor()
    t = at - low
    weights = (
        0.5 * (-t + 2.0 * t**2 - t**3),
        0.5 * (2.0 - 5.0 * t**2 + 3.0 * t**3),
        0.5 * (t + 4.0 * t**2 - 3.0 * t**3),
        0.5 * (-(t**2) + t**3),
    )
    out = torch.zeros(nodes, count)
    row = torch.arange(nodes)
    for k, w in enumerate(weights):
        column = (low.long() + k - 1).clamp(0, count - 1)
        out.index_put_((row, column), w, accumulate=True)
    return out.to(device)


def least_volume(u: Tensor, step: float, weight: float = 1.0) -> float:
    """Smallest determinant of the Jacobian of ``x + weight u(x)``: a fold where it is not above 0.

    ``u`` [z, y, x, 3] on a grid of ``step`` mm.
    """
    x, y, z = (torch.gradient(u, spacing=step, dim=k)[0] * weight for k in (2, 1, 0))
    jacobian = torch.stack([x, y, z], -1) + torch.eye(3, device=u.device)
    return float(torch.linalg.det(jacobian).min())

"""The lattice on which shapes are fitted to the skull, and displacements on it.

``extension/src/engine/prior/lattice.ts`` has the same.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

LATTICE_MM = 3.2
# Lattice nodes along x, y and z; there is no bone above 153.6 mm.
LATTICE_NODES = (64, 64, 48)
# Nodes of the displacement, one for a block of this many lattice nodes along an axis.
BLOCK = 4
# The skull's distance beyond says no more than that it is far, mm.
CLAMP_MM = 4.0


def lattice_points(device: torch.device | str = "cpu") -> Tensor:
    """Canonical mm of the lattice nodes, [z, y, x, 3]."""
    axes = [(torch.arange(n, dtype=torch.float32, device=device) + 0.5) * LATTICE_MM for n in LATTICE_NODES]
    z, y, x = torch.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    return torch.stack([x, y, z], -1)


def displacement_at(u: Tensor, points: Tensor) -> Tensor:
    """Displacement (mm) at points [z, y, x, 3] (canonical mm), trilinear, constant outside."""
    size = torch.tensor([LATTICE_MM * n for n in LATTICE_NODES], dtype=torch.float32, device=points.device)
    grid = (points / size * 2.0 - 1.0)[None]
    out = F.grid_sample(u, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return out[0].permute(1, 2, 3, 0)

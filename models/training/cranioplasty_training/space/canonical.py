"""The canonical frame, its grids, and fields on them.

Units are millimetres.  Patient space is LPS.  Canonical space has the axes
Left, Posterior, Superior and the box [0, 204.8)^3; voxel ``i`` of a grid of
spacing ``s`` covers ``[i*s, (i+1)*s)``, so its centre is ``(i + 0.5) * s``
(as ``extension/src/engine/space/canonical.ts`` has it).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

BOX_MM = 204.8
MID_X_MM = 102.4
# Inside the vault: where directions begin.
CENTER = np.array([MID_X_MM, 102.4, 40.0])


def grid_points(
    corner: Sequence[float],
    spacing: float,
    size: Sequence[int],
    device: torch.device | str = "cpu",
) -> Tensor:
    """Voxel centres [z, y, x, 3] (canonical mm, components x, y, z) of a grid at ``corner``."""
    axis = [
        corner[k] + (torch.arange(size[k], dtype=torch.float32, device=device) + 0.5) * spacing
        for k in range(3)
    ]
    z, y, x = torch.meshgrid(axis[2], axis[1], axis[0], indexing="ij")
    return torch.stack([x, y, z], -1)


def mirror_points(points: Tensor) -> Tensor:
    """Points [..., 3] (canonical mm) mirrored at the mid-sagittal plane."""
    return torch.cat([BOX_MM - points[..., :1], points[..., 1:]], -1)


def sample_field(values: Tensor, origin: Sequence[float], spacing: float, points: Tensor) -> Tensor:
    """``values`` [z, y, x], the first of them at ``origin``, at points [z, y, x, 3] (canonical mm):
    trilinear, constant outside."""
    size = torch.tensor(values.shape[::-1], dtype=torch.float32, device=points.device)
    first = torch.tensor(origin, dtype=torch.float32, device=points.device)
    grid = (((points - first) / spacing + 0.5) / size * 2.0 - 1.0)[None]
    volume = values[None, None]
    return F.grid_sample(volume, grid, mode="bilinear", padding_mode="border", align_corners=False)[0, 0]

"""Outer and inner radius of a skull as functions of the direction from one centre.

A radial map is an array [theta, phi] on a latitude-longitude grid: row ``i`` is the
polar angle ``theta = pi * i / (rows - 1)`` from +z (Superior), column ``j`` the azimuth
``phi = 2 pi j / columns`` from +x (Left) toward +y (Posterior).  Radii are mm.
``extension/src/engine/prior/radialMap.ts`` has the same maps.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

from .canonical import CENTER, F64, Bool

ROWS = 91
COLUMNS = 180


def directions(rows: int = ROWS, columns: int = COLUMNS) -> F64:
    """Unit directions (rows, columns, 3)."""
    theta = np.pi * np.arange(rows) / (rows - 1)
    phi = 2.0 * np.pi * np.arange(columns) / columns
    st, ct = np.sin(theta)[:, None], np.cos(theta)[:, None]
    return np.stack([st * np.cos(phi), st * np.sin(phi), ct * np.ones_like(phi)], -1)


def fill(radius: F64, known: NDArray[np.bool_], iterations: int = 2000) -> F64:
    """Fill unknown cells smoothly (Laplace) from the known ones; phi wraps, poles are averaged."""
    value = np.where(known, radius, np.nan)
    index = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    value = radius[tuple(index)] if known.any() else radius
    for _ in range(iterations):
        up = np.concatenate([value[:1], value[:-1]])
        down = np.concatenate([value[1:], value[-1:]])
        mean = (up + down + np.roll(value, 1, 1) + np.roll(value, -1, 1)) / 4.0
        value = np.where(known, radius, mean)
    return value


def smooth(radius: F64, sigma_deg: float) -> F64:
    """Gaussian smoothing with (approximately) the same width in every direction."""
    rows, columns = radius.shape
    sigma = sigma_deg / (180.0 / (rows - 1))
    out = np.empty_like(radius)
    extended = np.concatenate([np.roll(radius, columns // 2, 1)[rows - 2 : 0 : -1], radius], 0)
    extended = np.concatenate([extended, np.roll(radius, columns // 2, 1)[rows - 2 :: -1]], 0)
    blurred = ndimage.gaussian_filter1d(extended, sigma, axis=0, mode="nearest")
    blurred = blurred[rows - 2 : 2 * rows - 2]
    theta = np.pi * np.arange(rows) / (rows - 1)
    for i in range(rows):
        s = sigma * columns / (2 * (rows - 1)) / max(np.sin(theta[i]), 0.02)
        out[i] = ndimage.gaussian_filter1d(blurred[i], min(s, columns / 3), mode="wrap")
    out[0], out[-1] = out[0].mean(), out[-1].mean()
    return out


def mirror(radius: F64) -> F64:
    """The same map with Left and Right exchanged (phi -> pi - phi)."""
    columns = radius.shape[1]
    j = (columns // 2 - np.arange(columns)) % columns
    return radius[:, j]


def sample(radius: F64, offset: F64) -> F64:
    """Bilinear radius for offsets (..., 3) from the centre."""
    rows, columns = radius.shape
    r = np.linalg.norm(offset, axis=-1)
    theta = np.arccos(np.clip(offset[..., 2] / np.maximum(r, 1e-9), -1.0, 1.0))
    phi = np.arctan2(offset[..., 1], offset[..., 0]) % (2.0 * np.pi)
    wrapped = np.concatenate([radius, radius[:, :1]], 1)
    u = theta / np.pi * (rows - 1)
    v = phi / (2.0 * np.pi) * columns
    return ndimage.map_coordinates(wrapped, [u, v], order=1, mode="nearest")


def fibonacci_sphere(count: int) -> F64:
    """(count, 3) unit directions: z from +1 to -1, golden-angle spiral."""
    k = np.arange(count, dtype=np.float64) + 0.5
    z = 1.0 - 2.0 * k / count
    r = np.sqrt(1.0 - z * z)
    phi = np.pi * (3.0 - np.sqrt(5.0)) * k
    return np.stack([r * np.cos(phi), r * np.sin(phi), z], 1)


def node_cells(rows: int, columns: int, step_deg: float) -> Bool:
    """Cells of a radial map about ``step_deg`` apart, fewer toward the poles."""
    every = max(1, round(step_deg / (180.0 / (rows - 1))))
    out = np.zeros((rows, columns), dtype=bool)
    for i in range(0, rows, every):
        out[i, :: every * max(1, round(1.0 / max(np.sin(np.pi * i / (rows - 1)), 0.03)))] = True
    return out


def sample_directions(stacked: Tensor, offset: Tensor) -> tuple[Tensor, Tensor]:
    """Radial maps [C, rows, columns + 1] toward offsets [z, y, x, 3] as [C, z, y, x], and their length."""
    r = offset.norm(dim=-1).clamp(min=1e-3)
    theta = torch.acos((offset[..., 2] / r).clamp(-1.0, 1.0)) / torch.pi
    phi = torch.atan2(offset[..., 1], offset[..., 0]) / (2.0 * torch.pi) % 1.0
    grid = torch.stack([phi, theta], -1).reshape(1, 1, -1, 2) * 2.0 - 1.0
    out = F.grid_sample(stacked[None], grid, mode="bilinear", padding_mode="border", align_corners=True)
    return out.reshape(len(stacked), *r.shape), r


def sample_maps(stacked: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """The same toward points (canonical mm) from ``CENTER``."""
    return sample_directions(stacked, points - torch.tensor(CENTER, dtype=points.dtype, device=points.device))

"""Signed distances of masks, on the masks' own grids and at canonical points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .canonical import F64
from .volume import SkullVolume

CLAMP_MM = 20.0
SMOOTH_SDF = 0.7  # voxels of the source mask


def signed_distance(mask: NDArray[np.bool_], spacing: float | Sequence[float] = 1.0) -> NDArray[np.float32]:
    """Smoothed signed distance (mm, negative inside) of a binary mask; ``spacing`` (mm) may be per axis.

    The surface lies half a voxel (of the mean spacing) beyond the outermost voxel centres.
    """
    steps = np.broadcast_to(np.asarray(spacing, dtype=np.float64), 3)
    half = float(np.cbrt(np.prod(steps))) / 2.0
    sampling = tuple(float(v) for v in steps)
    outside = ndimage.distance_transform_edt(~mask, sampling=sampling)
    inside = ndimage.distance_transform_edt(mask, sampling=sampling)
    d = np.where(mask, half - inside, outside - half)
    d = np.clip(d, -CLAMP_MM, CLAMP_MM)
    return ndimage.gaussian_filter(d, SMOOTH_SDF).astype(np.float32)


class NativeDistance:
    """Signed distance (mm) of a native mask, asked at canonical points (..., 3); ``rigid`` is its pose."""

    def __init__(self, volume: SkullVolume, rigid: F64) -> None:
        self.distance = signed_distance(volume.mask, np.linalg.norm(volume.affine[:3, :3], axis=0).tolist())
        self.to_index = np.linalg.inv(volume.affine) @ np.linalg.inv(rigid)

    def __call__(self, points: F64) -> NDArray[np.float32]:
        index = points @ self.to_index[:3, :3].T + self.to_index[:3, 3]
        return ndimage.map_coordinates(self.distance, np.moveaxis(index, -1, 0), order=1, cval=CLAMP_MM)


def distance_on(grid: F64, volume: SkullVolume, rigid: F64) -> NDArray[np.float32]:
    """Signed distance (mm) of a native mask at canonical points (..., 3); ``rigid`` is its pose."""
    return NativeDistance(volume, rigid)(grid)

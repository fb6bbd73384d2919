"""Skulls as binary masks on their own grids, arrays indexed ``[x, y, z]``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .canonical import F64


@dataclass(frozen=True)
class SkullVolume:
    """Binary bone ``mask[i, j, k]`` with ``affine`` (4, 4): index -> patient LPS mm."""

    mask: NDArray[np.bool_]
    affine: F64

    def contains(self, points: F64) -> NDArray[np.bool_]:
        """Nearest-voxel bone test at patient points (..., 3)."""
        inverse = np.linalg.inv(self.affine)
        index = np.floor(points @ inverse[:3, :3].T + inverse[:3, 3] + 0.5).astype(np.int64)
        size = np.array(self.mask.shape)
        inside = np.all((index >= 0) & (index < size), axis=-1)
        index = np.clip(index, 0, size - 1)
        return inside & self.mask[index[..., 0], index[..., 1], index[..., 2]]


def load_skull(path: str | Path) -> SkullVolume:
    """Read a NIfTI mask; its RAS affine becomes index -> LPS mm."""
    import nibabel as nib

    image = nib.load(str(path))
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    return SkullVolume(np.asarray(image.dataobj) > 0.5, lps)


def largest_component(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Largest 26-connected component (a table or head rest is another one)."""
    labels, count = ndimage.label(mask, structure=np.ones((3, 3, 3)))
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels == np.argmax(sizes)


def closed(skull: SkullVolume, voxels: int) -> SkullVolume:
    """Binary closing by a ball of ``voxels`` (sutures that are real gaps)."""
    if voxels == 0:
        return skull
    far = ndimage.distance_transform_edt(~skull.mask) > voxels
    grown = ~far
    return SkullVolume(ndimage.distance_transform_edt(grown) > voxels, skull.affine)

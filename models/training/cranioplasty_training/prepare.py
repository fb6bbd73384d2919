"""Subject fields for the generator: signed distances in canonical space.

    python -m cranioplasty_training.prepare --skulls DIR --atlas DIR --cache DIR

Per subject an ``.npz`` with
``fields`` float16 [2, z, y, x]: signed distance (mm, negative inside) to the bone surface
and to the outer envelope (the filled outer surface), 1 mm voxels, voxel centre
``ORIGIN + index + 0.5``; ``radius`` float32 [91, 180]: smoothed radial map (see
:mod:`radial`) of the outer surface around ``build_atlas.CENTER``; ``rigid`` (4, 4) patient
LPS mm to canonical mm; ``sha256`` of the mask file.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from . import radial
from .alignment import Alignment, Atlas, SkullVolume, align, load_atlas, load_skull
from .build_atlas import CENTER, radius_of
from .continuation import sample_field
from .splits import SUTURED, TRAIN, VALIDATION, skull_path

F64 = NDArray[np.float64]

ORIGIN = np.array([-8.0, -8.0, -16.0])
SIZE = (221, 221, 176)  # x, y, z
CLAMP_MM = 20.0
SMOOTH_SDF = 0.7  # voxels of the source mask
MAP_SMOOTH_DEG = 6.0
ENVELOPE_SMOOTH_DEG = 1.5


@dataclass
class Subject:
    """One skull ready for sampling: ``fields`` [1, 2, z, y, x] float32, ``radius`` [91, 180]."""

    name: str
    fields: torch.Tensor
    radius: F64
    rigid: F64
    sha256: str


def signed_distance(mask: NDArray[np.bool_], spacing: float = 1.0) -> NDArray[np.float32]:
    """Smoothed signed distance (mm, negative inside) of an isotropic binary mask."""
    outside = ndimage.distance_transform_edt(~mask)
    inside = ndimage.distance_transform_edt(mask)
    d = np.where(mask, -(inside - 0.5), outside - 0.5)
    d = np.clip(d * spacing, -CLAMP_MM, CLAMP_MM)
    return ndimage.gaussian_filter(d, SMOOTH_SDF).astype(np.float32)


def closed(skull: SkullVolume, voxels: int) -> SkullVolume:
    """Binary closing by a ball of ``voxels`` (sutures that are real gaps)."""
    if voxels == 0:
        return skull
    far = ndimage.distance_transform_edt(~skull.mask) > voxels
    grown = ~far
    return SkullVolume(ndimage.distance_transform_edt(grown) > voxels, skull.affine)


def grid_points() -> F64:
    """Voxel centres (x, y, z, 3) of the field grid, canonical mm."""
    axis = [ORIGIN[k] + 0.5 + np.arange(SIZE[k]) for k in range(3)]
    return np.stack(np.meshgrid(*axis, indexing="ij"), -1)


def distance_on(grid: F64, volume: SkullVolume, rigid: F64) -> NDArray[np.float32]:
    """Signed distance (mm) of a native mask at canonical points (..., 3); ``rigid`` is its pose."""
    to_index = np.linalg.inv(volume.affine) @ np.linalg.inv(rigid)
    index = grid @ to_index[:3, :3].T + to_index[:3, 3]
    spacing = float(np.cbrt(abs(np.linalg.det(volume.affine[:3, :3]))))
    distance = signed_distance(volume.mask, spacing)
    return ndimage.map_coordinates(distance, np.moveaxis(index, -1, 0), order=1, cval=CLAMP_MM)


def subject_fields(skull: SkullVolume, fit: Alignment, atlas: Atlas) -> tuple[NDArray[np.float16], F64]:
    """``fields`` [2, z, y, x] and the smoothed radial map of one aligned complete skull."""
    grid = grid_points()
    bone = distance_on(grid, skull, fit.rigid)
    radius, known = radius_of(skull, fit.rigid, atlas.outer, 25.0)
    full = radial.fill(radius, known)
    outer = radial.smooth(full, ENVELOPE_SMOOTH_DEG)
    offset = grid - CENTER
    level = np.linalg.norm(offset, axis=-1) - radial.sample(outer, offset)
    slope = np.sqrt(sum(g**2 for g in np.gradient(level)))
    envelope = ndimage.gaussian_filter(level / np.clip(slope, 0.7, 4.0), 0.7)
    fields = np.stack([bone, np.clip(envelope, -CLAMP_MM, CLAMP_MM)])
    return fields.transpose(0, 3, 2, 1).astype(np.float16), radial.smooth(full, MAP_SMOOTH_DEG)


def prepare(skulls: Path, atlas: Atlas, cache: Path, subject: str) -> Path:
    """Write (or keep) the cache file of one subject."""
    source = skull_path(skulls, subject)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    out = cache / f"{subject}.npz"
    if out.exists() and str(np.load(out)["sha256"]) == digest:
        return out
    skull = closed(load_skull(source), 2 if subject in SUTURED else 0)
    fit = align(skull, atlas)
    fields, radius = subject_fields(skull, fit, atlas)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(out, fields=fields, radius=radius.astype(np.float32), rigid=fit.rigid, sha256=digest)
    return out


def load_subject(cache: Path, subject: str) -> Subject:
    """Read one cache file."""
    data = np.load(cache / f"{subject}.npz")
    fields = torch.from_numpy(data["fields"].astype(np.float32))[None]
    return Subject(subject, fields, data["radius"].astype(np.float64), data["rigid"], str(data["sha256"]))


def bone_at(subject: Subject, points: torch.Tensor) -> torch.Tensor:
    """Signed distance (mm) of a subject's bone at points [z, y, x, 3] (canonical mm), constant outside."""
    return sample_field(subject.fields[0, 0], (ORIGIN + 0.5).tolist(), 1.0, points)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skulls", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--subjects", default=",".join(TRAIN + VALIDATION))
    args = parser.parse_args()
    atlas = load_atlas(args.atlas)
    for subject in args.subjects.split(","):
        print(prepare(args.skulls, atlas, args.cache, subject), flush=True)


if __name__ == "__main__":
    main()

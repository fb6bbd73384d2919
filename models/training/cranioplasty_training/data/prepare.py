"""Subject fields for the generator: signed distances in canonical space.

    python -m cranioplasty_training.data.prepare --skulls DIR --atlas DIR --cache DIR

Per subject an ``.npz`` with
``fields`` float16 [2, z, y, x]: signed distance (mm, negative inside) to the bone surface
and to the outer envelope (the filled outer surface), 1 mm voxels, voxel centre
``ORIGIN + index + 0.5``; ``radius`` float32 [91, 180]: smoothed radial map (see
:mod:`radial`) of the outer surface around ``build_atlas.CENTER`` (``full``: not smoothed);
``outer``, ``thick`` and where each is known: the maps that the shape prior learns from; ``rigid``
(4, 4) patient LPS mm to canonical mm; ``packed``, ``mask_shape``, ``affine``: the native mask in the
box of the fields, as :mod:`packed` sends it; ``sha256`` of the mask file.
"""

from __future__ import annotations

import argparse
import hashlib
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from ..pose.align import Alignment, align
from ..pose.atlas import Atlas, load_atlas
from ..pose.radii import radius_of
from ..space import radial
from ..space.canonical import CENTER, F64, sample_field
from ..space.signed_distance import CLAMP_MM, NativeDistance, distance_on
from ..space.volume import SkullVolume, closed, largest_component, load_skull
from .splits import SUTURED, TRAIN, VALIDATION, skull_path

ORIGIN = np.array([-8.0, -8.0, -16.0])
SIZE = (221, 221, 176)  # x, y, z
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


def field_points() -> F64:
    """Voxel centres (x, y, z, 3) of the field grid, canonical mm."""
    axis = [ORIGIN[k] + 0.5 + np.arange(SIZE[k]) for k in range(3)]
    return np.stack(np.meshgrid(*axis, indexing="ij"), -1)


def subject_fields(
    skull: SkullVolume, fit: Alignment, atlas: Atlas, bone: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float16], F64]:
    """``fields`` [2, z, y, x] and the smoothed radial map of one aligned complete skull; ``bone`` is
    its distance on :func:`field_points` where that is known already."""
    grid = field_points()
    bone = distance_on(grid, skull, fit.rigid) if bone is None else bone
    radius, known = radius_of(skull, fit.rigid, atlas.outer, 25.0)
    full = radial.fill(radius, known)
    outer = radial.smooth(full, ENVELOPE_SMOOTH_DEG)
    offset = grid - CENTER
    level = np.linalg.norm(offset, axis=-1) - radial.sample(outer, offset)
    slope = np.sqrt(sum(g**2 for g in np.gradient(level)))
    envelope = ndimage.gaussian_filter(level / np.clip(slope, 0.7, 4.0), 0.7)
    fields = np.stack([bone, np.clip(envelope, -CLAMP_MM, CLAMP_MM)])
    return fields.transpose(0, 3, 2, 1).astype(np.float16), radial.smooth(full, MAP_SMOOTH_DEG)


def surface_maps(distance: NativeDistance, atlas: Atlas) -> dict[str, NDArray[Any]]:
    """Outer radius and thickness along the ray (mm) as radial maps, and where each is known."""
    d = radial.directions().reshape(-1, 3)
    radii = np.arange(150.0, 30.0 - 1e-9, -0.5)
    points = CENTER + d[:, None, :] * radii[None, :, None]
    near = np.abs(atlas.outer.sample(points.reshape(-1, 3)).reshape(points.shape[:2])) <= 25.0
    values = np.full(near.shape, CLAMP_MM, dtype=np.float32)
    values[near] = distance(points[near])
    outer, known = _first_crossing(values <= 0.0, values, radii)
    depths = np.arange(0.25, 30.0, 0.25)
    values = distance(CENTER + d[:, None, :] * (outer[:, None] - depths)[..., None])
    thickness, sure = _first_crossing((values > 0.0) & (depths > 0.6), values, depths)
    maps = {"outer": outer, "outer_known": known, "thick": thickness, "thick_known": known & sure}
    shape = (radial.ROWS, radial.COLUMNS)
    return {
        k: v.reshape(shape) if v.dtype == bool else v.reshape(shape).astype(np.float32)
        for k, v in maps.items()
    }


def _first_crossing(
    beyond: NDArray[np.bool_], values: NDArray[np.float32], at: F64
) -> tuple[F64, NDArray[np.bool_]]:
    """Where values [N, K] along rays first change sign, linear between the samples ``at``; and whether."""
    k = beyond.argmax(1)
    found = beyond.any(1) & (k > 0)
    k = np.clip(k, 1, None)
    row = np.arange(len(values))
    a, b = values[row, k - 1], values[row, k]
    span = np.where(np.abs(a - b) > 1e-6, a - b, 1.0)
    return at[k - 1] + (at[k] - at[k - 1]) * np.where(found, np.clip(a / span, 0.0, 1.0), 0.0), found


def cropped(skull: SkullVolume, rigid: F64, margin_mm: float = 6.0) -> SkullVolume:
    """The part of a mask that lies in the box of the fields (and a margin around)."""
    to_canonical = rigid @ skull.affine
    i, j, k = np.indices(skull.mask.shape, sparse=True)
    keep = np.ones(skull.mask.shape, dtype=bool)
    for a in range(3):
        m = to_canonical[a]
        v = m[0] * i + m[1] * j + m[2] * k + m[3]
        keep &= (v > ORIGIN[a] - margin_mm) & (v < ORIGIN[a] + SIZE[a] + margin_mm)
    at = np.argwhere(keep)
    low, high = at.min(0), at.max(0) + 1
    part = tuple(slice(x, y) for x, y in zip(low, high, strict=True))
    affine = skull.affine.copy()
    affine[:3, 3] = skull.affine[:3, :3] @ low + skull.affine[:3, 3]
    return SkullVolume(np.ascontiguousarray(skull.mask[part]), affine)


def prepare(skulls: Path, atlas: Atlas, cache: Path, subject: str) -> Path:
    """Write (or keep) the cache file of one subject."""
    source = skull_path(skulls, subject)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    out = cache / f"{subject}.npz"
    if out.exists() and str(np.load(out)["sha256"]) == digest:
        return out
    skull = load_skull(source)
    skull = SkullVolume(largest_component(skull.mask), skull.affine)
    skull = closed(skull, 2 if subject in SUTURED else 0)
    fit = align(skull, atlas)
    part = cropped(skull, fit.rigid)
    distance = NativeDistance(part, fit.rigid)
    fields, radius = subject_fields(skull, fit, atlas, distance(field_points()))
    full, known = radius_of(skull, fit.rigid, atlas.outer, 25.0)
    bits = lzma.compress(np.packbits(part.mask.ravel()).tobytes(), preset=6)
    cache.mkdir(parents=True, exist_ok=True)
    temporary = cache / f"{subject}.tmp.npz"
    np.savez(
        temporary,
        fields=fields,
        radius=radius.astype(np.float32),
        rigid=fit.rigid,
        sha256=digest,
        full=radial.fill(full, known).astype(np.float32),
        packed=np.frombuffer(bits, np.uint8),
        mask_shape=part.mask.shape,
        affine=part.affine,
        **surface_maps(distance, atlas),
    )
    temporary.replace(out)
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

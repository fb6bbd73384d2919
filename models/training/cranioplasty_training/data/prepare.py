"""Subject fields for the generator: signed distances in canonical space.

    python -m cranioplasty_training.data.prepare --skulls DIR --atlas DIR --cache DIR

Per subject an ``.npz`` with
``fields`` float16 [2, z, y, x]: signed distance (mm, negative inside) to the bone surface
and to the outer envelope (the filled outer surface), 1 mm voxels, voxel centre
``ORIGIN + index + 0.5``; ``radius`` float32 [91, 180]: smoothed radial map (see
``space/radial.py``) of the outer surface around ``CENTER`` (``full``: not smoothed);
``outer``, ``thick`` and where each is known: the maps that the shape prior learns from; ``rigid``
(4, 4) patient LPS mm to canonical mm; ``packed``, ``mask_shape``, ``affine``: the native mask in the
box of the fields, as ``packed`` sends it; ``sha256`` of the mask file.
"""

from __future__ import annotations

import argparse
import hashlib
import lzma
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..pose.align import Alignment, align
from ..pose.atlas import Atlas, load_atlas
from ..pose.radii import radius_of
from ..space import radial
from ..space.canonical import CENTER, F64
from ..space.signed_distance import CLAMP_MM, NativeDistance, distance_on
from ..space.volume import SkullVolume, closed, largest_component, load_skull
from .splits import SUTURED, TRAIN, VALIDATION, skull_path
from .subject import ENVELOPE_SMOOTH_DEG, MAP_SMOOTH_DEG, ORIGIN, SIZE, field_points
from .surface_maps import surface_maps


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

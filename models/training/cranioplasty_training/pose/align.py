"""Robust alignment of a (possibly defective) skull to the canonical frame.

All of it is numpy and deterministic; ``models/atlas/README.md`` describes the algorithm step by step, and
``extension/src/engine/pose/align.ts`` computes the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..space.canonical import F64
from ..space.transform import kabsch, rotation_vector
from ..space.volume import SkullVolume, largest_component
from .atlas import Atlas
from .atlas_fit import AtlasFit
from .rays import RAY_COUNT, Rays, base_rays, cast, outer_rays

BASE_BAND_MM = 20.0
BASE_TUKEY_MM = 15.0
REFINE_STAGES = 8
REFINE_BAND_MM = 8.0
REFINE_TUKEY_MM = 5.0
BANDS_MM = (40.0, 30.0, 20.0, 12.0, 9.0)
TUKEY_MM = (30.0, 20.0, 12.0, 8.0, 6.0)
GN_STEPS = 4
INLIER_MM = 3.0
MIN_POINTS = 50
FLIPPED_START = 11
FLIP_MARGIN = 0.05


@dataclass(frozen=True)
class Alignment:
    """Result of :func:`align`.

    ``rigid`` (4, 4) maps patient LPS mm to canonical mm; ``affine`` (4, 4) is the
    scaled fit to the atlas that it was derived from.  ``residual_mm`` is the root of
    the trimmed mean square distance of the rays that hit bone, ``inlier_fraction`` the
    part of all rays within 3 mm of the fitted atlas, ``hit_fraction`` the part that
    met bone in the search band.
    """

    rigid: F64
    affine: F64
    scales: F64
    residual_mm: float
    inlier_fraction: float
    hit_fraction: float


def initial_center(skull: SkullVolume) -> F64:
    """Patient point near the middle of the vault, from orientation and the top of the skull.

    ``skull`` is the largest component already.  The top is the 99.9th percentile of bone z; the
    slab 15 to 75 mm below it gives the mid-points of x and y (between the 2nd and 98th
    percentiles); z is 78 mm below the top.
    """
    index = np.argwhere(skull.mask)
    if len(index) > 200_000:
        index = index[:: len(index) // 200_000 + 1]
    points = index @ skull.affine[:3, :3].T + skull.affine[:3, 3]
    top = np.percentile(points[:, 2], 99.9)
    slab = points[(points[:, 2] < top - 15.0) & (points[:, 2] > top - 75.0)]
    low, high = np.percentile(slab[:, :2], [2.0, 98.0], axis=0)
    middle = (low + high) / 2.0
    return np.array([middle[0], middle[1], top - 78.0])


def _starts() -> list[tuple[F64, F64]]:
    """(rotation vector rad, shift mm of the centre) of each start."""
    a = np.deg2rad(18.0)
    out = [(np.zeros(3), np.zeros(3))]
    for axis in range(3):
        for sign in (-1.0, 1.0):
            w = np.zeros(3)
            w[axis] = sign * a
            out.append((w, np.zeros(3)))
    out.append((np.zeros(3), np.array([0.0, 0.0, 15.0])))
    out.append((np.zeros(3), np.array([0.0, 0.0, -15.0])))
    out.append((np.zeros(3), np.array([0.0, 25.0, 0.0])))
    out.append((np.zeros(3), np.array([0.0, -25.0, 0.0])))
    # Data whose axes were mislabelled (back to front); must win by FLIP_MARGIN.
    out.append((np.array([0.0, 0.0, np.pi]), np.zeros(3)))
    return out


def _score(skull: SkullVolume, rays: Rays, fit: AtlasFit) -> tuple[float, F64, int]:
    matrix = fit.matrix()
    points, count = cast(skull, rays, matrix, REFINE_BAND_MM)
    d = np.abs(rays.field.sample(points @ matrix[:3, :3].T + matrix[:3, 3]))
    return float((d < INLIER_MM).sum()) / count, d, count


def align(skull: SkullVolume, atlas: Atlas) -> Alignment:
    """Find the rigid pose of ``skull`` in the canonical frame (see ``models/atlas/README.md``)."""
    skull = SkullVolume(largest_component(skull.mask), skull.affine)
    few = outer_rays(atlas, RAY_COUNT // 4)
    center = initial_center(skull)
    best: AtlasFit | None = None
    best_score = -1.0
    for number, (w, shift) in enumerate(_starts()):
        fit = AtlasFit(rotation_vector(w), center + shift, atlas.center.copy())
        for band, tukey in zip(BANDS_MM, TUKEY_MM, strict=True):
            points, _ = cast(skull, few, fit.matrix(), band)
            if len(points) < MIN_POINTS:
                break
            for _ in range(GN_STEPS):
                fit.step([(atlas.outer, points, tukey)])
        score = _score(skull, few, fit)[0]
        if number == FLIPPED_START:
            score -= FLIP_MARGIN
        if score > best_score:
            best, best_score = fit, score
    assert best is not None
    many = outer_rays(atlas)
    base = base_rays(atlas) if atlas.inner is not None else None
    for _ in range(REFINE_STAGES):
        points, _ = cast(skull, many, best.matrix(), REFINE_BAND_MM)
        if len(points) < MIN_POINTS:
            break
        groups = [(atlas.outer, points, REFINE_TUKEY_MM)]
        if base is not None:
            points, _ = cast(skull, base, best.matrix(), BASE_BAND_MM)
            groups.append((base.field, points, BASE_TUKEY_MM))
        for _ in range(GN_STEPS):
            best.step(groups)
    inliers, d, count = _score(skull, many, best)
    hits = len(d)
    d = np.sort(d)[: max(int(0.85 * hits), 1)]
    residual = float(np.sqrt(np.mean(d**2))) if hits else float("inf")
    affine = best.matrix()
    back = np.linalg.inv(affine)
    landmarks = atlas.landmarks @ back[:3, :3].T + back[:3, 3]
    rigid = kabsch(landmarks, atlas.landmarks)
    return Alignment(rigid, affine, np.exp(best.log_scale), residual, inliers, hits / count)

"""Robust alignment of a (possibly defective) skull to the canonical frame.

Everything here is numpy and deterministic; ``models/atlas/README.md`` describes
the same algorithm step by step for ports to other languages.

Units are millimetres.  Patient space is LPS.  Canonical space has the axes
Left, Posterior, Superior and the box [0, 204.8)^3; voxel ``i`` of a grid of
spacing ``s`` covers ``[i*s, (i+1)*s)``, so its centre is ``(i + 0.5) * s``.
Arrays of volumes are indexed ``[x, y, z]`` unless said otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..space.canonical import F64
from ..space.radial import fibonacci_sphere
from ..space.transform import kabsch, rotation_vector
from ..space.volume import SkullVolume, largest_component

RAY_COUNT = 3000
RAY_STEP_MM = 1.0
RAY_MAX_MM = 150.0
RAY_MIN_MM = 25.0
RAY_MIN_Z_MM = 14.0
BASE_RAY_MIN_MM = 15.0
BASE_RAY_MAX_MM = 115.0
BASE_MIN_Z_MM = 0.0
BASE_MAX_Z_MM = 40.0
BASE_BAND_MM = 20.0
BASE_TUKEY_MM = 15.0
REFINE_STAGES = 8
REFINE_BAND_MM = 8.0
REFINE_TUKEY_MM = 5.0
BANDS_MM = (40.0, 30.0, 20.0, 12.0, 9.0)
TUKEY_MM = (30.0, 20.0, 12.0, 8.0, 6.0)
GN_STEPS = 4
LOG_SCALE_SIGMA = 0.08
RESIDUAL_SIGMA_MM = 1.5
LM_DAMPING = 1e-4
INLIER_MM = 3.0
MIN_POINTS = 50
FLIPPED_START = 11
FLIP_MARGIN = 0.05


@dataclass(frozen=True)
class Field:
    """Signed distance (mm, negative inside) ``sdf[x, y, z]`` at ``origin + spacing * index``."""

    sdf: F64
    origin: F64
    spacing: float

    def sample(self, points: F64) -> F64:
        """Trilinear value at canonical points (N, 3); clamped to the grid."""
        return self.sample_gradient(points)[0]

    def sample_gradient(self, points: F64) -> tuple[F64, F64]:
        """Trilinear value (N,) and its exact gradient (N, 3) at canonical points."""
        size = np.array(self.sdf.shape)
        u = (points - self.origin) / self.spacing
        u = np.clip(u, 0.0, size - 1.000001)
        i = u.astype(np.int64)
        f = u - i
        x, y, z = i[:, 0], i[:, 1], i[:, 2]
        fx, fy, fz = f[:, 0], f[:, 1], f[:, 2]
        s = self.sdf
        c000, c100 = s[x, y, z], s[x + 1, y, z]
        c010, c110 = s[x, y + 1, z], s[x + 1, y + 1, z]
        c001, c101 = s[x, y, z + 1], s[x + 1, y, z + 1]
        c011, c111 = s[x, y + 1, z + 1], s[x + 1, y + 1, z + 1]
        c00 = c000 + fx * (c100 - c000)
        c10 = c010 + fx * (c110 - c010)
        c01 = c001 + fx * (c101 - c001)
        c11 = c011 + fx * (c111 - c011)
        c0 = c00 + fy * (c10 - c00)
        c1 = c01 + fy * (c11 - c01)
        value = c0 + fz * (c1 - c0)
        gx0 = (c100 - c000) + fy * ((c110 - c010) - (c100 - c000))
        gx1 = (c101 - c001) + fy * ((c111 - c011) - (c101 - c001))
        gx = gx0 + fz * (gx1 - gx0)
        gy = (c10 - c00) + fz * ((c11 - c01) - (c10 - c00))
        gz = c1 - c0
        return value, np.stack([gx, gy, gz], 1) / self.spacing


@dataclass(frozen=True)
class Atlas:
    """Mean skull in canonical mm.

    ``outer``: distance to the filled outer surface; ``inner``: to the brain cavity (the skull
    base of it settles pitch and roll).  ``bone``: distance to the mean bone, once ``mean_bone`` has made
    it; nothing is aligned to it.  ``landmarks`` (4, 3): left and right meatus, left and
    right supraorbital notch.  ``center``: ray centre inside the vault.
    """

    outer: Field
    inner: Field | None
    landmarks: F64
    center: F64
    bone: Field | None = None


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


def load_atlas(folder: str | Path) -> Atlas:
    """Read ``atlas.json`` and its binaries (little-endian int16, x fastest)."""
    folder = Path(folder)
    meta = json.loads((folder / "atlas.json").read_text())

    def field(entry: dict[str, Any]) -> Field:
        grid = entry.get("grid", meta["grid"])
        nx, ny, nz = grid["size"]
        raw = np.frombuffer((folder / entry["file"]).read_bytes(), dtype="<i2")
        sdf = raw.reshape(nz, ny, nx).transpose(2, 1, 0).astype(np.float64) * meta["scale"]
        return Field(np.ascontiguousarray(sdf), np.array(grid["origin"]), float(grid["spacing"]))

    names = ("leftMeatus", "rightMeatus", "leftSupraorbitalNotch", "rightSupraorbitalNotch")
    return Atlas(
        field(meta["outer"]),
        field(meta["inner"]),
        np.array([meta["landmarks"][name] for name in names], dtype=np.float64),
        np.array(meta["center"], dtype=np.float64),
        field(meta["bone"]) if "bone" in meta else None,
    )


@dataclass(frozen=True)
class _Rays:
    """Canonical sample points (D, R, 3) in search order and ``field`` there (D, R)."""

    field: Field
    points: F64
    distance: F64


def _rays(field: Field, center: F64, count: int, radii: F64, z_range: tuple[float, float]) -> _Rays:
    directions = fibonacci_sphere(count)
    points = center + directions[:, None, :] * radii[None, :, None]
    distance = field.sample(points.reshape(-1, 3)).reshape(points.shape[:2])
    # The first sample on the other side of the surface than the first one.
    crossing = (distance <= 0.0) if radii[0] > radii[-1] else (distance >= 0.0)
    surface = np.argmax(crossing, axis=1)
    z = points[np.arange(count), surface, 2]
    keep = (z > z_range[0]) & (z < z_range[1])
    return _Rays(field, points[keep], distance[keep])


def outer_rays(atlas: Atlas, count: int = RAY_COUNT) -> _Rays:
    """Rays from outside toward the centre, to the outer vault above RAY_MIN_Z_MM."""
    radii = np.arange(RAY_MAX_MM, RAY_MIN_MM - 1e-9, -RAY_STEP_MM)
    return _rays(atlas.outer, atlas.center, count, radii, (RAY_MIN_Z_MM, np.inf))


def base_rays(atlas: Atlas, count: int = RAY_COUNT) -> _Rays:
    """Rays from the centre outward, to the inner surface between the two base heights."""
    assert atlas.inner is not None
    radii = np.arange(BASE_RAY_MIN_MM, BASE_RAY_MAX_MM + 1e-9, RAY_STEP_MM)
    return _rays(atlas.inner, atlas.center, count, radii, (BASE_MIN_Z_MM, BASE_MAX_Z_MM))


def cast(skull: SkullVolume, rays: _Rays, to_canonical: F64, band: float) -> tuple[F64, int]:
    """First bone met along each ray within ``band`` mm of the atlas surface.

    Returns the patient points (N, 3) and the number of rays.  Rays through a defect
    meet nothing and give no point.
    """
    inverse = np.linalg.inv(to_canonical)
    near = np.abs(rays.distance) <= band
    d, r = np.nonzero(near)  # sorted by ray, then in search order
    points = rays.points[d, r] @ inverse[:3, :3].T + inverse[:3, 3]
    bone = skull.contains(points)
    d, points = d[bone], points[bone]
    first = np.ones(len(d), dtype=bool)
    first[1:] = d[1:] != d[:-1]
    return points[first], len(rays.points)


class _Fit:
    """Parameters of T(p) = S R (p - origin) + t."""

    def __init__(self, rotation: F64, origin: F64, t: F64) -> None:
        self.rotation = rotation
        self.origin = origin
        self.t = t
        self.log_scale = np.zeros(3)

    def matrix(self) -> F64:
        out = np.eye(4)
        out[:3, :3] = np.exp(self.log_scale)[:, None] * self.rotation
        out[:3, 3] = self.t - out[:3, :3] @ self.origin
        return out

    def step(self, groups: list[tuple[Field, F64, float]]) -> None:
        """One damped Gauss-Newton step; ``groups``: (field, patient points, Tukey mm)."""
        scale = np.exp(self.log_scale)
        normal = np.zeros((9, 9))
        right = np.zeros(9)
        n = 0.0
        for field, points, tukey in groups:
            q = (points - self.origin) @ self.rotation.T
            d, g = field.sample_gradient(q * scale + self.t)
            w = np.where(np.abs(d) < tukey, (1.0 - (d / tukey) ** 2) ** 2, 0.0)
            gs = g * scale
            jacobian = np.concatenate([np.cross(q, gs), g, gs * q], 1)
            normal += jacobian.T @ (jacobian * w[:, None])
            right -= jacobian.T @ (w * d)
            n += float(w.sum())
        n = max(n, 1.0)
        # The prior on the log scales counts like n/100 points of RESIDUAL_SIGMA_MM.
        prior = n / 100.0 * (RESIDUAL_SIGMA_MM / LOG_SCALE_SIGMA) ** 2
        normal[6:, 6:] += prior * np.eye(3)
        right[6:] -= prior * self.log_scale
        normal += LM_DAMPING * np.diag(np.diag(normal)) + 1e-9 * np.eye(9)
        x = np.linalg.solve(normal, right)
        x[:3] = np.clip(x[:3], -0.2, 0.2)
        x[3:6] = np.clip(x[3:6], -15.0, 15.0)
        x[6:] = np.clip(x[6:], -0.05, 0.05)
        self.rotation = rotation_vector(x[:3]) @ self.rotation
        self.t = self.t + x[3:6]
        self.log_scale = np.clip(self.log_scale + x[6:], -0.25, 0.25)


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


def _score(skull: SkullVolume, rays: _Rays, fit: _Fit) -> tuple[float, F64, int]:
    matrix = fit.matrix()
    points, count = cast(skull, rays, matrix, REFINE_BAND_MM)
    d = np.abs(rays.field.sample(points @ matrix[:3, :3].T + matrix[:3, 3]))
    return float((d < INLIER_MM).sum()) / count, d, count


def align(skull: SkullVolume, atlas: Atlas) -> Alignment:
    """Find the rigid pose of ``skull`` in the canonical frame (see ``models/atlas/README.md``)."""
    skull = SkullVolume(largest_component(skull.mask), skull.affine)
    few = outer_rays(atlas, RAY_COUNT // 4)
    center = initial_center(skull)
    best: _Fit | None = None
    best_score = -1.0
    for number, (w, shift) in enumerate(_starts()):
        fit = _Fit(rotation_vector(w), center + shift, atlas.center.copy())
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

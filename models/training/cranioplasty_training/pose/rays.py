"""Rays from a centre in the vault, and the bone that they meet.

``extension/src/engine/pose/rays.ts`` computes the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..space.canonical import F64
from ..space.radial import fibonacci_sphere
from ..space.volume import SkullVolume
from .atlas import Atlas, Field

RAY_COUNT = 3000
RAY_STEP_MM = 1.0
RAY_MAX_MM = 150.0
RAY_MIN_MM = 25.0
RAY_MIN_Z_MM = 14.0
BASE_RAY_MIN_MM = 15.0
BASE_RAY_MAX_MM = 115.0
BASE_MIN_Z_MM = 0.0
BASE_MAX_Z_MM = 40.0


@dataclass(frozen=True)
class Rays:
    """Canonical sample points (D, R, 3) in search order and ``field`` there (D, R)."""

    field: Field
    points: F64
    distance: F64


def _rays(field: Field, center: F64, count: int, radii: F64, z_range: tuple[float, float]) -> Rays:
    directions = fibonacci_sphere(count)
    points = center + directions[:, None, :] * radii[None, :, None]
    distance = field.sample(points.reshape(-1, 3)).reshape(points.shape[:2])
    # The first sample on the other side of the surface than the first one.
    crossing = (distance <= 0.0) if radii[0] > radii[-1] else (distance >= 0.0)
    surface = np.argmax(crossing, axis=1)
    z = points[np.arange(count), surface, 2]
    keep = (z > z_range[0]) & (z < z_range[1])
    return Rays(field, points[keep], distance[keep])


def outer_rays(atlas: Atlas, count: int = RAY_COUNT) -> Rays:
    """Rays from outside toward the centre, to the outer vault above RAY_MIN_Z_MM."""
    radii = np.arange(RAY_MAX_MM, RAY_MIN_MM - 1e-9, -RAY_STEP_MM)
    return _rays(atlas.outer, atlas.center, count, radii, (RAY_MIN_Z_MM, np.inf))


def base_rays(atlas: Atlas, count: int = RAY_COUNT) -> Rays:
    """Rays from the centre outward, to the inner surface between the two base heights."""
    assert atlas.inner is not None
    radii = np.arange(BASE_RAY_MIN_MM, BASE_RAY_MAX_MM + 1e-9, RAY_STEP_MM)
    return _rays(atlas.inner, atlas.center, count, radii, (BASE_MIN_Z_MM, BASE_MAX_Z_MM))


def cast(skull: SkullVolume, rays: Rays, to_canonical: F64, band: float) -> tuple[F64, int]:
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

"""Radial maps of a skull's outer and inner surface in a pose (see ``space/radial.py``)."""

from __future__ import annotations

import numpy as np

from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from ..space.volume import SkullVolume
from .atlas import Field

MIN_Z_MM = 6.0
INNER_MIN_Z_MM = -25.0


def radius_of(
    skull: SkullVolume, pose: F64, prior: Field | None, band: float, center: F64 = CENTER
) -> tuple[F64, Bool]:
    """Radial map of the outer surface in the pose (patient -> canonical mm), and where it is known."""
    d = radial.directions()
    radii = np.arange(150.0, 30.0, -0.5)
    inverse = np.linalg.inv(pose)
    hit = np.zeros(d.shape[:2], dtype=bool)
    radius = np.zeros(d.shape[:2])
    for r in radii:
        p = center + d * r
        ok = ~hit
        if prior is not None:
            ok &= np.abs(prior.sample(p.reshape(-1, 3))).reshape(hit.shape) <= band
        bone = ok & skull.contains(p @ inverse[:3, :3].T + inverse[:3, 3])
        radius[bone] = r + 0.25
        hit |= bone
    z = center[2] + d[..., 2] * radius
    return radius, hit & (z > MIN_Z_MM)


def inner_radius_of(skull: SkullVolume, pose: F64) -> tuple[F64, Bool]:
    """Radial map of the first bone from the centre outward, and where it is known."""
    d = radial.directions()
    inverse = np.linalg.inv(pose)
    hit = np.zeros(d.shape[:2], dtype=bool)
    radius = np.zeros(d.shape[:2])
    for r in np.arange(15.0, 115.0, 0.5):
        p = CENTER + d * r
        bone = ~hit & skull.contains(p @ inverse[:3, :3].T + inverse[:3, 3])
        radius[bone] = r - 0.25
        hit |= bone
    return radius, hit & (CENTER[2] + d[..., 2] * radius > INNER_MIN_Z_MM)

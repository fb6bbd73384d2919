"""Outer radius and thickness of complete skulls as radial maps: what the shape prior learns from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pose.atlas import Atlas
from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from ..space.signed_distance import CLAMP_MM, NativeDistance


@dataclass(frozen=True)
class SurfaceMaps:
    """Outer radius and thickness (mm) of a complete skull [rows, columns] and where they are known."""

    outer: F64
    outer_known: Bool
    thickness: F64
    thickness_known: Bool

    def mirrored(self) -> SurfaceMaps:
        return SurfaceMaps(
            *(radial.mirror(m) for m in (self.outer, self.outer_known, self.thickness, self.thickness_known))
        )


def load_maps(path: Path) -> SurfaceMaps:
    """Maps of one subject as ``prepare`` wrote them."""
    data = np.load(path)
    return SurfaceMaps(
        data["outer"].astype(np.float64),
        data["outer_known"],
        data["thick"].astype(np.float64),
        data["thick_known"],
    )


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

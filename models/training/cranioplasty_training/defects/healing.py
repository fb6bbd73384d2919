"""What years do to the border of a defect, and the burr holes along it.

A border does not heal alike everywhere: here its edge is rounded, there it has grown thin, and elsewhere a
sheet of new bone has crept into the defect along the dura.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..space import radial
from ..space.canonical import CENTER, F64
from .defect import Defect, Plate, across, defect_distance, smooth_maximum


@dataclass(frozen=True)
class Healing:
    """How a border healed; lengths in mm.

    ``waves`` [K, 4]: wave vector (1/mm) and phase of what varies by place.
    """

    waves: F64
    # Edge radius where it is rounded most.
    round_mm: float
    # What each table lost at the border, and how far from it.
    thin_mm: float
    thin_reach_mm: float
    # How far new bone reaches into the defect, and how deep it lies below the outer surface.
    regrown_mm: float
    regrown_depth_mm: float

    def place(self, points: Tensor) -> Tensor:
        """How much a border is healed at points [..., 3], 0 to 1."""
        total = torch.zeros(points.shape[:-1], device=points.device)
        for x, y, z, phase in self.waves:
            vector = torch.tensor([x, y, z], dtype=torch.float32, device=points.device)
            total = total + torch.sin(points @ vector + float(phase))
        return torch.sigmoid(2.0 * total)

    def remaining(self, complete: Tensor, defect: Tensor, points: Tensor) -> Tensor:
        """Signed distance of what the piece left, its edges rounded."""
        return smooth_maximum(complete, -defect, self.round_mm * self.place(points))

    def healed(
        self, complete: Tensor, remaining: Tensor, envelope: Tensor, defect: Tensor, points: Tensor
    ) -> Tensor:
        """The same as it looks after years: thin at its border, and partly grown over.

        What it lost on its tables and what grew are seen, but are no part of the missing piece.
        """
        place = self.place(points)
        out = remaining
        if self.thin_mm > 0.0:
            near = (1.0 - defect / self.thin_reach_mm).clamp(0.0, 1.0)
            out = torch.maximum(out, complete + self.thin_mm * place * near * near)
        if self.regrown_mm > 0.0:
            tongue = self.regrown_mm * (2.0 * place - 1.0).clamp(min=0.0)
            new = torch.maximum(complete + 0.3, envelope + self.regrown_depth_mm)
            new = torch.maximum(new, -(defect + tongue))
            out = torch.minimum(out, torch.where(tongue > 0.0, new, 1e3))
        return out


def healed_border(rng: np.random.Generator, share: float) -> Healing | None:
    """A random healed border, or with the rest of the probability none."""
    if share <= 0.0 or rng.random() >= share:
        return None
    wave = rng.normal(size=(3, 3))
    wave *= 2.0 * np.pi / rng.uniform(20.0, 70.0, (3, 1)) / np.linalg.norm(wave, axis=1, keepdims=True)
    return Healing(
        waves=np.concatenate([wave, rng.uniform(0.0, 2.0 * np.pi, (3, 1))], 1),
        round_mm=float(rng.uniform(1.0, 6.0)),
        thin_mm=float(rng.uniform(0.3, 1.8)) if rng.random() < 0.6 else 0.0,
        thin_reach_mm=float(rng.uniform(4.0, 12.0)),
        regrown_mm=float(rng.uniform(3.0, 12.0)) if rng.random() < 0.5 else 0.0,
        regrown_depth_mm=float(rng.uniform(2.0, 4.0)),
    )


def with_burr_holes(defect: Defect, radius_map: F64, rng: np.random.Generator, share: float) -> Defect:
    """With probability ``share`` the defect with burr holes where a saw turned: at the corners of a plate,
    three to five times around the border of others."""
    if share <= 0.0 or rng.random() >= share:
        return defect
    if defect.plate:
        toward = [c for c in corners(defect.plate) if rng.random() < 0.8]
    else:
        count = int(rng.integers(3, 6))
        turn = rng.uniform(0.0, 2.0 * np.pi) + 2.0 * np.pi * np.arange(count) / count
        turn += rng.uniform(-0.3, 0.3, count)
        axis = defect.middle - CENTER
        u, v = across(axis / np.linalg.norm(axis))
        toward = [defect.middle + 60.0 * (np.cos(t) * u + np.sin(t) * v) for t in turn]
    holes = [(*border_point(defect, radius_map, p), float(rng.uniform(5.0, 8.0))) for p in toward]
    if not holes:
        return defect
    return replace(defect, spheres=np.concatenate([defect.spheres, holes]))


def corners(plate: Plate) -> list[F64]:
    """Where neighbouring sides of a plate would meet without its rounding, canonical mm."""
    u, v = across(plate.axis)
    sides = plate.sides[np.argsort(plate.sides[:, 0] % (2.0 * np.pi))]
    out = []
    for (a, ha), (b, hb) in zip(sides, np.roll(sides, -1, 0), strict=True):
        rows = np.array([[np.cos(a), np.sin(a)], [np.cos(b), np.sin(b)]])
        x, y = np.linalg.solve(rows, np.array([ha, hb]))
        out.append(plate.center + x * u + y * v)
    return out


def border_point(defect: Defect, radius_map: F64, toward: F64) -> F64:
    """Point of the vault at the border of a defect, from its middle toward a point, canonical mm."""
    first = defect.middle - CENTER
    first = first / np.linalg.norm(first)
    side = toward - CENTER
    side = side - (side @ first) * first
    side = side / max(float(np.linalg.norm(side)), 1e-9)
    angle = np.deg2rad(np.arange(0.0, 90.0, 1.0))[:, None]
    way = np.cos(angle) * first + np.sin(angle) * side
    points = CENTER + way * radial.sample(radius_map, way)[:, None]
    smooth = replace(defect, noise_mm=0.0, islands=np.zeros((0, 4)))
    at = torch.tensor(points, dtype=torch.float32)[None, None]
    outside = defect_distance(smooth, at)[0, 0].numpy() > 0.0
    return points[int(outside.argmax())]

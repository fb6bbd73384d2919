"""The shape of a virtual defect: where it is, and how much of the vault it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..space import radial
from ..space.canonical import CENTER, F64
from ..space.radial import fibonacci_sphere


def across(axis: F64) -> tuple[F64, F64]:
    """Two unit vectors across an axis and each other."""
    u = np.cross(axis, [0.0, 1.0, 0.0] if abs(axis[1]) < 0.9 else [1.0, 0.0, 0.0])
    u /= np.linalg.norm(u)
    return u, np.cross(axis, u)


@dataclass(frozen=True)
class Plate:
    """A piece sawn out straight through the vault: a convex polygon with round corners, seen along ``axis``.

    ``sides`` (K, 2): angle (rad) in the plane across the axis and distance (mm) of each side from ``center``.
    """

    center: F64
    axis: F64
    sides: F64
    corner_mm: float

    def distance(self, points: Tensor) -> Tensor:
        """Signed distance (mm, negative inside) at points [z, y, x, 3]."""
        u, v = across(self.axis)

        def like(values: F64) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=points.device)

        q = points - like(self.center)
        a, b = q @ like(u), q @ like(v)
        out = torch.full(a.shape, -1e3, device=points.device)
        for angle, height in self.sides:
            side = a * math.cos(angle) + b * math.sin(angle) - float(height)
            out = smooth_maximum(out, side, self.corner_mm)
        # The other side of the head stays.
        return torch.maximum(out, 15.0 - (points - like(CENTER)) @ like(self.axis))


@dataclass
class Defect:
    """Union of spheres (M, 4: x, y, z, radius), smooth; noise amplitude (mm), healing radius (mm)."""

    region: str
    spheres: F64
    noise_mm: float
    noise_seed: int
    round_mm: float
    islands: F64
    plate: Plate | None = None

    @property
    def middle(self) -> F64:
        """About its middle, canonical mm."""
        return self.plate.center if self.plate else self.spheres[0, :3]


def smooth_maximum(a: Tensor, b: Tensor, radius: float | Tensor) -> Tensor:
    """Maximum whose edge is rounded over ``radius`` mm (never below it), by place if it is a tensor."""
    if isinstance(radius, Tensor):
        radius = radius.clamp(min=1e-3)
    elif radius <= 0.0:
        return torch.maximum(a, b)
    h = (radius - (a - b).abs()).clamp(min=0.0)
    return torch.maximum(a, b) + h * h / (4.0 * radius)


def defect_distance(defect: Defect, points: Tensor) -> Tensor:
    """Approximate signed distance (mm, negative inside) of a defect at points [z, y, x, 3] (lattice)."""
    device = points.device
    out = torch.full(points.shape[:-1], 1e3, device=device)
    for x, y, z, r in defect.spheres.astype(np.float32):
        c = torch.tensor([x, y, z], device=device)
        out = torch.minimum(out, (points - c).norm(dim=-1) - float(r))
    if defect.plate:
        out = torch.minimum(out, defect.plate.distance(points))
    if defect.noise_mm > 0.0:
        rng = np.random.default_rng(defect.noise_seed)
        low = torch.from_numpy(rng.normal(size=(1, 1, 14, 18, 18)).astype(np.float32)).to(device)
        noise = F.interpolate(low, size=out.shape, mode="trilinear", align_corners=True)[0, 0]
        out = out + noise * defect.noise_mm
    for x, y, z, r in defect.islands.astype(np.float32):
        c = torch.tensor([x, y, z], device=device)
        out = torch.maximum(out, float(r) - (points - c).norm(dim=-1))
    return out


def vault_area(defect: Defect, radius_map: F64, count: int = 2000) -> float:
    """Outer vault area (cm2) inside the spheres and the plate of a defect (noise left out)."""
    d = fibonacci_sphere(count)
    r = radial.sample(radius_map, d)
    p = CENTER + d * r[:, None]
    inside = np.zeros(count, dtype=bool)
    for s in defect.spheres:
        inside |= np.linalg.norm(p - s[:3], axis=1) < s[3]
    if defect.plate:
        at = torch.tensor(p, dtype=torch.float32)[None, None]
        inside |= (defect.plate.distance(at)[0, 0] < 0.0).numpy()
    inside &= p[:, 2] > 0.0
    return float((r[inside] ** 2).sum() * 4.0 * np.pi / count / 100.0)

"""What a scan and its segmentation do to a skull before a network sees it.

Each factor is drawn by itself, so that it can be switched on alone to see how much it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..space.canonical import BOX_MM, F64, MID_X_MM
from ..space.transform import rotation_vector

# Factor -> how often a training sample has it.
FACTORS: Mapping[str, float] = {
    "base": 0.35,  # the scan or the segmentation ends above the skull base
    "slices": 0.2,  # thick slices, interpolated
    "threshold": 0.3,  # bone thicker or thinner by place: threshold and partial volume
    "holes": 0.15,  # small gaps: foramina, thin bone that fell below the threshold
    "sutures": 0.1,  # open sutures
    "table": 0.1,  # remnant of a head rest behind the skull
}


@dataclass
class Realism:
    """The factors of one sample; the default changes nothing.  Positions in canonical mm."""

    base: F64 = field(default_factory=lambda: np.array([0.0, 0.0, 1.0, -np.inf]))  # no bone below n.p < d
    slice_mm: float = 0.0
    slice_normal: F64 = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    slice_phase: float = 0.0
    wave_mm: float = 0.0
    waves: F64 = field(default_factory=lambda: np.zeros((0, 4)))  # wave vector (1/mm) and phase
    holes: F64 = field(default_factory=lambda: np.zeros((0, 4)))  # x, y, z, radius
    suture_mm: float = 0.0
    suture: F64 = field(default_factory=lambda: np.zeros(5))  # plane n, d; phase of its wiggle
    table: F64 = field(default_factory=lambda: np.zeros(3))  # gap to the envelope, half thickness, reach; mm

    @property
    def plain(self) -> bool:
        """Whether the scan shows the skull as it is."""
        return (
            self.slice_mm == 0.0
            and self.wave_mm == 0.0
            and len(self.holes) == 0
            and self.suture_mm == 0.0
            and self.table[2] == 0.0
        )

    def cut_base(self, distance: Tensor, points: Tensor) -> Tensor:
        """Takes away the bone below the base plane; ``points`` [..., 3]."""
        if not np.isfinite(self.base[3]):
            return distance
        return torch.maximum(distance, float(self.base[3]) - points @ _like(self.base[:3], points))

    def scan(
        self,
        skull: Callable[[Tensor], Tensor],
        envelope: Tensor,
        points: Tensor,
    ) -> Tensor:
        """Signed distance (mm) of the skull as segmented from a scan, at ``points`` [..., 3].

        ``skull`` gives the signed distance of the real skull, ``envelope`` is that of its filled outer
        surface at the points.
        """
        if self.slice_mm > 0.0:
            normal = _like(self.slice_normal, points)
            at = points @ normal / self.slice_mm + self.slice_phase
            share = at - at.floor()
            below = skull(points - (share * self.slice_mm)[..., None] * normal)
            above = skull(points + ((1.0 - share) * self.slice_mm)[..., None] * normal)
            d = below + share * (above - below)
        else:
            d = skull(points)
        for x, y, z, phase in self.waves:
            d = d + self.wave_mm * torch.sin(points @ _like(np.array([x, y, z]), points) + phase)
        for x, y, z, r in self.holes:
            d = torch.maximum(d, float(r) - (points - _like(np.array([x, y, z]), points)).norm(dim=-1))
        if self.suture_mm > 0.0:
            height = points @ _like(self.suture[:3], points) - float(self.suture[3])
            along = points.sum(-1)
            wiggle = 1.5 * torch.sin(along * 0.4 + float(self.suture[4])) + torch.sin(along * 1.1)
            gap = self.suture_mm / 2.0 - (height + wiggle).abs()
            d = torch.maximum(d, torch.minimum(gap, points[..., 2] - 40.0))
        if self.table[2] > 0.0:
            gap, half, reach = (float(v) for v in self.table)
            behind = _like(np.array([MID_X_MM, BOX_MM, 50.0]), points)
            plate = torch.maximum((envelope - gap).abs() - half, (points - behind).norm(dim=-1) - reach)
            d = torch.minimum(d, plate)
        return d


def _like(values: F64, points: Tensor) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=points.device)


def draw(
    factors: Mapping[str, float],
    on_vault: Callable[[F64], F64],
    rng: np.random.Generator,
) -> Realism:
    """Random factors; ``on_vault`` gives the point of the outer surface in a direction."""
    out = Realism()

    def chosen(name: str) -> bool:
        return factors.get(name, 0.0) > 0.0 and rng.random() < factors[name]

    def tilted(degrees: float) -> F64:
        return rotation_vector(np.deg2rad(rng.normal(size=3) * degrees)) @ np.array([0.0, 0.0, 1.0])

    if chosen("base"):
        n = tilted(8.0)
        out.base = np.array([*n, n @ np.array([MID_X_MM, 102.4, rng.uniform(0.0, 22.0)])])
    if chosen("slices"):
        out.slice_mm = float(rng.uniform(1.5, 5.0))
        out.slice_normal = tilted(12.0)
        out.slice_phase = float(rng.uniform())
    if chosen("threshold"):
        out.wave_mm = float(rng.uniform(0.05, 0.25))
        wave = rng.normal(size=(4, 3))
        wave *= 2.0 * np.pi / rng.uniform(12.0, 60.0, (4, 1)) / np.linalg.norm(wave, axis=1, keepdims=True)
        out.waves = np.concatenate([wave, rng.uniform(0.0, 2.0 * np.pi, (4, 1))], 1)
    if chosen("holes"):
        holes = []
        for _ in range(rng.integers(2, 13)):
            d = rng.normal(size=3)
            d[2] = abs(d[2]) - 0.3 * np.linalg.norm(d)
            d /= np.linalg.norm(d)
            holes.append([*(on_vault(d) - 3.0 * d), rng.uniform(0.8, 3.0)])
        out.holes = np.array(holes)
    if chosen("sutures"):
        out.suture_mm = float(rng.uniform(0.5, 1.5))
        # Sagittal or coronal.
        n = np.array([1.0, 0.0, 0.0]) if rng.random() < 0.4 else np.array([0.0, 1.0, rng.uniform(-0.3, 0.3)])
        n = rotation_vector(np.deg2rad(rng.normal(size=3) * 4.0)) @ (n / np.linalg.norm(n))
        through = np.array([MID_X_MM, rng.uniform(65.0, 90.0), 80.0])
        out.suture = np.array([*n, n @ through, rng.uniform(0.0, 6.3)])
    if chosen("table"):
        out.table = np.array([rng.uniform(4.0, 14.0), rng.uniform(0.8, 2.0), rng.uniform(30.0, 70.0)])
    return out

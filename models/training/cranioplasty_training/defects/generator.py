"""Random synthetic samples: a deformation of one subject (pose error, elastic, scale, mirroring, radial morph
toward other training subjects, or bent toward another one) and a virtual defect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..cascade.presets import PRESETS, Preset
from ..data.cases import RealCase
from ..data.subject import Subject, field_at
from ..prior.registration import Registrations, Twin
from ..prior.shape_prior import ShapePrior
from ..space import radial
from ..space.canonical import CENTER, F64
from ..space.radial import sample_directions
from ..space.transform import rotation_vector
from .defect import Defect, defect_distance, vault_area
from .healing import healed_border, with_burr_holes
from .random_defects import DRAWN, REGION_SHARES, random_defect
from .realism import FACTORS, Realism, draw
from .sample import LATTICE, NODES, RealSample, Sample

MIN_AREA_CM2 = 8.0
MAX_AREA_CM2 = 200.0
CEPHALIC_INDEX = (0.70, 0.88)


@dataclass(frozen=True)
class Settings:
    """Widths of the random effects; ``0`` switches one off."""

    # What the alignment of defective skulls leaves; one sample in five has three times as much.
    rotation_deg: float = 0.7
    shift_mm: float = 0.6
    # More than the asymmetry of real heads would teach the networks to distrust the opposite side.
    elastic_mm: float = 0.6
    scale: float = 0.035
    morph: bool = True
    mirror: bool = True
    offset_mm: float = 0.3
    # Share of samples bent toward another training skull (where there are registrations) instead of morphed;
    # of defects whose border healed irregularly; and of those with burr holes along it.
    bent: float = 0.0
    healed: float = 0.25
    burr_holes: float = 0.25
    realism: Mapping[str, float] = field(default_factory=lambda: FACTORS)


# An undeformed subject, scanned without loss.
PLAIN = Settings(
    *(0.0, 0.0, 0.0, 0.0),
    morph=False,
    mirror=False,
    offset_mm=0.0,
    bent=0.0,
    healed=0.0,
    burr_holes=0.0,
    realism={},
)
# How much thinner or thicker a skull becomes along a ray when it is bent.
MOST_STRETCH = 1.7
# Distances to the envelope beyond say nothing of how they grow, mm.
SLOPE_REACH_MM = 15.0


def cephalic_index(radius_map: F64, scale: F64) -> float:
    """Breadth over length of the part of a radial map above z = 20 mm, after axis scales."""
    d = radial.directions(*radius_map.shape) * radius_map[..., None] * scale
    d = d[d[..., 2] > -20.0]
    return float(np.ptp(d[:, 0]) / np.ptp(d[:, 1]))


class BentShape(NamedTuple):
    """A skull bent toward another one, mirrored or not, and the radial map of what this gives."""

    twin: Twin
    mirrored: bool
    radius: F64


class Generator:
    """Draws samples; the same seed gives the same sequence."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        seed: int,
        settings: Settings | None = None,
        preset: Preset = PRESETS["lite"],
        device: torch.device | str = "cpu",
        shapes: Sequence[F64] | None = None,
        cases: Sequence[RealCase] = (),
        case_share: float = 0.0,
        shape_prior: ShapePrior | None = None,
        registrations: Registrations | None = None,
    ) -> None:
        self.preset = preset
        self.shape_prior = shape_prior
        self.registrations = registrations
        self.subjects = [replace(s, fields=s.fields.to(device)) for s in subjects]
        self.rng = np.random.default_rng(seed)
        self.settings = settings or Settings()
        self.cases = [replace(c, fields=c.fields.to(device)) for c in cases]
        self.case_share = case_share if self.cases else 0.0
        maps = list(shapes) if shapes is not None else [s.radius for s in self.subjects]
        self.shapes = maps + [radial.mirror(m) for m in maps]
        nodes = [torch.arange(n, dtype=torch.float32, device=device) * LATTICE for n in NODES]
        z, y, x = torch.meshgrid(nodes[2], nodes[1], nodes[0], indexing="ij")
        self.lattice_points = torch.stack([x, y, z], -1)

    def _new_shape(self, own: F64) -> F64:
        """Convex mix of two or three shapes, slightly extrapolated, plus smooth noise."""
        rng = self.rng
        pick = rng.integers(len(self.shapes), size=3)
        w = rng.dirichlet([0.7, 0.7, 0.7])
        mix = sum(a * self.shapes[k] for a, k in zip(w, pick, strict=True))
        mean = np.mean(self.shapes, 0)
        mix = mean + (mix - mean) * rng.uniform(0.8, 1.3)
        low = np.zeros_like(own)
        d = radial.directions(*own.shape)
        for _ in range(4):
            axis = rng.normal(size=3)
            axis /= np.linalg.norm(axis)
            low += rng.normal(0.0, 0.6) * np.sin(rng.uniform(1.5, 4.0) * (d @ axis) + rng.uniform(0, 6.3))
        return mix + low

    def sample(self, region: str | None = None, subject: int | None = None) -> Sample:
        """One random sample (see the module's text); a real case as often as ``case_share`` says."""
        if region is None and self.case_share > 0.0 and self.rng.random() < self.case_share:
            return self._real_sample()
        rng, s = self.rng, self.settings
        own = self.subjects[int(rng.integers(len(self.subjects))) if subject is None else subject]
        region = region or str(rng.choice(DRAWN, p=REGION_SHARES))
        bent = self.registrations is not None and s.bent > 0.0 and rng.random() < s.bent
        for _ in range(20):
            scale = 1.0 + np.clip(rng.normal(size=3), -2.5, 2.5) * s.scale
            twin = self._twin(own.name) if bent else None
            target = twin.radius if twin else self._new_shape(own.radius) if s.morph else own.radius
            if CEPHALIC_INDEX[0] <= cephalic_index(target, scale) <= CEPHALIC_INDEX[1]:
                break
        for _ in range(50):
            defect = random_defect(region, target, rng)
            area = vault_area(defect, target)
            if MIN_AREA_CM2 <= area <= MAX_AREA_CM2:
                break
        # Of its own, so that a seed gives the same heads and pieces whether borders heal or not.
        border = np.random.default_rng(defect.noise_seed)
        defect = with_burr_holes(defect, target, border, s.burr_holes)
        healing = healed_border(border, s.healed)
        mirrored = twin.mirrored if twin else s.mirror and rng.random() < 0.5
        rotation, shift = self._pose()
        lattice = self._lattice(own, target, scale, mirrored, rotation, shift, defect, twin)

        def on_vault(direction: F64) -> F64:
            length = float(radial.sample(target, direction[None])[0])
            return CENTER + (direction * length - shift) * scale

        realism = draw(s.realism, on_vault, rng)
        offset = float(rng.normal() * s.offset_mm)
        middle = CENTER + (defect.middle - CENTER) * scale
        return Sample(
            *(self.preset, own, lattice, offset, defect.round_mm, realism, region, area, middle),
            shape_prior=self.shape_prior,
            healing=healing,
        )

    def _twin(self, name: str) -> BentShape | None:
        """Another skull to bend ``name`` to, and the shape that this gives."""
        assert self.registrations is not None
        twin = self.registrations.draw(name, self.rng)
        if twin is None:
            return None
        mirrored = self.settings.mirror and self.rng.random() < 0.5
        radius = self.registrations.radius_of(name, twin)
        return BentShape(twin, mirrored, radial.mirror(radius) if mirrored else radius)

    def _real_sample(self) -> RealSample:
        """A real case, moved, scaled, mirrored and deformed; its scan is as real as it is."""
        rng, s = self.rng, self.settings
        case = self.cases[int(rng.integers(len(self.cases)))]
        scale = 1.0 + np.clip(rng.normal(size=3), -2.5, 2.5) * s.scale
        mirrored = s.mirror and rng.random() < 0.5
        rotation, shift = self._pose()
        lattice = self._lattice(self.subjects[0], None, scale, mirrored, rotation, shift, None)
        plain = (self.preset, self.subjects[0], lattice, 0.0, 0.0, Realism(), "real", 0.0, CENTER)
        return RealSample(*plain, known=case.known, shape_prior=self.shape_prior, case=case)

    def _pose(self) -> tuple[F64, F64]:
        """Rotation matrix and shift (mm) that an alignment may be off by."""
        rng, s = self.rng, self.settings
        poor = 3.0 if s.rotation_deg > 0.0 and rng.random() < 0.2 else 1.0
        turn = np.clip(rng.normal(size=3), -2.5, 2.5) * s.rotation_deg * poor
        shift = np.clip(rng.normal(size=3), -2.5, 2.5) * s.shift_mm * poor
        return rotation_vector(np.deg2rad(turn)), shift

    def _lattice(
        self,
        own: Subject,
        target: F64 | None,
        scale: F64,
        mirrored: bool,
        rotation: F64,
        shift: F64,
        defect: Defect | None,
        bent: BentShape | None = None,
    ) -> Tensor:
        """Deformation and defect on the lattice; no morph without a target, no defect without one."""
        rng = self.rng
        p = self.lattice_points
        device = p.device
        center = torch.tensor(CENTER, dtype=torch.float32, device=device)
        if self.settings.elastic_mm > 0.0:
            low = rng.normal(size=(1, 3, 5, 6, 6)).astype(np.float32) * self.settings.elastic_mm
            warp = F.interpolate(
                torch.from_numpy(low).to(device), size=p.shape[:3], mode="trilinear", align_corners=True
            )
            p = p + warp[0].permute(1, 2, 3, 0)
        r = torch.tensor(rotation, dtype=torch.float32, device=device)
        q = (p - center) @ r.T + torch.tensor(shift, dtype=torch.float32, device=device)
        # The defect lives in the space of the target shape before scaling.
        q = q / torch.tensor(scale, dtype=torch.float32, device=device)
        hole = defect_distance(defect, q + center) if defect else torch.full(q.shape[:3], 1e3, device=device)
        if mirrored:
            q = q * torch.tensor([-1.0, 1.0, 1.0], device=device)
        factor = torch.ones(q.shape[:3], device=device)
        mean_scale = float(np.prod(scale) ** (1.0 / 3.0))
        if bent and self.registrations:
            # At every other node: those of the displacement are twice as far apart.
            some = (q + center)[::2, ::2, ::2]
            u = bent.twin.weight * self.registrations.toward(own.name, bent.twin.name, some)
            growth = distance_scale(own, some + u, mean_scale)
            parts = torch.cat([u, growth[..., None]], -1).permute(3, 0, 1, 2)[None]
            parts = F.interpolate(parts, size=q.shape[:3], mode="trilinear", align_corners=True)[0]
            q = q + parts[:3].permute(1, 2, 3, 0)
            factor = mean_scale / parts[3]
        elif self.settings.morph and target is not None:
            # After mirroring the point is in the subject's handedness; so is the target map.
            new = radial.mirror(target) if mirrored else target
            ratio = torch.tensor(own.radius / new, dtype=torch.float32, device=device)
            ratio = torch.cat([ratio, ratio[:, :1]], 1)[None]
            factor = sample_directions(ratio, q)[0][0]
            q = q * factor[..., None]
        q = q + center
        values = [q[..., 0], q[..., 1], q[..., 2], mean_scale / factor, hole * mean_scale]
        return torch.stack(values)[None].contiguous()


def distance_scale(subject: Subject, at: Tensor, usual: float) -> Tensor:
    """What the subject's distances are multiplied by, [z, y, x], at its points ``at`` [z, y, x, 3] of every
    other node of the lattice: as its outer surface is stretched across the vault; ``usual`` far from it."""
    envelope = field_at(subject, 1, at)
    slope = torch.stack(torch.gradient(envelope, spacing=2.0 * LATTICE)).norm(dim=0)
    near = envelope.abs() < SLOPE_REACH_MM
    return torch.where(near, 1.0 / slope.clamp(1.0 / MOST_STRETCH, MOST_STRETCH), usual)

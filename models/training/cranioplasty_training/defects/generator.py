"""Synthetic training samples, evaluated only at the points that a network sees.

A sample is a random deformation of one subject (pose error, elastic, scale, mirroring, radial
morph toward other training subjects) and a virtual defect.  All slowly varying functions live on
a lattice of 3.2 mm nodes ``LATTICE * index`` over the canonical box; the subject's signed
distances are sampled through it.  For signed distances (negative inside) in mm:

    complete skull  s = bone - offset, cut off at a random base plane
    remaining skull max(s, -defect), edges rounded ("healed") by a smooth maximum
    skull patch     complete skull minus remaining skull, exactly
    implant         max(envelope, -thickness - envelope, defect + clearance, s - REACH_MM)

Volumes are [z, y, x] tensors over the canonical axes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..cascade.presets import PRESETS, Preset
from ..data.cases import RealCase
from ..data.subject import ORIGIN, SIZE, Subject
from ..prior.continuation import across, fit_mean_skull, fit_mirror, fitted_mean_distance
from ..prior.lattice import LATTICE_MM, lattice_points
from ..prior.shape_prior import ShapePrior, blended_distance
from ..space import radial
from ..space.canonical import BOX_MM, CENTER, F64, grid_points
from ..space.radial import fibonacci_sphere, sample_directions
from ..space.transform import rotation_vector
from .realism import FACTORS, Realism, draw

LATTICE = 3.2
NODES = (65, 65, 51)  # x, y, z: up to 160 mm
FILLED_MM = 153.6  # height above which there is no bone
THICKNESS_MM = 4.0
CLEARANCE_MM = 1.0
REACH_MM = 2.5
# Where the input of the shape prior's distance ends, mm.
PRIOR_REACH_MM = 4.0
REGIONS = (
    "bilateral",
    "frontoorbital",
    "parietotemporal",
    "frontal",
    "occipital",
    "random",
)
# What training draws: the regions, and the smooth large pieces high at the back that SkullFix cuts.
DRAWN = (*REGIONS, "plate")
# How often: the orbital roof and rim are the hardest shape to learn.
REGION_SHARES = (0.13, 0.25, 0.15, 0.13, 0.08, 0.11, 0.15)
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
    realism: Mapping[str, float] = field(default_factory=lambda: FACTORS)


# An undeformed subject, scanned without loss.
PLAIN = Settings(0.0, 0.0, 0.0, 0.0, morph=False, mirror=False, offset_mm=0.0, realism={})


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
        u = np.cross(self.axis, [0.0, 1.0, 0.0] if abs(self.axis[1]) < 0.9 else [1.0, 0.0, 0.0])
        u /= np.linalg.norm(u)
        v = np.cross(self.axis, u)

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


class Distances(NamedTuple):
    """Signed distances (mm, negative inside) of a sample at some points, [z, y, x] each."""

    complete: Tensor
    remaining: Tensor
    implant: Tensor
    # The skull as segmented from a scan: `remaining` with the factors of `realism`.
    scanned: Tensor
    defect: Tensor


class Views(NamedTuple):
    """What the networks see of a sample, [z, y, x] each, and what they shall find."""

    skull: Tensor
    # The opposite side and what continues the skull (mean skull or shape prior), fitted to the bone around.
    mirrored: Tensor
    mean: Tensor
    patch: Tensor
    implant: Tensor
    # How far the surface of the shape prior is, 0 to 1: ``prior_distance``.  Fine windows with a prior only.
    distance: Tensor | None = None

    def seen(self) -> Tensor:
        """The inputs [C, z, y, x]."""
        more = () if self.distance is None else (self.distance,)
        return torch.stack((self.skull, self.mirrored, self.mean, *more))

    def all(self) -> Tensor:
        """The inputs and both truths [C + 2, z, y, x]."""
        return torch.cat([self.seen(), torch.stack((self.patch, self.implant))])


@dataclass
class Sample:
    """Everything needed to evaluate a synthetic case at any point, on the device of ``lattice``.

    ``lattice`` [1, 5, z, y, x]: subject-space point (x, y, z), distance scale, defect distance.
    """

    preset: Preset
    subject: Subject
    lattice: Tensor
    offset_mm: float
    round_mm: float
    realism: Realism
    region: str
    area_cm2: float
    center: F64  # middle of the defect, canonical mm
    # Whether there is a truth for patch and implant.
    known: tuple[bool, bool] = (True, True)
    # What continues the skull where it knows the shape; the bent mean skull does elsewhere.
    shape_prior: ShapePrior | None = None

    def distances(self, points: Tensor) -> Distances:
        """All shapes at points [z, y, x, 3]."""
        complete, remaining, envelope, defect = self.real(points)
        implant = torch.maximum(envelope, -THICKNESS_MM - envelope)
        implant = torch.maximum(implant, defect + CLEARANCE_MM)
        implant = torch.maximum(implant, complete - REACH_MM)
        if self.realism.plain:
            return Distances(complete, remaining, implant, remaining, defect)
        scanned = self.realism.scan(lambda p: self.real(p)[1], envelope, points)
        return Distances(complete, remaining, implant, scanned, defect)

    def real(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Signed distances of the real head: complete and remaining skull, envelope, defect."""
        field, scale, defect = self._lookup(self.subject.fields, points)
        complete = self.realism.cut_base(field[0] * scale - self.offset_mm, points)
        return complete, smooth_maximum(complete, -defect, self.round_mm), field[1] * scale, defect

    def _lookup(self, fields: Tensor, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Fields of the subject [C, z, y, x] through the deformation, its scale, and the defect."""
        device = points.device
        step = torch.tensor([LATTICE * (n - 1) for n in NODES], dtype=torch.float32, device=device)
        grid = (points / step * 2.0 - 1.0)[None]
        low = F.grid_sample(self.lattice, grid, mode="bilinear", padding_mode="border", align_corners=True)[0]
        size = torch.tensor(SIZE, dtype=torch.float32, device=device)[:, None, None, None]
        origin = torch.tensor(ORIGIN, dtype=torch.float32, device=device)[:, None, None, None]
        where = ((low[:3] - origin) / size * 2.0 - 1.0).permute(1, 2, 3, 0)[None]
        field = F.grid_sample(fields, where, mode="bilinear", padding_mode="border", align_corners=False)[0]
        return field, low[3], low[4]

    @cached_property
    def mirror_fit(self) -> Tensor:
        """What fits the mirrored scan to the scan (see ``continuation``)."""
        return fit_mirror(self._at_lattice.scanned)

    @cached_property
    def mean_fit(self) -> Tensor:
        """What fits the mean skull to the scan."""
        return fit_mean_skull(self._at_lattice.scanned)

    @cached_property
    def continued(self) -> Tensor | None:
        """The skull continued by the shape prior, as stacked radial maps (see ``shape_prior``)."""
        if self.shape_prior is None:
            return None
        return self.shape_prior.continue_skull(self._scanned).stacked()

    def _scanned(self, points: Tensor) -> Tensor:
        """Signed distance of the scan at points [M, K, 3]."""
        return self.distances(points[None]).scanned[0]

    def continuing(self, points: Tensor) -> Tensor:
        """Signed distance (mm) of what continues the skull at points [z, y, x, 3]."""
        distance = fitted_mean_distance(self.mean_fit, points)
        return distance if self.continued is None else blended_distance(self.continued, distance, points)

    @cached_property
    def _at_lattice(self) -> Distances:
        return self.distances(lattice_points(self.lattice.device))

    def coarse(self) -> Views:
        """Mean occupancy [n, n, n] of all shapes on the coarse grid.

        2x2x2 supersampled, each sub-sample the occupancy of a cell of half the spacing: this
        approximates the mean of the 4x4x4 block of fine voxels that inference uses.
        """
        spacing, n = self.preset.coarse_mm, self.preset.coarse_size
        half = spacing / 2.0
        filled = min(n, math.ceil(FILLED_MM / spacing))
        points = grid_points((0.0, 0.0, 0.0), spacing, (n, n, filled), self.lattice.device)
        # The coarse grid of `lite` is the lattice itself.
        centres = self._at_lattice if spacing == LATTICE_MM else self.distances(points)
        # Sub-samples matter only where a surface can cross the voxel.
        reach = 1.4 * spacing
        near = centres.implant < reach
        for d in (centres.complete, centres.remaining, centres.scanned):
            near |= d.abs() < reach
        corner = torch.tensor([-half / 2.0, half / 2.0], device=points.device)
        dz, dy, dx = torch.meshgrid(corner, corner, corner, indexing="ij")
        shifts = torch.stack([dx, dy, dz], -1).reshape(1, 8, 3)
        parts = self.distances((points[near][:, None, :] + shifts)[None])
        out = []
        for d, part in zip(centres[:4], parts[:4], strict=True):
            o = (d < 0).float()
            o[near] = occupancy(part[0], half).mean(-1).reshape(-1)
            out.append(F.pad(o, (0, 0, 0, 0, 0, n - filled)))
        complete, remaining, implant, skull = out
        points = grid_points((0.0, 0.0, 0.0), spacing, (n, n, n), self.lattice.device)
        mirrored = opposite(skull, self.mirror_fit)
        mean = occupancy(self.continuing(points), spacing)
        return Views(skull, mirrored, mean, _missing(complete, remaining, skull), implant)

    def fine(self, corner: Sequence[float]) -> Views:
        """All shapes in a fine window at ``corner``, soft over one voxel."""
        spacing, n = self.preset.fine_mm, self.preset.window
        device = self.lattice.device
        points = grid_points(corner, spacing, (n, n, n), device)
        d = self.distances(points)
        complete, remaining, implant, skull = (occupancy(v, spacing) for v in d[:4])
        mirrored = occupancy(self.distances(across(self.mirror_fit, points)).scanned, spacing)
        # The loss of the plain case keeps its soft border; a scan that shows bone there wins.
        seen = remaining if self.realism.plain else torch.maximum(remaining, skull)
        toward = self.continuing(points)
        mean = occupancy(toward, spacing)
        distance = None if self.continued is None else prior_distance(toward)
        return Views(skull, mirrored, mean, _missing(complete, remaining, seen), implant, distance)

    def crop_corner(self, rng: np.random.Generator, patch: Tensor) -> tuple[float, float, float]:
        """Corner (mm, on the fine grid) of a fine window around a random voxel of the coarse patch."""
        spacing = self.preset.fine_mm
        index = (patch > 0.25).nonzero()
        if len(index) == 0:
            middle = self.center
        else:
            voxel = index[rng.integers(len(index))].flip(0).double().cpu().numpy()
            middle = (voxel + 0.5) * self.preset.coarse_mm
        window = self.preset.window * spacing
        jitter = rng.uniform(-0.35, 0.35, 3) * window
        corner = np.clip(middle + jitter - window / 2.0, 0.0, BOX_MM - window)
        corner = np.round(corner / spacing) * spacing
        return float(corner[0]), float(corner[1]), float(corner[2])


def occupancy(distance: Tensor, spacing: float) -> Tensor:
    """Occupancy of a signed distance (mm), soft over a voxel of ``spacing``."""
    return (0.5 - distance / spacing).clamp(0.0, 1.0)


def prior_distance(distance: Tensor) -> Tensor:
    """Signed distance (mm, negative inside) as an input: 1 from ``PRIOR_REACH_MM`` inside, 0 outside."""
    return occupancy(distance, 2.0 * PRIOR_REACH_MM)


@dataclass
class RealSample(Sample):
    """A real case: the same as a synthetic one, except that its shapes are read and not made."""

    case: RealCase | None = None

    def distances(self, points: Tensor) -> Distances:
        """All shapes at points [z, y, x, 3]; a shape without truth is nowhere."""
        assert self.case is not None
        (skull, patch, implant), scale, _ = self._lookup(self.case.fields, points)
        skull, patch, implant = skull * scale, patch * scale, implant * scale
        return Distances(torch.minimum(skull, patch), skull, implant, skull, patch)


def opposite(skull: Tensor, displacement: Tensor) -> Tensor:
    """Fitted mirror image of a skull's occupancy [n, n, n] over the canonical box, trilinear."""
    n = skull.shape[0]
    points = grid_points((0.0, 0.0, 0.0), BOX_MM / n, (n, n, n), skull.device)
    grid = (across(displacement, points) / BOX_MM * 2.0 - 1.0)[None]
    volume = skull[None, None]
    return F.grid_sample(volume, grid, mode="bilinear", padding_mode="border", align_corners=False)[0, 0]


def _missing(complete: Tensor, remaining: Tensor, seen: Tensor) -> Tensor:
    """Occupancy of the bone that is gone, as far as the scan does not show bone there."""
    return torch.minimum((complete - remaining).clamp(min=0.0), 1.0 - seen)


def smooth_maximum(a: Tensor, b: Tensor, radius: float) -> Tensor:
    """Maximum whose edge is rounded over ``radius`` mm (never below the maximum)."""
    if radius <= 0.0:
        return torch.maximum(a, b)
    h = (radius - (a - b).abs()).clamp(min=0.0)
    return torch.maximum(a, b) + h * h / (4.0 * radius)


def _direction(azimuth_deg: float, elevation_deg: float) -> F64:
    """Unit vector: azimuth from Left (+x) toward Posterior (+y), elevation toward Superior."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])


def region_direction(region: str, rng: np.random.Generator) -> F64:
    """Direction from ``CENTER`` of the primary sphere of a defect in ``region``."""
    side = rng.choice([-1.0, 1.0])
    if region == "bilateral":
        azimuth, elevation = rng.uniform(0, 360), rng.uniform(48, 90)
    elif region == "frontoorbital":
        azimuth, elevation = -90 + side * rng.uniform(0, 42), rng.uniform(-14, 12)
    elif region == "parietotemporal":
        azimuth, elevation = 90 - side * rng.uniform(50, 125), rng.uniform(-16, 35)
    elif region == "frontal":
        azimuth, elevation = -90 + side * rng.uniform(12, 60), rng.uniform(10, 55)
    elif region == "occipital":
        azimuth, elevation = 90 + side * rng.uniform(0, 55), rng.uniform(-10, 50)
    else:
        azimuth, elevation = rng.uniform(0, 360), math.degrees(math.asin(rng.uniform(-0.25, 1)))
    return _direction(azimuth, elevation)


def random_plate(radius_map: F64, rng: np.random.Generator) -> Defect:
    """A plate high at the back, mostly across the midline, as SkullFix cuts them; one in three anywhere."""
    if rng.random() < 0.67:
        azimuth, elevation = 90.0 + rng.normal(0.0, 8.0), rng.normal(38.0, 9.0)
    else:
        azimuth, elevation = rng.uniform(0.0, 360.0), rng.uniform(5.0, 90.0)
    axis = _direction(azimuth, elevation)
    center = CENTER + axis * float(radial.sample(radius_map, axis[None])[0])
    count = int(rng.integers(4, 7))
    turn = rng.uniform(0.0, 2.0 * np.pi)
    angles = turn + 2.0 * np.pi * (np.arange(count) + rng.uniform(-0.2, 0.2, count)) / count
    size = rng.uniform(24.0, 42.0)
    sides = np.stack([angles, size * rng.uniform(0.8, 1.2, count)], 1)
    axis = rotation_vector(np.deg2rad(rng.normal(size=3) * 6.0)) @ axis
    noise = float(rng.uniform(0.0, 1.5)) if rng.random() < 0.3 else 0.0
    healed = float(rng.uniform(0.0, 2.0)) if rng.random() < 0.3 else 0.0
    nothing = np.zeros((0, 4))
    plate = Plate(center, axis, sides, float(rng.uniform(4.0, 25.0)))
    return Defect("plate", nothing, noise, int(rng.integers(1 << 31)), healed, nothing, plate)


def random_defect(region: str, radius_map: F64, rng: np.random.Generator) -> Defect:
    """A primary sphere on the vault and up to seven secondary spheres on its surface; or a plate."""
    if region == "plate":
        return random_plate(radius_map, rng)

    def on_vault(direction: F64) -> F64:
        return CENTER + direction * float(radial.sample(radius_map, direction[None])[0])

    spheres: list[list[float]] = []

    def cluster(direction: F64, mean: float, spread: float) -> None:
        p = on_vault(direction)
        r = float(np.clip(rng.normal(mean, spread), 12.0, 52.0))
        depth = rng.uniform(-4.0, 6.0)  # the centre a little outside or inside the bone
        c = p + direction * depth
        spheres.append([*c, r])
        for _ in range(rng.integers(0, 8)):
            t = np.cross(direction, rng.normal(size=3))
            t /= max(float(np.linalg.norm(t)), 1e-9)
            q = c + t * r - CENTER
            q /= np.linalg.norm(q)
            spheres.append([*on_vault(q), float(rng.uniform(0.25, 0.7) * r)])

    if region == "bilateral":
        d = region_direction(region, rng)
        if rng.random() < 0.5:
            cluster(d, 36.0, 8.0)
        else:
            e = _direction(rng.uniform(-60, 60) * 1.0, rng.uniform(25, 60))
            cluster(e, 26.0, 7.0)
            cluster(e * [-1, 1, 1] + rng.normal(0, 0.1, 3), 26.0, 7.0)
    else:
        # A third are as large as a decompressive craniectomy.
        cluster(region_direction(region, rng), 40.0 if rng.random() < 0.35 else 28.0, 8.0)
        if region == "random" and rng.random() < 0.25:
            cluster(region_direction(region, rng), 22.0, 6.0)
    islands = np.zeros((0, 4))
    out = np.array(spheres)
    if rng.random() < 0.12:
        d = out[0, :3] - CENTER + rng.normal(0, 8.0, 3)
        islands = np.array([[*on_vault(d / np.linalg.norm(d)), rng.uniform(4.0, 9.0)]])
    if rng.random() < 0.2:  # burr holes
        holes = []
        for _ in range(rng.integers(1, 4)):
            d = region_direction("random", rng)
            holes.append([*on_vault(d), rng.uniform(5.0, 8.0)])
        out = np.concatenate([out, holes])
    return Defect(
        region,
        out,
        float(rng.uniform(0.0, 5.0)) if rng.random() < 0.7 else 0.0,
        int(rng.integers(1 << 31)),
        float(rng.uniform(0.0, 5.0)) if rng.random() < 0.6 else 0.0,
        islands,
    )


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


def cephalic_index(radius_map: F64, scale: F64) -> float:
    """Breadth over length of the part of a radial map above z = 20 mm, after axis scales."""
    d = radial.directions(*radius_map.shape) * radius_map[..., None] * scale
    d = d[d[..., 2] > -20.0]
    return float(np.ptp(d[:, 0]) / np.ptp(d[:, 1]))


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
    ) -> None:
        self.preset = preset
        self.shape_prior = shape_prior
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
        for _ in range(20):
            scale = 1.0 + np.clip(rng.normal(size=3), -2.5, 2.5) * s.scale
            target = self._new_shape(own.radius) if s.morph else own.radius
            if CEPHALIC_INDEX[0] <= cephalic_index(target, scale) <= CEPHALIC_INDEX[1]:
                break
        for _ in range(50):
            defect = random_defect(region, target, rng)
            area = vault_area(defect, target)
            if MIN_AREA_CM2 <= area <= MAX_AREA_CM2:
                break
        mirrored = s.mirror and rng.random() < 0.5
        rotation, shift = self._pose()
        lattice = self._lattice(own, target, scale, mirrored, rotation, shift, defect)

        def on_vault(direction: F64) -> F64:
            length = float(radial.sample(target, direction[None])[0])
            return CENTER + (direction * length - shift) * scale

        realism = draw(s.realism, on_vault, rng)
        offset = float(rng.normal() * s.offset_mm)
        middle = CENTER + (defect.middle - CENTER) * scale
        return Sample(
            *(self.preset, own, lattice, offset, defect.round_mm, realism, region, area, middle),
            shape_prior=self.shape_prior,
        )

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
        if self.settings.morph and target is not None:
            # After mirroring the point is in the subject's handedness; so is the target map.
            new = radial.mirror(target) if mirrored else target
            ratio = torch.tensor(own.radius / new, dtype=torch.float32, device=device)
            ratio = torch.cat([ratio, ratio[:, :1]], 1)[None]
            factor = sample_directions(ratio, q)[0][0]
            q = q * factor[..., None]
        q = q + center
        mean_scale = float(np.prod(scale) ** (1.0 / 3.0))
        values = [q[..., 0], q[..., 1], q[..., 2], mean_scale / factor, hole * mean_scale]
        return torch.stack(values)[None].contiguous()

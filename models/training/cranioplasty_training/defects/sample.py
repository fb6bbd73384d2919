"""One case of training, synthetic or real, evaluated only at the points that a network sees.

All slowly varying functions live on a lattice of 3.2 mm nodes ``LATTICE * index`` over the canonical box; the
subject's signed distances are sampled through it.  For signed distances (negative inside) in mm:

    complete skull  s = bone - offset, cut off at a random base plane
    remaining skull max(s, -defect), edges rounded ("healed") by a smooth maximum, or as ``healing`` says
    skull patch     complete skull minus remaining skull, exactly
    implant         max(envelope, -thickness - envelope, defect + clearance, s - REACH_MM)

Volumes are [z, y, x] tensors over the canonical axes.  The engine makes the same inputs of a patient's skull:
``extension/src/engine/cascade/coarse.ts``, ``extension/src/engine/cascade/fine.ts``, and of the bent shapes
``extension/src/engine/prior/bentShape.ts``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..cascade.presets import Preset
from ..data.cases import RealCase
from ..data.subject import ORIGIN, SIZE, Subject
from ..prior.continuation import across, fit_mean_skull, fit_mirror, fitted_mean_distance
from ..prior.lattice import LATTICE_MM, lattice_points
from ..prior.shape_prior import ShapePrior, blended_distance
from ..space.canonical import BOX_MM, F64, grid_points
from .defect import smooth_maximum
from .healing import Healing
from .realism import Realism

LATTICE = 3.2
NODES = (65, 65, 51)  # x, y, z: up to 160 mm
FILLED_MM = 153.6  # height above which there is no bone
THICKNESS_MM = 4.0
CLEARANCE_MM = 1.0
REACH_MM = 2.5
# Where the input of the shape prior's distance ends, mm.
PRIOR_REACH_MM = 4.0


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
    # Of a border that healed unevenly; ``round_mm`` is that of one that did not.
    healing: Healing | None = None

    @property
    def as_scanned(self) -> bool:
        """Whether the scan shows what the piece left, no more and no less."""
        return self.realism.plain and self.healing is None

    def distances(self, points: Tensor) -> Distances:
        """All shapes at points [z, y, x, 3]."""
        complete, remaining, envelope, defect = self.real(points)
        implant = torch.maximum(envelope, -THICKNESS_MM - envelope)
        implant = torch.maximum(implant, defect + CLEARANCE_MM)
        implant = torch.maximum(implant, complete - REACH_MM)
        if self.as_scanned:
            return Distances(complete, remaining, implant, remaining, defect)
        if self.realism.plain:
            scanned = self._healed(complete, remaining, envelope, defect, points)
        else:
            scanned = self.realism.scan(lambda p: self._healed(*self.real(p), p), envelope, points)
        return Distances(complete, remaining, implant, scanned, defect)

    def real(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Signed distances of the real head: complete and remaining skull, envelope, defect."""
        field, scale, defect = self._lookup(self.subject.fields, points)
        complete = self.realism.cut_base(field[0] * scale - self.offset_mm, points)
        if self.healing:
            remaining = self.healing.remaining(complete, defect, points)
        else:
            remaining = smooth_maximum(complete, -defect, self.round_mm)
        return complete, remaining, field[1] * scale, defect

    def _healed(
        self, complete: Tensor, remaining: Tensor, envelope: Tensor, defect: Tensor, points: Tensor
    ) -> Tensor:
        """What the piece left, as it looks after years."""
        if self.healing is None:
            return remaining
        return self.healing.healed(complete, remaining, envelope, defect, points)

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
        seen = remaining if self.as_scanned else torch.maximum(remaining, skull)
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


def occupancy(distance: Tensor, spacing: float) -> Tensor:
    """Occupancy of a signed distance (mm), soft over a voxel of ``spacing``."""
    return (0.5 - distance / spacing).clamp(0.0, 1.0)


def prior_distance(distance: Tensor) -> Tensor:
    """Signed distance (mm, negative inside) as an input: 1 from ``PRIOR_REACH_MM`` inside, 0 outside."""
    return occupancy(distance, 2.0 * PRIOR_REACH_MM)


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

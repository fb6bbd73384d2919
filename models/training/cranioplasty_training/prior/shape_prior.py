"""The shape prior: outer surface and thickness of the vault across a defect, by a Gaussian process.

Over the directions from ``CENTER`` the radius of the outer surface (mm) and the logarithm of the thickness
along the ray are Gaussian processes (``gaussian_process``), learned from skulls (``learn_shape_prior``).
Conditioned on the bone that is there, the process gives the surface that is missing, and how sure it is.

``extension/src/engine/prior/shapePrior.ts`` computes the same; tests hold both to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from ..space.radial import node_cells, sample_maps
from .gaussian_process import Fitted, ReadyProcess

# Nodes, whose bone conditions the process, lie this far apart, degrees; where bone is missing, closer.
NODE_STEP_DEG = 6.0
RIM_STEP_DEG = 2.0
NEAR_DEG = 7.0
# An opening has at least so many cells without bone, RIM_STEP_DEG apart, as near as that to each of its own.
LEAST_OPEN = 6
# First search for bone around the mean surface, then around what the process expects, mm.
FIRST_BAND_MM = 25.0
BAND_MM = 7.0
RAY_STEP_MM = 1.0
# Bone nearer than this to where bone is missing may be the wall of the cut, degrees.
RIM_DEG = 2.0
FIRST_RIM_DEG = 7.0
RIM_THICKNESS_DEG = 1.99  # cells lie 2 apart: those count
# The outer surface faces away from the centre, and where a ray leaves the bone the inner one towards it, at
# least so much (cosine), unlike the wall of a cut.
LEAST_FACING_OUT = 0.9
LEAST_FACING_IN = 0.7
# Bone farther from what the process makes of all bone is a spur, a kerf or a head rest, mm.
OUTLIER_MM = 1.0
LEAST_THICKNESS_MM = 1.5
MOST_THICKNESS_MM = 25.0
# Width over which the prior gives way to the bent mean skull at the border of its domain, degrees.
FADE_DEG = 8.0


@dataclass(frozen=True)
class Continued:
    """The continued skull as radial maps [rows, columns] (mm): outer and inner surface, standard deviation
    of the outer one, and the weight of this shape (0 outside the domain)."""

    outer: Tensor
    inner: Tensor
    deviation: Tensor
    weight: Tensor

    def stacked(self) -> Tensor:
        """[4, rows, columns + 1]: the first column again at the end."""
        maps = torch.stack([self.outer, self.inner, self.deviation, self.weight])
        return torch.cat([maps, maps[..., :1]], -1)


class ShapePrior:
    """Both processes on their domain, ready to be conditioned on ``device``."""

    def __init__(
        self, domain: Bool, outer: Fitted, thickness: Fitted, device: torch.device | str = "cpu"
    ) -> None:
        self.domain = domain
        self.outer_fit, self.thickness_fit = outer, thickness
        self.device = torch.device(device)
        rows, columns = domain.shape
        cells = np.argwhere(domain)
        self.flat = torch.tensor(cells[:, 0] * columns + cells[:, 1], device=self.device)
        self.directions = torch.tensor(radial.directions(rows, columns)[domain], device=self.device)
        self.everywhere = torch.tensor(node_cells(rows, columns, NODE_STEP_DEG)[domain], device=self.device)
        self.anywhere = torch.tensor(node_cells(rows, columns, RIM_STEP_DEG)[domain], device=self.device)
        self.outer = ReadyProcess(outer, self.directions)
        self.thickness = ReadyProcess(thickness, self.directions)
        self.weight = torch.tensor(fade(domain), dtype=torch.float32, device=self.device)
        filled = np.zeros(domain.shape)
        filled[domain] = outer.mean
        self.outer_fill = torch.tensor(radial.fill(filled, domain, 300), device=self.device)
        filled[domain] = np.exp(thickness.mean)
        self.thickness_fill = torch.tensor(radial.fill(filled, domain, 300), device=self.device)

    def continue_skull(self, distance: Callable[[Tensor], Tensor], deviation: bool = False) -> Continued:
        """The skull of a signed distance (mm, negative inside, at points [..., 3] canonical mm) continued."""
        u = self.directions
        # First what bone is there at all, then what goes with the surface that it makes expect.
        radius, known = measure_outer(distance, u, self.outer.mean, FIRST_BAND_MM)
        known &= self.outer.plausible(radius - self.outer.mean, known & self.anywhere)
        nodes = self._nodes(known, FIRST_RIM_DEG)
        expected, _ = self.outer.condition(radius - self.outer.mean, nodes)
        radius, known = measure_outer(distance, u, self.outer.mean + expected, BAND_MM)
        known &= (radius - self.outer.mean - expected).abs() < OUTLIER_MM
        known &= facing_out(distance, u, radius) > LEAST_FACING_OUT
        nodes = self._nodes(known, RIM_DEG)
        expected, variance = self.outer.condition(radius - self.outer.mean, nodes, deviation)
        thick, sure = measure_thickness(distance, u, radius)
        nodes = self._nodes(known & sure, RIM_THICKNESS_DEG)
        logs = thick.clamp(LEAST_THICKNESS_MM, MOST_THICKNESS_MM).log()
        log_thickness, _ = self.thickness.condition(logs - self.thickness.mean, nodes)
        outer = self._map(self.outer.mean + expected, self.outer_fill)
        inner = outer - self._map((self.thickness.mean + log_thickness).exp(), self.thickness_fill)
        zero = torch.zeros_like(self.outer_fill)
        spread = zero.float() if variance is None else self._map(variance.sqrt(), zero)
        return Continued(outer, inner, spread, self.weight)

    def _map(self, values: Tensor, fill: Tensor) -> Tensor:
        """Values of the domain's cells as a radial map."""
        out = fill.clone().reshape(-1)
        out[self.flat] = values
        return out.reshape(fill.shape).float()

    def _nodes(self, known: Tensor, rim_deg: float) -> Tensor:
        """Cells whose bone conditions the process: known, not at the wall of a cut; close together where
        an opening is near, far apart elsewhere. Single cells are lost to a suture or a foramen, and bone
        around those is known well enough."""
        u = self.directions
        near = math.cos(math.radians(NEAR_DEG))
        lost, thinned = u[~known], u[~known & self.anywhere]
        opening = thinned[((thinned @ thinned.T) > near).sum(1) >= LEAST_OPEN]
        by_opening = _within(u, opening, near)
        wall = _within(u, lost, math.cos(math.radians(rim_deg)))
        return (known & ~wall & (self.everywhere | (by_opening & self.anywhere))).nonzero()[:, 0]


def _within(u: Tensor, others: Tensor, cosine: float) -> Tensor:
    """Which directions [M, 3] have any of others nearer than an angle, given as its cosine."""
    if len(others) == 0:
        return torch.zeros(len(u), dtype=torch.bool, device=u.device)
    return (u @ others.T).amax(1) > cosine


def measure_outer(
    distance: Callable[[Tensor], Tensor], u: Tensor, expected: Tensor, band: float
) -> tuple[Tensor, Tensor]:
    """Radius (mm) of the outermost surface within ``band`` of the expected one along directions [M, 3]."""
    count = round(2.0 * band / RAY_STEP_MM) + 1
    steps = band - RAY_STEP_MM * torch.arange(count, device=u.device, dtype=u.dtype)
    r = expected[:, None] + steps[None, :]
    center = torch.tensor(CENTER, dtype=u.dtype, device=u.device)
    s = distance((center + u[:, None, :] * r[..., None]).float())
    inside = s <= 0.0
    k = inside.float().argmax(1)
    known = inside.any(1) & (k > 0)
    k = k.clamp(min=1)
    a, b = s.gather(1, (k - 1)[:, None])[:, 0], s.gather(1, k[:, None])[:, 0]
    part = torch.where(known, a / (a - b).clamp(min=1e-6), torch.zeros_like(a)).to(r.dtype)
    return r.gather(1, (k - 1)[:, None])[:, 0] - RAY_STEP_MM * part, known


def measure_thickness(
    distance: Callable[[Tensor], Tensor], u: Tensor, outer: Tensor
) -> tuple[Tensor, Tensor]:
    """Thickness (mm) along the ray inward from the outer surface, and where the ray leaves the bone again
    by its inner surface, not by the wall of a cut."""
    step = 0.5
    t = step * torch.arange(1, round(MOST_THICKNESS_MM / step) + 1, device=u.device, dtype=u.dtype)
    r = outer[:, None] - t[None, :]
    center = torch.tensor(CENTER, dtype=u.dtype, device=u.device)
    s = distance((center + u[:, None, :] * r[..., None]).float())
    outside = (s > 0.0) & (t[None, :] > 0.9)
    k = outside.float().argmax(1)
    sure = outside.any(1) & (k > 0)
    k = k.clamp(min=1)
    a, b = s.gather(1, (k - 1)[:, None])[:, 0], s.gather(1, k[:, None])[:, 0]
    part = torch.where(sure, -a / (b - a).clamp(min=1e-6), torch.zeros_like(a)).to(r.dtype).clamp(0.0, 1.0)
    thick = t[k - 1] + step * part
    return thick, sure & (facing_out(distance, u, outer - thick) < -LEAST_FACING_IN)


def facing_out(distance: Callable[[Tensor], Tensor], u: Tensor, radius: Tensor) -> Tensor:
    """How much surfaces at radii (mm) along directions [M, 3] face away from the centre: cosines."""
    center = torch.tensor(CENTER, dtype=u.dtype, device=u.device)
    points = (center + u * radius[:, None]).float()
    step = torch.eye(3, device=u.device)[:, None]
    slope = (distance(points + step) - distance(points - step)).T
    return (slope * u.float()).sum(-1) / slope.norm(dim=-1).clamp(min=1e-6)


def fade(domain: Bool) -> F64:
    """Weight 0..1 by the distance (degrees) of a cell to the nearest one outside the domain."""
    rows, columns = domain.shape
    d = radial.directions(rows, columns)
    edge = (
        ~domain
        & ndimage.binary_dilation(np.concatenate([domain] * 3, 1), iterations=2)[:, columns : 2 * columns]
    )
    out = np.zeros(domain.shape)
    if not edge.any():
        return domain.astype(np.float64)
    inside = np.argwhere(domain)
    cosine = (d[domain] @ d[edge].T).max(1)
    degrees = np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0)))
    out[inside[:, 0], inside[:, 1]] = np.clip((degrees - 2.0) / FADE_DEG, 0.0, 1.0)
    return out


def blended_distance(stacked: Tensor, mean_skull: Tensor, points: Tensor) -> Tensor:
    """Signed distance (mm) of the continued skull; that of the bent mean skull beyond the domain."""
    (outer, inner, _, weight), r = sample_maps(stacked, points)
    return weight * torch.maximum(r - outer, inner - r) + (1.0 - weight) * mean_skull

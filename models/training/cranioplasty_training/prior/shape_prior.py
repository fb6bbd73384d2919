"""The shape prior: outer surface and thickness of the vault across a defect, by a Gaussian process.

Over the directions from ``build_atlas.CENTER`` the radius of the outer surface (mm) and the logarithm of the
thickness along the ray are Gaussian processes: mean and principal components of the training skulls and of
their mirror images, and what is left over by two Matern 5/2 kernels on the angle between directions, each
with a share of the mirrored direction, so that what the other side has of its own speaks as well.
Conditioned on the bone that is there, the process gives the surface that is missing, and how sure it is.

The engine computes the same (``extension/src/engine/prior``); tests hold both to the same numbers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from ..data.surface_maps import SurfaceMaps
from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from ..space.radial import node_cells, sample_maps


@dataclass(frozen=True)
class Kernel:
    """Matern 5/2: variance, length (degrees), share of the mirrored direction."""

    variance: float
    length_deg: float
    share: float


@dataclass(frozen=True)
class Process:
    """A Gaussian process on directions: how many components, kernels and the variance of a measurement."""

    components: int
    kernels: tuple[Kernel, Kernel]
    noise: float


# Chosen on the CT validation skulls.
OUTER = Process(20, (Kernel(4.0, 40.0, 0.5), Kernel(0.2, 8.0, 0.3)), 0.03)  # mm^2
THICKNESS = Process(10, (Kernel(0.01, 30.0, 0.7), Kernel(0.01, 6.0, 0.5)), 0.003)  # of the logarithm

# Nodes, whose bone conditions the process, lie this far apart, degrees; where bone is missing, closer.
NODE_STEP_DEG = 6.0
RIM_STEP_DEG = 2.0
NEAR_DEG = 7.0
# A direction belongs to the domain where this share of the training skulls has a surface.
LEAST_KNOWN = 0.97
# First search for bone around the mean surface, then around what the process expects, mm.
FIRST_BAND_MM = 25.0
BAND_MM = 7.0
RAY_STEP_MM = 1.0
# Bone nearer than this to where bone is missing may be the wall of the cut, degrees.
RIM_DEG = 2.0
FIRST_RIM_DEG = 7.0
RIM_THICKNESS_DEG = 5.0
# Bone farther from what the process makes of all bone is a spur, a kerf or a head rest, mm.
OUTLIER_MM = 1.0
# Bone farther from the head that the components alone make of it, step by step, is none of the vault, mm.
PLAUSIBLE_MM = (15.0, 10.0, 6.0, 6.0, 6.0)
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


def matern(angle: Tensor, length_deg: float) -> Tensor:
    """Matern 5/2 correlation of directions at an angle (rad)."""
    r = 5.0**0.5 * angle / np.deg2rad(length_deg)
    return (1.0 + r + r * r / 3.0) * torch.exp(-r)


def angles(a: Tensor, b: Tensor) -> Tensor:
    """Angles (rad) between unit directions [N, 3] and [M, 3]."""
    return torch.arccos((a @ b.T).clamp(-1.0, 1.0))


class Fitted:
    """A process fitted to training maps: mean and components on the domain's cells."""

    def __init__(self, process: Process, mean: F64, components: F64) -> None:
        self.process = process
        self.mean = mean  # [M]
        self.components = components  # [components, M], scaled by their standard deviations


def fit(process: Process, samples: F64) -> Fitted:
    """Mean and components of samples [n, M]."""
    mean = samples.mean(0)
    _, s, v = np.linalg.svd(samples - mean, full_matrices=False)
    k = min(process.components, len(s))
    return Fitted(process, mean, v[:k] * (s[:k] / np.sqrt(len(samples) - 1))[:, None])


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
        self.outer = _Ready(outer, self.directions)
        self.thickness = _Ready(thickness, self.directions)
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
        bone is missing, far apart elsewhere."""
        lost = self.directions[~known]
        if len(lost) == 0:
            return self.everywhere.nonzero()[:, 0]
        cosine = (self.directions @ lost.T).amax(1)
        near = cosine > math.cos(math.radians(NEAR_DEG))
        wall = cosine > math.cos(math.radians(rim_deg))
        return (known & ~wall & (self.everywhere | (near & self.anywhere))).nonzero()[:, 0]


class _Ready:
    """A fitted process on a device."""

    def __init__(self, fitted: Fitted, directions: Tensor) -> None:
        self.process = fitted.process
        self.directions = directions
        self.mean = torch.tensor(fitted.mean, device=directions.device)
        self.components = torch.tensor(fitted.components, device=directions.device)

    def plausible(self, residual: Tensor, known: Tensor) -> Tensor:
        """Which cells [M] lie near the head that the components alone make of the bone at ``known``.

        Components cannot follow a head rest, a spur or the walls of a cut; the kernels could.
        """
        c = self.components
        weight = known.to(residual.dtype)
        left = residual
        for limit in PLAUSIBLE_MM:
            own = (c * weight) @ c.T + torch.eye(len(c), dtype=c.dtype, device=c.device)
            left = residual - c.T @ torch.linalg.solve(own, (c * weight) @ residual)
            weight = known * (1.0 - (left / limit) ** 2).clamp(min=0.0) ** 2
        return left.abs() < PLAUSIBLE_MM[-1]

    def condition(
        self, residual: Tensor, nodes: Tensor, deviation: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Mean (and variance) [M] at every cell, given the residuals [M] at the nodes."""
        cross = self._covariance(nodes)
        own = cross[nodes]
        own.diagonal().add_(self.process.noise)
        low = torch.linalg.cholesky_ex(own).L
        gain = torch.cholesky_solve(residual[nodes, None], low)[:, 0]
        if not deviation:
            return cross @ gain, None
        part = torch.linalg.solve_triangular(low, cross.T, upper=False)
        return cross @ gain, (self._variance() - (part * part).sum(0)).clamp(min=0.0)

    def _covariance(self, nodes: Tensor) -> Tensor:
        """Covariance [M, N] of every cell with every node, without noise."""
        u, c = self.directions, self.components
        at = u[nodes]
        k = c.T @ c[:, nodes]
        direct, across = angles(u, at), angles(u, _mirrored(at))
        for kernel in self.process.kernels:
            k += kernel.variance * matern(direct, kernel.length_deg)
            k += kernel.variance * kernel.share * matern(across, kernel.length_deg)
        return k

    def _variance(self) -> Tensor:
        """Variance [M] of every cell."""
        u = self.directions
        out = (self.components**2).sum(0)
        across = torch.arccos((u * _mirrored(u)).sum(1).clamp(-1.0, 1.0))
        for kernel in self.process.kernels:
            out = out + kernel.variance * (1.0 + kernel.share * matern(across, kernel.length_deg))
        return out


def _mirrored(directions: Tensor) -> Tensor:
    return torch.cat([-directions[:, :1], directions[:, 1:]], 1)


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
    """Thickness (mm) along the ray inward from the outer surface, and where the ray leaves the bone again."""
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
    return t[k - 1] + step * part, sure


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


def shape_prior_of(
    maps: Sequence[SurfaceMaps],
    device: torch.device | str = "cpu",
    outer: Process = OUTER,
    thickness: Process = THICKNESS,
) -> ShapePrior:
    """The prior that a set of complete skulls and their mirror images give."""
    both = [*maps, *(m.mirrored() for m in maps)]
    domain = domain_of(both)
    radii = np.stack([np.where(m.outer_known, m.outer, np.nan)[domain] for m in both])
    radii = fill_missing(radii)
    logs = np.stack(
        [
            np.where(
                m.thickness_known, np.log(np.clip(m.thickness, LEAST_THICKNESS_MM, MOST_THICKNESS_MM)), np.nan
            )[domain]
            for m in both
        ]
    )
    return ShapePrior(domain, fit(outer, radii), fit(thickness, fill_missing(logs)), device)


def fill_missing(samples: F64) -> F64:
    """Samples [n, M] with what is not known (NaN) replaced by the mean of those that know it."""
    mean = np.nanmean(samples, 0)
    return np.where(np.isnan(samples), mean, samples)


# Directions below this height are face and base, where rays from one centre meet other bone.
LEAST_DIRECTION_Z = -0.30
MOST_JUMP_MM = 6.0


def domain_of(maps: Sequence[SurfaceMaps]) -> Bool:
    """Directions in which nearly all skulls have a surface that goes on smoothly to the next direction."""
    rows, columns = maps[0].outer.shape
    d = radial.directions(rows, columns)
    smooth = []
    for m in maps:
        jump = np.maximum(np.abs(m.outer - np.roll(m.outer, 1, 1)), np.abs(m.outer - np.roll(m.outer, -1, 1)))
        jump[1:] = np.maximum(jump[1:], np.abs(np.diff(m.outer, axis=0)))
        jump[:-1] = np.maximum(jump[:-1], np.abs(np.diff(m.outer, axis=0)))
        smooth.append(m.outer_known & (jump < MOST_JUMP_MM) & (CENTER[2] + d[..., 2] * m.outer > 6.0))
    share = np.mean(smooth, 0)
    good = (share > LEAST_KNOWN) & (d[..., 2] > LEAST_DIRECTION_Z)
    good &= radial.mirror(good)
    # The connected part around the vertex, without loose cells.
    labels, _ = ndimage.label(ndimage.binary_opening(np.concatenate([good] * 3, 1), iterations=1))
    middle = labels[:, columns : 2 * columns]
    out = middle == middle[rows // 8, 0]
    out[: rows // 8] = True
    return out & good | (np.arange(rows) < 2)[:, None]


# --- files ---------------------------------------------------------------------------------------------


def _quantised(values: F64) -> tuple[bytes, float]:
    """Values as little-endian int16 and what one step is worth."""
    scale = max(float(np.abs(values).max()), 1e-9) / 32767.0
    return np.round(values / scale).astype("<i2").tobytes(), scale


def write_prior(prior: ShapePrior, folder: Path, about: dict[str, object]) -> dict[str, object]:
    """Write ``shape-prior.bin`` and return the manifest's entry.

    The file holds, one after the other: the domain and the weights (0 to 255) as bytes [rows, columns];
    for the outer surface (mm) and for the logarithm of the thickness the mean [M] and the components
    [components, M] as int16, cells of the domain in row order.
    """
    weight = np.round(fade(prior.domain) * 255.0).astype(np.uint8)
    parts = [prior.domain.astype(np.uint8).tobytes(), weight.tobytes()]
    entry: dict[str, object] = {
        "file": "shape-prior.bin",
        "rows": prior.domain.shape[0],
        "columns": prior.domain.shape[1],
        "cells": int(prior.domain.sum()),
        "center": CENTER.tolist(),
    }
    for name, fitted in (("outer", prior.outer_fit), ("thickness", prior.thickness_fit)):
        mean, mean_scale = _quantised(fitted.mean)
        components, components_scale = _quantised(fitted.components)
        parts += [mean, components]
        entry[name] = {
            "components": len(fitted.components),
            "meanScale": mean_scale,
            "componentsScale": components_scale,
            "noise": fitted.process.noise,
            "kernels": [
                {"variance": k.variance, "lengthDeg": k.length_deg, "share": k.share}
                for k in fitted.process.kernels
            ],
        }
    folder.mkdir(parents=True, exist_ok=True)
    data = b"".join(parts)
    (folder / "shape-prior.bin").write_bytes(data)
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    entry["bytes"] = len(data)
    return entry | about


def read_prior(folder: Path, entry: dict[str, Any], device: torch.device | str = "cpu") -> ShapePrior:
    """The prior of a manifest's entry.  Raises ``ValueError`` if the file is another."""
    data = (folder / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{folder / entry['file']} is not the file of the manifest")
    rows, columns, cells = entry["rows"], entry["columns"], entry["cells"]
    domain = np.frombuffer(data, np.uint8, rows * columns).reshape(rows, columns).astype(bool)
    at = 2 * rows * columns
    fits = []
    for name in ("outer", "thickness"):
        e = entry[name]
        mean = np.frombuffer(data, "<i2", cells, at) * e["meanScale"]
        at += 2 * cells
        count = e["components"]
        components = (
            np.frombuffer(data, "<i2", count * cells, at).reshape(count, cells) * e["componentsScale"]
        )
        at += 2 * count * cells
        first, second = (Kernel(k["variance"], k["lengthDeg"], k["share"]) for k in e["kernels"])
        fits.append(Fitted(Process(count, (first, second), e["noise"]), mean, components))
    return ShapePrior(domain, fits[0], fits[1], device)

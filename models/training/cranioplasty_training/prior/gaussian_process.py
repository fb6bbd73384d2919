"""A Gaussian process over the directions from one centre.

Mean and principal components are those of training skulls and of their mirror images; what is left over has
two Matern 5/2 kernels on the angle between directions, each with a share of the mirrored direction, so that
what the other side has of its own speaks as well, and scaled by how much is left over at each place.
``extension/src/engine/prior/gaussianProcess.ts`` computes the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..space.canonical import F64

RIDGE_PER_CELL = 5e-5
# Bone farther from the head that the components alone make of it, step by step, is none of the vault, mm.
PLAUSIBLE_MM = (15.0, 10.0, 6.0, 6.0, 6.0)


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


class Fitted:
    """A process fitted to training maps: mean and components on the domain's cells."""

    def __init__(self, process: Process, mean: F64, components: F64, spread: F64 | None = None) -> None:
        self.process = process
        self.mean = mean  # [M]
        self.components = components  # [components, M], scaled by their standard deviations
        # [M]: what is left over at each cell against its root mean square; 1 everywhere if not learned.
        self.spread = np.ones_like(mean) if spread is None else spread


def fit(process: Process, samples: F64, spread: F64 | None = None) -> Fitted:
    """Mean and components of samples [n, M]."""
    mean = samples.mean(0)
    rest = samples - mean
    # Samples are few and cells many: their products know the components, in a hundredth of an SVD's time.
    _, u = np.linalg.eigh(rest @ rest.T)
    scores = u[:, ::-1][:, : process.components]
    return Fitted(process, mean, scores.T @ rest / np.sqrt(len(samples) - 1), spread)


def left_over(process: Process, samples: F64, mirrored: F64, folds: int = 4) -> F64:
    """Root mean square [M] of what the components of the other heads cannot say of each of samples [n, M]."""
    squares = np.zeros(samples.shape[1])
    for fold in range(folds):
        out = np.arange(len(samples)) % folds == fold
        others = fit(process, np.vstack([samples[~out], mirrored[~out]]))
        c = others.components
        rest = samples[out] - others.mean
        # Cells are many and alike: a ridge keeps the scores those of the whole head.
        own = c @ c.T + RIDGE_PER_CELL * c.shape[1] * np.eye(len(c))
        squares += ((rest - (np.linalg.solve(own, c @ rest.T).T @ c)) ** 2).sum(0)
    return np.sqrt(squares / len(samples))


class ReadyProcess:
    """A fitted process on a device."""

    def __init__(self, fitted: Fitted, directions: Tensor) -> None:
        self.process = fitted.process
        self.directions = directions
        self.mean = torch.tensor(fitted.mean, device=directions.device)
        self.components = torch.tensor(fitted.components, device=directions.device)
        self.spread = torch.tensor(fitted.spread, device=directions.device)

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
        k = torch.zeros(len(u), len(nodes), dtype=u.dtype, device=u.device)
        direct, across = angles(u, at), angles(u, _mirrored(at))
        for kernel in self.process.kernels:
            k += kernel.variance * matern(direct, kernel.length_deg)
            k += kernel.variance * kernel.share * matern(across, kernel.length_deg)
        k *= self.spread[:, None] * self.spread[nodes]
        return k.addmm_(c.T, c[:, nodes])

    def _variance(self) -> Tensor:
        """Variance [M] of every cell."""
        u = self.directions
        out = torch.zeros(len(u), dtype=u.dtype, device=u.device)
        across = torch.arccos((u * _mirrored(u)).sum(1).clamp(-1.0, 1.0))
        for kernel in self.process.kernels:
            out = out + kernel.variance * (1.0 + kernel.share * matern(across, kernel.length_deg))
        return out * self.spread**2 + (self.components**2).sum(0)


def matern(angle: Tensor, length_deg: float) -> Tensor:
    """Matern 5/2 correlation of directions at an angle (rad)."""
    r = 5.0**0.5 * angle / np.deg2rad(length_deg)
    return (1.0 + r + r * r / 3.0) * torch.exp(-r)


def angles(a: Tensor, b: Tensor) -> Tensor:
    """Angles (rad) between unit directions [N, 3] and [M, 3]."""
    return torch.arccos((a @ b.T).clamp(-1.0, 1.0))


def _mirrored(directions: Tensor) -> Tensor:
    return torch.cat([-directions[:, :1], directions[:, 1:]], 1)

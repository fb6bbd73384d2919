"""The shape prior that complete skulls give, and where it knows the shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy import ndimage

from ..data.surface_maps import SurfaceMaps
from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from .gaussian_process import Kernel, Process, fit, left_over
from .shape_prior import LEAST_THICKNESS_MM, MOST_THICKNESS_MM, ShapePrior

# Both learned on training heads, regions of them cut out (docs/accuracy.md); mm^2 and squares of a logarithm.
OUTER = Process(20, (Kernel(4.0, 40.0, 0.8), Kernel(0.2, 8.0, 0.6)), 0.03)
THICKNESS = Process(10, (Kernel(0.01, 30.0, 0.9), Kernel(0.02, 6.0, 0.5)), 0.005)
# So many heads also say how much is left over at each place: of the thickness, and of the outer surface where
# that is more than on the average, at the brow and the temples.
MANY_HEADS = 30
SPREAD_SIGMA_DEG = 4.0
# A direction belongs to the domain where this share of the training skulls has a surface.
LEAST_KNOWN = 0.97
# Directions below this height are face and base, where rays from one centre meet other bone.
LEAST_DIRECTION_Z = -0.30
MOST_JUMP_MM = 6.0


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
    logs = fill_missing(logs)
    if len(maps) < MANY_HEADS:
        return ShapePrior(domain, fit(outer, radii), fit(thickness, logs), device)
    more = np.maximum(1.0, spread_of(outer, domain, radii))
    spread = spread_of(thickness, domain, logs)
    return ShapePrior(domain, fit(outer, radii, more), fit(thickness, logs, spread), device)


def spread_of(process: Process, domain: Bool, samples: F64) -> F64:
    """How much the components leave over at each cell of the domain [M], relative to its root mean square.

    ``samples`` [2 n, M] are those of n heads, then those of their mirror images.
    """
    n = len(samples) // 2
    left = np.zeros(domain.shape)
    left[domain] = left_over(process, samples[:n], samples[n:])
    left = 0.5 * (left + radial.mirror(left))  # the domain is symmetric
    inside = radial.smooth(domain.astype(np.float64), SPREAD_SIGMA_DEG)
    smooth = radial.smooth(left, SPREAD_SIGMA_DEG)[domain] / np.maximum(inside[domain], 1e-6)
    area = np.sin(np.arange(domain.shape[0]) * np.pi / (domain.shape[0] - 1))[:, None]
    area = np.broadcast_to(area, domain.shape)[domain]
    return smooth / np.sqrt(np.average(smooth**2, weights=area))


def fill_missing(samples: F64) -> F64:
    """Samples [n, M] with what is not known (NaN) replaced by the mean of those that know it."""
    mean = np.nanmean(samples, 0)
    return np.where(np.isnan(samples), mean, samples)


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

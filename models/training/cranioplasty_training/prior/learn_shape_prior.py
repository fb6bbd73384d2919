"""The shape prior that complete skulls give, and where it knows the shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from scipy import ndimage

from ..data.surface_maps import SurfaceMaps
from ..space import radial
from ..space.canonical import CENTER, F64, Bool
from .gaussian_process import Kernel, Process, fit
from .shape_prior import LEAST_THICKNESS_MM, MOST_THICKNESS_MM, ShapePrior

# Chosen on the CT validation skulls.
# mm^2; the shares are learned on training heads (docs/accuracy.md).
OUTER = Process(20, (Kernel(4.0, 40.0, 0.8), Kernel(0.2, 8.0, 0.6)), 0.03)
THICKNESS = Process(10, (Kernel(0.01, 30.0, 0.7), Kernel(0.01, 6.0, 0.5)), 0.003)  # of the logarithm
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
    return ShapePrior(domain, fit(outer, radii), fit(thickness, fill_missing(logs)), device)


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

"""Two shapes that continue the skull across its defect, inputs of both networks: the mirror image of the
opposite side and the mean skull, each bent by a smooth displacement until it fits the bone around.

``continuation_error`` says how far both are from the missing bone of validation skulls, bent and unbent.
A network of few layers can learn what remains, but not this fit.

``extension/src/engine/prior/continuation.ts`` computes the same; tests hold both to the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..pose.atlas import load_atlas
from ..space.canonical import mirror_points, sample_field
from .bend import Schedule, bend
from .lattice import CLAMP_MM, displacement_at, lattice_points

# The free atlas: its mean bone is what both networks see, and what skulls are registered through.
SHIPPED_ATLAS = Path(__file__).resolve().parents[3] / "atlas"
MIRROR = Schedule((1.5,) * 5, 6.0)
MEAN_SKULL = Schedule((6.0, 6.0, 4.0, 4.0, 2.0, 2.0, 1.5, 1.5), 15.0)


def fit_mirror(distance: Tensor) -> Tensor:
    """Displacement (mm) [1, 3 (x, y, z), 12, 16, 16] that fits the mirrored skull to the skull.

    ``distance`` [48, 64, 64] (z, y, x): signed distance of the skull (mm, negative inside) at the nodes
    ``LATTICE_MM * (index + 0.5)``.  ``mirrored(x + u)`` then continues ``skull(x)``.
    """
    return bend(distance.clamp(-CLAMP_MM, CLAMP_MM).flip(-1), distance, MIRROR)


def fit_mean_skull(distance: Tensor) -> Tensor:
    """The same for the mean skull of ``models/atlas``."""
    return bend(mean_skull(lattice_points(distance.device)), distance, MEAN_SKULL)


def mean_skull(points: Tensor) -> Tensor:
    """Signed distance (mm) of the mean skull at points [z, y, x, 3] (canonical mm)."""
    bone, origin, spacing = _mean_bone(str(points.device))
    return sample_field(bone, origin, spacing, points)


@cache
def _mean_bone(device: str) -> tuple[Tensor, Sequence[float], float]:
    """The atlas's bone [z, y, x], the centre of its first voxel and its spacing (mm)."""
    bone = load_atlas(SHIPPED_ATLAS).bone
    if bone is None:
        raise RuntimeError("the atlas has no mean bone yet: run cranioplasty_training.prior.mean_bone")
    values = np.ascontiguousarray(bone.sdf.transpose(2, 1, 0), dtype=np.float32)
    return torch.from_numpy(values).to(device), bone.origin.tolist(), bone.spacing


def across(u: Tensor, points: Tensor) -> Tensor:
    """Where the fitted mirror image takes its values from: the points, displaced and mirrored in x."""
    return mirror_points(points + displacement_at(u, points))


def fitted_mean_distance(u: Tensor, points: Tensor) -> Tensor:
    """Signed distance (mm) of the fitted mean skull at points [z, y, x, 3]."""
    return mean_skull(points + displacement_at(u, points))

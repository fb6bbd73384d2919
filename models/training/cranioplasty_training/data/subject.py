"""One prepared skull: the record, the grid of its fields, and the cache file that ``prepare`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from ..space.canonical import F64

ORIGIN = np.array([-8.0, -8.0, -16.0])
SIZE = (221, 221, 176)  # x, y, z
# How much the radial maps are smoothed: that of the shape, and that of the envelope.
MAP_SMOOTH_DEG = 6.0
ENVELOPE_SMOOTH_DEG = 1.5


@dataclass
class Subject:
    """One skull ready for sampling: ``fields`` [1, 2, z, y, x] float32, ``radius`` [91, 180]."""

    name: str
    fields: torch.Tensor
    radius: F64
    rigid: F64
    sha256: str


def field_points() -> F64:
    """Voxel centres (x, y, z, 3) of the field grid, canonical mm."""
    axis = [ORIGIN[k] + 0.5 + np.arange(SIZE[k]) for k in range(3)]
    return np.stack(np.meshgrid(*axis, indexing="ij"), -1)


def load_subject(cache: Path, subject: str) -> Subject:
    """Read one cache file."""
    data = np.load(cache / f"{subject}.npz")
    fields = torch.from_numpy(data["fields"].astype(np.float32))[None]
    return Subject(subject, fields, data["radius"].astype(np.float64), data["rigid"], str(data["sha256"]))


def bone_at(subject: Subject, points: torch.Tensor) -> torch.Tensor:
    """Signed distance (mm) of a subject's bone at points [z, y, x, 3] (canonical mm), constant outside.

    Whatever the spacing of the fields is.
    """
    return field_at(subject, 0, points)


def field_at(subject: Subject, field: int, points: torch.Tensor) -> torch.Tensor:
    """The same of one of its fields: 0 is the bone, 1 the outer envelope."""
    size = torch.tensor(SIZE, dtype=torch.float32, device=points.device)
    origin = torch.tensor(ORIGIN, dtype=torch.float32, device=points.device)
    where = ((points - origin) / size * 2.0 - 1.0)[None]
    values = subject.fields[:, field : field + 1]
    return F.grid_sample(values, where, mode="bilinear", padding_mode="border", align_corners=False)[0, 0]

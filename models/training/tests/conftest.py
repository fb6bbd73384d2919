"""A synthetic skull made from the shipped atlas: no patient data is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cranioplasty_training.data.prepare import subject_fields
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.pose.align import align
from cranioplasty_training.pose.atlas import Atlas, load_atlas
from cranioplasty_training.space.volume import SkullVolume

ATLAS = Path(__file__).resolve().parents[2] / "atlas"


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return load_atlas(ATLAS)


@pytest.fixture(scope="session")
def skull(atlas: Atlas) -> SkullVolume:
    """2 mm mask between the atlas' inner and outer surface; index -> LPS mm is the identity frame."""
    axis = np.arange(-10.0, 216.0, 2.0)
    grid = np.stack(np.meshgrid(axis, axis, axis[:80], indexing="ij"), -1)
    points = grid.reshape(-1, 3)
    assert atlas.inner is not None
    bone = (atlas.outer.sample(points) < 0) & (atlas.inner.sample(points) > 0)
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = -10.0
    return SkullVolume(bone.reshape(grid.shape[:3]), affine)


@pytest.fixture(scope="session")
def subject(skull: SkullVolume, atlas: Atlas) -> Subject:
    fit = align(skull, atlas)
    fields, radius = subject_fields(skull, fit, atlas)
    return Subject("synthetic", torch.from_numpy(fields.astype(np.float32))[None], radius, fit.rigid, "0")

from __future__ import annotations

import numpy as np
import pytest

from cranioplasty_training.pose.align import align
from cranioplasty_training.pose.atlas import Atlas
from cranioplasty_training.space.transform import rotation_vector
from cranioplasty_training.space.volume import SkullVolume


def pose_error(found: np.ndarray, truth: np.ndarray, center: np.ndarray) -> tuple[float, float]:
    error = found @ np.linalg.inv(truth)
    angle = np.rad2deg(np.arccos(np.clip((np.trace(error[:3, :3]) - 1) / 2, -1, 1)))
    return float(angle), float(np.linalg.norm(error[:3, :3] @ center + error[:3, 3] - center))


@pytest.mark.parametrize("angles,shift", [((0, 0, 0), (0, 0, 0)), ((-17, 12, 18), (25, -28, 20))])
def test_recovers_a_known_motion_with_a_defect(
    skull: SkullVolume, atlas: Atlas, angles: tuple[float, ...], shift: tuple[float, ...]
) -> None:
    points = np.argwhere(skull.mask) @ skull.affine[:3, :3].T + skull.affine[:3, 3]
    hole = np.linalg.norm(points - [150.0, 60.0, 90.0], axis=1) < 45.0
    mask = np.zeros_like(skull.mask)
    mask[tuple(np.argwhere(skull.mask)[~hole].T)] = True
    motion = np.eye(4)
    motion[:3, :3] = rotation_vector(np.deg2rad(np.array(angles, dtype=float)))
    motion[:3, 3] = shift
    fit = align(SkullVolume(mask, motion @ skull.affine), atlas)
    angle, distance = pose_error(fit.rigid @ motion, np.eye(4), atlas.center)
    assert angle < 2.0 and distance < 2.0
    assert fit.residual_mm < 1.0
    assert fit.hit_fraction < 0.97


def test_field_gradient_matches_differences(atlas: Atlas) -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(20, 180, (50, 3))
    value, gradient = atlas.outer.sample_gradient(p)
    for k in range(3):
        e = np.zeros(3)
        e[k] = 1e-5
        assert np.allclose((atlas.outer.sample(p + e) - value) / 1e-5, gradient[:, k], atol=1e-3)


def test_atlas_is_symmetric(atlas: Atlas) -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(10, 195, (200, 3))
    q = p * [-1, 1, 1] + [204.8, 0, 0]
    assert np.abs(atlas.outer.sample(p) - atlas.outer.sample(q)).max() < 0.5

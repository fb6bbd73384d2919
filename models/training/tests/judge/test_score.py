"""The independent scoring against what is known of boxes and shells."""

import numpy as np
import pytest

from cranioplasty_training.judge.score import outer_surface, score, score_outer, wall_along
from cranioplasty_training.space.volume import SkullVolume

N = 48
SPACING = (1.0, 1.0, 2.0)
AFFINE = np.diag([*SPACING, 1.0])
AFFINE[:3, 3] = [-23.5, -23.5, -47.0]
INDEX = np.argwhere(np.ones((N, N, N), dtype=bool))
POINTS = INDEX @ AFFINE[:3, :3].T + AFFINE[:3, 3]
RADIUS = np.linalg.norm(POINTS, axis=1).reshape(N, N, N)
HIGH = POINTS[:, 2].reshape(N, N, N)
CAVITY = np.zeros(3)


def shell(inner: float, outer: float) -> np.ndarray:
    return (inner < RADIUS) & (outer > RADIUS)


def test_the_outer_surface_is_not_the_inner_one() -> None:
    out = outer_surface(shell(14.0, 20.0), AFFINE, CAVITY)
    assert out.any()
    assert RADIUS[out].min() > 16.5


def test_a_patch_too_far_out_is_off_by_as_much() -> None:
    gap = HIGH > 8.0
    bone, truth = shell(14.0, 20.0) & ~gap, shell(14.0, 20.0) & gap
    raised = shell(16.0, 22.0) & gap
    figures = score_outer(SkullVolume(bone, AFFINE), raised, truth, CAVITY)
    assert figures["outer"] == pytest.approx(2.0, abs=0.4)
    assert figures["outerBothWays"] == pytest.approx(2.0, abs=0.4)
    assert figures["borderDistance"] == pytest.approx(2.0, abs=0.8)
    same = score_outer(SkullVolume(bone, AFFINE), truth, truth, CAVITY)
    assert set(same.values()) == {0.0}


def test_the_wall_along_rays_is_as_thick_as_the_shell() -> None:
    whole = shell(14.0, 20.0)
    through = np.argwhere(outer_surface(whole, AFFINE, CAVITY))
    walls = wall_along(whole, through, AFFINE, CAVITY)
    assert np.nanmean(walls) == pytest.approx(6.0, abs=0.15)  # voxels of 2 mm
    assert np.nanstd(walls) < 0.5


def test_shifted_cubes() -> None:
    """A cube shifted by two voxels of 0.5 mm: half of it overlaps, and its faces are 1 mm apart."""
    empty = np.zeros((20, 20, 20), dtype=bool)
    bone, a, b = empty.copy(), empty.copy(), empty.copy()
    bone[0] = True
    a[4:8, 6:10, 6:10] = True
    b[6:10, 6:10, 6:10] = True
    figures = score(bone, a, b, (0.5, 0.5, 0.5))
    assert figures["dice"] == pytest.approx(0.5)
    assert figures["borderDice"] == pytest.approx(0.5)
    assert figures["hd95"] == pytest.approx(1.0)
    assert score(bone, a, a, (1.0, 1.0, 1.0)) == {"dice": 1.0, "borderDice": 1.0, "hd95": 0.0}

from __future__ import annotations

import numpy as np
import torch

from cranioplasty_training.data.subject import ORIGIN, Subject
from cranioplasty_training.data.subject import SIZE as FIELD_SIZE
from cranioplasty_training.prior.lattice import lattice_points
from cranioplasty_training.prior.mean_bone import SIZE, SPACING_MM, first_centre, mean_bone
from cranioplasty_training.space.canonical import grid_points, mirror_points, sample_field


def shell(points: torch.Tensor, width: float) -> torch.Tensor:
    """Signed distance (about) of an ellipsoid shell of 6 mm, ``width`` mm wide to each side."""
    scaled = (points - torch.tensor([102.4, 102.4, 60.0])) / torch.tensor([width, 84.0, 70.0])
    return (70.0 * (scaled.norm(dim=-1) - 1.0)).abs() - 3.0


def test_heads_of_different_width_have_a_sharp_symmetric_mean() -> None:
    points = grid_points(ORIGIN.tolist(), 1.0, FIELD_SIZE)
    heads = []
    for width in (65.0, 71.0):
        fields = torch.stack([shell(points, width).clamp(-20.0, 20.0)] * 2)[None]
        heads.append(Subject("synthetic", fields, np.zeros(0), np.eye(4), "0"))
    mean = mean_bone(heads, shell(lattice_points(), 68.0).clamp(-4.0, 4.0))
    assert mean.shape == SIZE[::-1]
    grid = grid_points((0.0, 0.0, 0.0), SPACING_MM, SIZE)
    across = mirror_points(grid)
    near = mean.abs() < 4.0
    other = sample_field(mean, first_centre(), SPACING_MM, across)
    assert float((mean - other)[near].abs().mean()) < 0.1
    # The plain mean of both has no bone left at the sides, where they lie 6 mm apart.
    plain = 0.5 * (shell(grid, 65.0) + shell(grid, 71.0))
    side = (shell(grid, 68.0) < -2.0) & ((grid[..., 0] - 102.4).abs() > 60.0) & (grid[..., 2] > 40.0)
    assert int(side.sum()) > 50
    assert float((plain[side] < -1.0).float().mean()) < 0.1
    assert float((mean[side] < -1.0).float().mean()) > 0.95

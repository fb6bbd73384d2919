from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cranioplasty_training.continuation import (
    across,
    displacement_at,
    fit_mean_skull,
    fit_mirror,
    lattice_points,
    mean_skull,
)


def shell(p: Tensor) -> Tensor:
    """Signed distance of an asymmetric ellipsoid shell; ``continuation.test.ts`` has the same."""
    scaled = (p - torch.tensor([102.4, 102.4, 70.0])) / torch.tensor([68.0, 84.0, 70.0])
    e = 70.0 * (scaled.norm(dim=-1) - 1.0)
    bulge = (p - torch.tensor([150.0, 90.0, 100.0])).square().sum(-1)
    return (e - 3.0 * torch.exp(-bulge / 1800.0)).abs() - 3.0


def from_hole(p: Tensor) -> Tensor:
    return (p - torch.tensor([155.0, 80.0, 95.0])).norm(dim=-1)


@pytest.fixture(scope="module")
def distance() -> Tensor:
    points = lattice_points()
    return torch.maximum(shell(points), 22.0 - from_hole(points))


@pytest.fixture(scope="module")
def missing() -> Tensor:
    points = lattice_points()
    return points[(shell(points).abs() < 0.5) & (from_hole(points) < 20.0)][None, None]


def test_the_mirror_image_fits(distance: Tensor, missing: Tensor) -> None:
    whole = shell(missing)
    mirrored = missing * torch.tensor([-1.0, 1.0, 1.0]) + torch.tensor([204.8, 0.0, 0.0])
    assert float((shell(mirrored) - whole).abs().mean()) > 1.2
    assert float((shell(across(fit_mirror(distance), missing)) - whole).abs().mean()) < 0.35


def test_the_mean_skull_fits(distance: Tensor, missing: Tensor) -> None:
    moved = missing + displacement_at(fit_mean_skull(distance), missing)
    assert float((mean_skull(missing) - shell(missing)).abs().mean()) > 5.0
    assert float((mean_skull(moved) - shell(missing)).abs().mean()) < 0.45


def test_both_are_those_of_the_engine(distance: Tensor) -> None:
    # Node -> displacement (mm); `continuation.test.ts` holds the same numbers.
    mirror = {
        1900: (-1.9448, 0.5292, -1.2166),
        2171: (-2.3476, 0.6955, -0.9565),
        1891: (-1.8391, -0.1979, 1.4168),
        1576: (-0.702, -0.0366, -0.1059),
        1165: (-0.9353, 0.4042, -0.5458),
    }
    mean = {
        1900: (-1.0318, 1.1018, -20.6738),
        2171: (-0.1155, 3.2486, -20.7624),
        1891: (-0.6009, -0.1093, -19.5346),
        1576: (-0.4092, -9.1026, -30.8139),
        1165: (0.506, 2.9077, -17.3024),
    }
    for u, expected, tolerance in (
        (fit_mirror(distance), mirror, 5e-4),
        (fit_mean_skull(distance), mean, 5e-3),
    ):
        for node, value in expected.items():
            assert torch.allclose(u[0].reshape(3, -1)[:, node], torch.tensor(value), rtol=0.0, atol=tolerance)


def test_a_symmetric_head_is_left_alone() -> None:
    d = (lattice_points() - torch.tensor([102.4, 102.4, 70.0])).norm(dim=-1) - 70.0
    assert float(fit_mirror(d.abs() - 3.0).abs().max()) < 0.02

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cranioplasty_training.prior.continuation import across, fit_mean_skull, fit_mirror, mean_skull
from cranioplasty_training.prior.lattice import displacement_at, lattice_points


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


def test_the_mean_skull_fits_a_head_of_another_form() -> None:
    # The mean skull itself, moved by up to 4 mm; ``continuation.test.ts`` has the same.
    def head(p: Tensor) -> Tensor:
        x, y, z = p.unbind(-1)
        move = [3.0 * torch.sin(y / 40.0), 2.5 * torch.cos(z / 35.0), 3.0 * torch.sin(x / 45.0)]
        return mean_skull(p + torch.stack(move, -1))

    points = lattice_points()
    u = fit_mean_skull(torch.maximum(head(points), 22.0 - from_hole(points)))
    missing = points[(head(points).abs() < 0.5) & (from_hole(points) < 20.0)][None, None]
    bent = mean_skull(missing + displacement_at(u, missing))
    assert float((mean_skull(missing) - head(missing)).abs().mean()) > 1.0
    assert float((bent - head(missing)).abs().mean()) < 0.1


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
        1900: (-1.0707, 0.7115, -20.9011),
        2171: (-0.1952, 3.6493, -20.2382),
        1891: (-0.1794, -0.7223, -18.5723),
        1576: (-0.6392, -9.0777, -30.0881),
        1165: (0.0636, 2.5532, -21.5969),
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

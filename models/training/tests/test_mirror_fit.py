from __future__ import annotations

import torch
from torch import Tensor

from cranioplasty_training.mirror_fit import across, fit_mirror, lattice_points


def shell(p: Tensor) -> Tensor:
    """Signed distance of an asymmetric ellipsoid shell; ``mirrorFit.test.ts`` has the same."""
    scaled = (p - torch.tensor([102.4, 102.4, 70.0])) / torch.tensor([68.0, 84.0, 70.0])
    e = 70.0 * (scaled.norm(dim=-1) - 1.0)
    bulge = (p - torch.tensor([150.0, 90.0, 100.0])).square().sum(-1)
    return (e - 3.0 * torch.exp(-bulge / 1800.0)).abs() - 3.0


def from_hole(p: Tensor) -> Tensor:
    return (p - torch.tensor([155.0, 80.0, 95.0])).norm(dim=-1)


def fitted() -> Tensor:
    points = lattice_points()
    return fit_mirror(torch.maximum(shell(points), 22.0 - from_hole(points)))


def test_continues_the_skull_across_a_defect() -> None:
    points = lattice_points()
    missing = (shell(points).abs() < 0.5) & (from_hole(points) < 20.0)
    there = points[missing][None, None]
    whole = shell(there)
    mirrored = there * torch.tensor([-1.0, 1.0, 1.0]) + torch.tensor([204.8, 0.0, 0.0])
    assert float((shell(mirrored) - whole).abs().mean()) > 1.2
    assert float((shell(across(fitted(), there)) - whole).abs().mean()) < 0.35


def test_is_that_of_the_engine() -> None:
    u = fitted()[0].reshape(3, -1)
    # Node -> displacement (mm); `mirrorFit.test.ts` holds the same numbers.
    expected = {
        1900: (-1.9448, 0.5292, -1.2166),
        2171: (-2.3476, 0.6955, -0.9565),
        1891: (-1.8391, -0.1979, 1.4168),
        1576: (-0.702, -0.0366, -0.1059),
        1165: (-0.9353, 0.4042, -0.5458),
    }
    for node, value in expected.items():
        assert torch.allclose(u[:, node], torch.tensor(value), atol=5e-4), u[:, node].tolist()


def test_a_symmetric_head_is_left_alone() -> None:
    points = lattice_points()
    d = (points - torch.tensor([102.4, 102.4, 70.0])).norm(dim=-1) - 70.0
    assert float(fit_mirror(d.abs() - 3.0).abs().max()) < 0.02

"""Skulls bent onto each other lie on each other, without folds, and by no one who is held back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cranioplasty_training.data.splits import CT_TEST, CT_VALIDATION, TEST, VALIDATION
from cranioplasty_training.data.subject import ORIGIN, SIZE, Subject, bone_at
from cranioplasty_training.prior.lattice import LATTICE_MM, lattice_points
from cranioplasty_training.prior.registration import (
    LEAST_VOLUME,
    MOST_WEIGHT,
    Registrations,
    displacement,
    least_volume,
)
from cranioplasty_training.space import radial
from cranioplasty_training.space.canonical import CENTER


def stretched(subject: Subject, name: str, scale: tuple[float, float, float]) -> Subject:
    """The subject with its axes scaled around the middle of the vault."""
    nodes = [torch.arange(n, dtype=torch.float32) + 0.5 for n in SIZE]
    z, y, x = torch.meshgrid(nodes[2], nodes[1], nodes[0], indexing="ij")
    middle = torch.tensor(CENTER - ORIGIN, dtype=torch.float32)
    at = (torch.stack([x, y, z], -1) - middle) / torch.tensor(scale) + middle
    grid = (at / torch.tensor(SIZE) * 2.0 - 1.0)[None]
    fields = F.grid_sample(subject.fields, grid, padding_mode="border", align_corners=False)
    # Along a direction d the surface of the scaled shape has radius r(d / scale) / |d / scale|.
    back = radial.directions(*subject.radius.shape) / np.array(scale)
    radius = radial.sample(subject.radius, back) / np.linalg.norm(back, axis=-1)
    return replace(subject, name=name, fields=fields, radius=radius)


@pytest.fixture(scope="module")
def heads(subject: Subject) -> list[Subject]:
    return [
        replace(subject, name="000"),
        stretched(subject, "001", (1.06, 0.95, 1.03)),
        stretched(subject, "002", (0.97, 1.04, 1.0)),
    ]


@pytest.fixture(scope="module")
def registrations(heads: list[Subject]) -> Registrations:
    return Registrations(heads)


def test_a_skull_is_bent_onto_another(heads: list[Subject], registrations: Registrations) -> None:
    nodes = lattice_points()
    for a, b in ((0, 1), (1, 2), (2, 0)):
        there = bone_at(heads[b], nodes)
        near = there.abs() < 1.6
        u = registrations.toward(heads[a].name, heads[b].name, nodes)
        before = (bone_at(heads[a], nodes) - there)[near].abs().mean()
        after = (bone_at(heads[a], nodes + u) - there)[near].abs().mean()
        assert float(before) > 0.7
        assert float(after) < 0.4 * float(before)
        assert least_volume(u, LATTICE_MM) > 0.5


def test_the_outer_surface_lies_where_the_radial_map_says(
    heads: list[Subject], registrations: Registrations
) -> None:
    twin = registrations.draw("000", np.random.default_rng(0))
    assert twin is not None
    radius = registrations.radius_of("000", twin)
    d = radial.fibonacci_sphere(400)
    d = d[d[:, 2] > 0.1]
    points = torch.tensor(CENTER + d * radial.sample(radius, d)[:, None], dtype=torch.float32)[None, None]
    u = registrations.toward("000", twin.name, points)
    # The map is smooth, the bone has an edge here and there.
    assert float(bone_at(heads[0], points + twin.weight * u).abs().median()) < 1.0


def test_draws_are_those_of_their_seed_and_never_fold(registrations: Registrations) -> None:
    def draws(seed: int) -> list[object]:
        rng = np.random.default_rng(seed)
        return [registrations.draw(name, rng) for name in ("000", "001", "002") * 4]

    assert draws(3) == draws(3)
    assert draws(3) != draws(4)
    for twin, name in zip(draws(3), ("000", "001", "002") * 4, strict=True):
        assert twin.name != name and 0.0 <= twin.weight <= MOST_WEIGHT
        u = registrations.toward(name, twin.name, lattice_points())
        assert least_volume(u, LATTICE_MM, twin.weight) > 0.0


def test_a_displacement_that_would_fold_is_taken_back(heads: list[Subject]) -> None:
    folding = Registrations(heads[:2])
    wild = 60.0 * torch.randn(3, 12, 16, 16, generator=torch.Generator().manual_seed(1))
    folding.fits["001"] = folding.fits["001"]._replace(to_mean=wild)
    u = folding.toward("000", "001", lattice_points())
    assert least_volume(u, LATTICE_MM) < 0.0
    rng = np.random.default_rng(5)
    for _ in range(5):
        twin = folding.draw("000", rng)
        assert twin is not None
        coarse = u[::2, ::2, ::2]
        assert least_volume(coarse, 2.0 * LATTICE_MM, twin.weight) >= LEAST_VOLUME


def test_a_skull_is_bent_to_its_own_kind_and_to_none_that_its_prior_knows(heads: list[Subject]) -> None:
    mr = [replace(heads[0], name="01"), replace(heads[1], name="03")]
    others = {"000": ["001"], "001": ["000", "002"], "002": []}
    made = Registrations([*heads, *mr], others)
    assert made.partners == {"000": ["002"], "001": [], "002": ["000", "001"], "01": ["03"], "03": ["01"]}
    assert made.draw("001", np.random.default_rng(0)) is None


@pytest.mark.parametrize("name", [CT_VALIDATION[0], CT_TEST[-1], VALIDATION[0], TEST[0]])
def test_none_that_is_held_back_gives_its_shape(heads: list[Subject], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Registrations([heads[0], replace(heads[1], name=name)])


def test_processes_find_what_one_finds(heads: list[Subject], registrations: Registrations) -> None:
    several = Registrations(heads, processes=2)
    for name, fit in registrations.fits.items():
        for ours, theirs in zip(fit, several.fits[name], strict=True):
            assert torch.allclose(ours, theirs, atol=1e-3)


def test_a_displacement_is_cubic_between_its_nodes() -> None:
    u = torch.zeros(3, 12, 16, 16)
    # x^2 along x at the middle of each node, in units of nodes.
    u[0] = ((torch.arange(16) - 7.5) ** 2)[None, None, :]
    nodes = lattice_points()[20:22, 20:22, 16:48]
    at = (nodes[..., 0] / LATTICE_MM) / 4.0 - 0.5
    # On the lattice's nodes; and constant beyond.
    assert torch.allclose(displacement(u, nodes)[..., 0], (at - 7.5) ** 2, atol=1e-3)
    assert float(displacement(u, torch.full((1, 1, 1, 3), -50.0))[..., 0]) == pytest.approx(56.25, abs=5.0)

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.defect import Defect, Plate, defect_distance
from cranioplasty_training.defects.generator import PLAIN, Generator
from cranioplasty_training.defects.healing import (
    Healing,
    border_point,
    corners,
    healed_border,
    with_burr_holes,
)
from cranioplasty_training.defects.random_defects import random_defect
from cranioplasty_training.defects.sample import Distances, Sample
from cranioplasty_training.prior.registration import Registrations
from cranioplasty_training.space.canonical import CENTER, grid_points

# A border as it was sawn; without waves it would be healed by half everywhere.
SAWN = Healing(np.zeros((0, 4)), 0.0, 0.0, 8.0, 0.0, 3.0)
POINTS = ((0.0, 0.0, 0.0), 1.6, (128, 128, 96))


@pytest.fixture(scope="module")
def plain(subject: Subject) -> Sample:
    return Generator([subject], 6, PLAIN, PRESETS["tiny"]).sample("frontal")


def distances(plain: Sample, healing: Healing) -> Distances:
    return replace(plain, healing=healing).distances(grid_points(*POINTS))


def volume(inside: torch.Tensor) -> float:
    return float(inside.sum()) * 1.6**3


def test_a_thin_border_is_seen_thin_and_is_no_part_of_the_patch(plain: Sample) -> None:
    before = distances(plain, SAWN)
    after = distances(plain, replace(SAWN, thin_mm=3.0))
    assert torch.equal(before.scanned, before.remaining)
    assert torch.equal(after.complete, before.complete)
    assert torch.equal(after.remaining, before.remaining)
    lost = (before.scanned < 0) & (after.scanned >= 0)
    assert volume(lost) > 200.0
    # Only near the border, on bone that the patch does not replace.
    assert float(before.defect[lost].max()) < 8.0 + 1e-3
    assert float(before.defect[lost].min()) >= 0.0
    whole, thin = (replace(plain, healing=h).coarse() for h in (SAWN, replace(SAWN, thin_mm=3.0)))
    assert torch.equal(thin.patch, whole.patch)
    assert float(thin.skull.sum()) < float(whole.skull.sum())


def test_a_border_is_rounded_by_place(plain: Sample) -> None:
    sharp = distances(plain, SAWN)
    wave = np.array([[2.0 * np.pi / 30.0, 0.0, 0.0, 0.0]])
    rounded = distances(plain, replace(SAWN, round_mm=8.0, waves=wave))
    gone = (rounded.remaining >= 0) & (sharp.remaining < 0)
    assert volume(gone) > 100.0
    # Nothing but the edge, and what it lost the patch replaces.
    assert float(sharp.defect[gone].max()) < 8.0
    assert torch.equal(rounded.scanned, rounded.remaining)
    points = grid_points(*POINTS)
    share = replace(SAWN, waves=wave).place(points)
    assert 0.0 < float(share.min()) < 0.15 and 0.85 < float(share.max()) < 1.0
    assert float(share[gone].mean()) > 0.6


def test_new_bone_creeps_into_the_defect_below_its_surface(plain: Sample) -> None:
    before = distances(plain, SAWN)
    # Places that are healed by more than half: everywhere, with a wave that is long.
    wave = np.array([[0.0, 0.0, 1e-6, np.pi / 2.0]])
    healing = replace(SAWN, regrown_mm=10.0, regrown_depth_mm=2.0, waves=wave)
    after = distances(plain, healing)
    grown = (after.scanned < 0) & (before.scanned >= 0)
    assert volume(grown) > 100.0
    assert float(before.defect[grown].min()) > -10.0
    assert bool((before.complete[grown] < 0).all())
    _, _, envelope, _ = plain.real(grid_points(*POINTS))
    assert float(envelope[grown].max()) < -2.0 + 1e-3
    # It is there: the patch leaves it out.
    sawn, views = (replace(plain, healing=h).coarse() for h in (SAWN, healing))
    assert float((views.skull + views.patch).max()) <= 1.0 + 1e-5
    assert float(views.patch.sum()) < float(sawn.patch.sum())


def test_a_share_of_borders_heals() -> None:
    rng = np.random.default_rng(0)
    assert all(healed_border(rng, 0.0) is None for _ in range(10))
    made = [healed_border(rng, 0.5) for _ in range(200)]
    assert 60 < sum(h is not None for h in made) < 140
    some = [h for h in made if h]
    for effect in ("thin_mm", "regrown_mm"):
        assert 0 < sum(getattr(h, effect) > 0.0 for h in some) < len(some)


def plate() -> Defect:
    axis = np.array([0.0, 0.6, 0.8])
    sides = np.stack([np.deg2rad([10.0, 100.0, 190.0, 280.0]), [30.0, 25.0, 30.0, 25.0]], 1)
    nothing = np.zeros((0, 4))
    shape = Plate(CENTER + 80.0 * axis, axis, sides, 10.0)
    return Defect("plate", nothing, 2.0, 1, 0.0, nothing, shape)


def test_the_corners_of_a_plate_are_where_its_sides_meet() -> None:
    found = corners(plate().plate)
    assert len(found) == 4
    for corner in found:
        assert np.linalg.norm(corner - plate().middle) == pytest.approx(np.hypot(30.0, 25.0))


def test_burr_holes_lie_at_the_corners_of_a_plate(subject: Subject) -> None:
    drilled = with_burr_holes(plate(), subject.radius, np.random.default_rng(1), 1.0)
    holes = drilled.spheres
    assert 1 <= len(holes) <= 4
    at = torch.tensor(holes[:, :3], dtype=torch.float32)[None, None]
    # On its border (a step is 1.4 mm), half of them outside.
    assert float(plate().plate.distance(at).abs().max()) < 2.0
    assert float(defect_distance(replace(drilled, noise_mm=0.0), at).max()) < -3.0
    for hole in holes:
        near = min(np.linalg.norm(hole[:3] - c) for c in corners(plate().plate))
        assert near < 20.0
    whole = plate()
    assert with_burr_holes(whole, subject.radius, np.random.default_rng(1), 0.0) is whole


@pytest.mark.parametrize("region", ["frontal", "parietotemporal", "bilateral"])
def test_burr_holes_lie_around_the_border_of_other_defects(subject: Subject, region: str) -> None:
    rng = np.random.default_rng(2)
    defect = replace(random_defect(region, subject.radius, rng), noise_mm=0.0, islands=np.zeros((0, 4)))
    drilled = with_burr_holes(defect, subject.radius, rng, 1.0)
    holes = drilled.spheres[len(defect.spheres) :]
    assert 3 <= len(holes) <= 5
    at = torch.tensor(holes[:, :3], dtype=torch.float32)[None, None]
    distance = defect_distance(defect, at)
    assert float(distance.min()) > 0.0 and float(distance.max()) < 4.0


def test_a_border_point_lies_in_its_direction(subject: Subject) -> None:
    toward = plate().middle + np.array([40.0, 0.0, 0.0])
    point = border_point(plate(), subject.radius, toward)
    assert point[0] > plate().middle[0] + 15.0


def test_borders_change_neither_heads_nor_pieces_of_a_seed(subject: Subject) -> None:
    def drawn(**shares: float) -> list[Sample]:
        source = Generator([subject], 4, replace(PLAIN, mirror=True, **shares), PRESETS["tiny"])
        return [source.sample() for _ in range(4)]

    for plain, healed in zip(drawn(), drawn(healed=1.0), strict=True):
        assert torch.equal(plain.lattice, healed.lattice)
        assert plain.healing is None and healed.healing is not None
    for plain, drilled in zip(drawn(), drawn(burr_holes=1.0), strict=True):
        assert torch.equal(plain.lattice[:, :4], drilled.lattice[:, :4])
        assert bool((drilled.lattice[:, 4] <= plain.lattice[:, 4] + 1e-4).all())


def test_bent_samples_are_those_of_their_seed_and_do_not_fold(subject: Subject) -> None:
    heads = [replace(subject, name=n) for n in ("000", "001")]
    registrations = Registrations(heads)
    # Both are one head: a displacement gives them different shapes.
    wave = 6.0 * torch.sin(torch.arange(16) / 3.0)
    registrations.fits["001"].to_mean[0] += wave[None, None, :]
    settings = replace(PLAIN, bent=1.0, mirror=True)

    def drawn(seed: int) -> list[Sample]:
        source = Generator(heads[:1], seed, settings, PRESETS["tiny"], registrations=registrations)
        return [source.sample() for _ in range(4)]

    for a, b in zip(drawn(1), drawn(1), strict=True):
        assert torch.equal(a.lattice, b.lattice)
    assert not torch.equal(drawn(1)[0].lattice, drawn(2)[0].lattice)
    # Without registrations the same settings bend nothing.
    straight = Generator(heads[:1], 1, settings, PRESETS["tiny"]).sample("frontal")
    signs = set()
    for sample in drawn(1):
        assert not torch.equal(sample.lattice[0, :3], straight.lattice[0, :3])
        at = sample.lattice[0, :3].permute(1, 2, 3, 0)
        jacobian = torch.stack([torch.gradient(at, spacing=3.2, dim=k)[0] for k in (2, 1, 0)], -1)
        volumes = torch.linalg.det(jacobian)
        assert bool((volumes > 0.0).all()) or bool((volumes < 0.0).all())
        signs.add(bool(volumes[0, 0, 0] > 0.0))
        # Fields stay distances: the envelope grows by a millimetre a millimetre.
        points = grid_points((0.0, 0.0, 50.0), 1.6, (128, 128, 55))
        complete, _, envelope, _ = sample.real(points)
        slope = torch.stack(torch.gradient(envelope, spacing=1.6)).norm(dim=0)[envelope.abs() < 1.6]
        assert float(slope.quantile(0.05)) > 0.9 and float(slope.quantile(0.95)) < 1.1
        # Bone lies within its envelope.
        assert float((complete < -1.0).logical_and(envelope > 3.0).float().mean()) < 1e-4
    assert signs == {True, False}

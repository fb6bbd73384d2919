from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.defect import vault_area
from cranioplasty_training.defects.generator import MAX_AREA_CM2, MIN_AREA_CM2, PLAIN, Generator, Settings
from cranioplasty_training.defects.random_defects import REGIONS, random_plate, region_direction
from cranioplasty_training.defects.realism import FACTORS
from cranioplasty_training.defects.sample import Distances
from cranioplasty_training.space.canonical import CENTER, grid_points

LITE = PRESETS["lite"]


@pytest.mark.parametrize("region", REGIONS)
def test_volumes_of_a_sample(subject: Subject, region: str) -> None:
    sample = Generator([subject], 3).sample(region)
    views = sample.coarse()
    skull, patch, implant = views.skull, views.patch, views.implant
    assert skull.shape == (64, 64, 64)
    for v in views.all():
        assert float(v.min()) >= 0.0 and float(v.max()) <= 1.0 + 1e-5
    assert MIN_AREA_CM2 <= sample.area_cm2 <= MAX_AREA_CM2
    volume = float(patch.sum()) * LITE.coarse_mm**3 / 1000.0  # cm3
    assert 0.1 * sample.area_cm2 < volume < 2.5 * sample.area_cm2
    assert float(implant.sum()) > 0.0
    # Implant and remaining skull keep apart.
    assert float((implant * skull).mean()) < 2e-4


def test_defective_skull_is_skull_minus_patch(subject: Subject) -> None:
    sample = Generator([subject], 5, Settings(realism={})).sample("frontal")
    corner = sample.crop_corner(np.random.default_rng(0), sample.coarse().patch)
    points = grid_points(corner, LITE.fine_mm, (64, 64, 64))
    whole, remaining = sample.distances(points)[:2]
    assert bool((remaining >= whole).all())
    views = sample.fine(corner)
    skull, patch = views.skull, views.patch
    inside = (0.5 - whole / LITE.fine_mm).clamp(0.0, 1.0)
    assert torch.allclose(skull + patch, inside, atol=1e-5)
    assert 0.0 < float(skull[(skull > 0.0) & (skull < 1.0)].mean()) < 1.0


def test_same_seed_same_sample(subject: Subject) -> None:
    a = Generator([subject], 9).sample().coarse().all()
    b = Generator([subject], 9).sample().coarse().all()
    c = Generator([subject], 10).sample().coarse().all()
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_coarse_occupancy_is_the_block_mean(subject: Subject) -> None:
    sample = Generator([subject], 4, PLAIN).sample("frontal")
    coarse = sample.coarse()[0]
    corner = (0.0, 60 * LITE.fine_mm, 40 * LITE.fine_mm)
    remaining = sample.distances(grid_points(corner, LITE.fine_mm, (64, 64, 64))).remaining
    block = torch.nn.functional.avg_pool3d((remaining < 0).float()[None, None], 4)[0, 0]
    assert float((block - coarse[10:26, 15:31, 0:16]).abs().mean()) < 0.02


def test_regions_lie_where_they_say() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert region_direction("frontoorbital", rng)[1] < -0.6
        assert region_direction("occipital", rng)[1] > 0.2
        assert abs(region_direction("parietotemporal", rng)[0]) > 0.3
        assert region_direction("bilateral", rng)[2] > 0.7


def test_most_plates_lie_where_skullfix_cuts_them(subject: Subject) -> None:
    rng = np.random.default_rng(0)
    plates = [random_plate(subject.radius, rng) for _ in range(200)]
    away = np.array([p.middle - CENTER for p in plates])
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    elevation = np.rad2deg(np.arcsin(away[:, 2]))
    behind = (away[:, 1] > 0.0) & (np.abs(away[:, 0]) < 0.35) & (np.abs(elevation - 67.0) < 21.0)
    assert 0.6 < behind.mean() < 0.85
    areas = np.array([vault_area(p, subject.radius) for p, b in zip(plates, behind, strict=True) if b])
    # 29 to 61 ml of bone that is 6 to 11 mm thick.
    assert 40.0 < np.median(areas) < 65.0


@pytest.mark.parametrize("factor", sorted(FACTORS))
def test_each_factor_changes_what_the_scan_shows(subject: Subject, factor: str) -> None:
    def sample(realism: dict[str, float]) -> Distances:
        case = Generator([subject], 6, replace(PLAIN, realism=realism), PRESETS["tiny"]).sample("frontal")
        return case.distances(grid_points((0.0, 0.0, 0.0), 1.6, (128, 128, 96)))

    plain, touched = sample({}), sample({factor: 1.0})
    assert torch.equal(plain.scanned, plain.remaining)
    changed = ((touched.scanned < 0) != (plain.scanned < 0)).float().sum() * 1.6**3
    assert 50.0 < float(changed) < 200_000.0  # mm3: seen, and still a skull
    # The defect is the same; only a cut base changes the truth, far below it.
    assert torch.equal(touched.defect, plain.defect)
    if factor != "base":
        assert torch.equal(touched.complete, plain.complete)


def test_the_patch_never_overlaps_what_the_scan_shows(subject: Subject) -> None:
    always = dict.fromkeys(FACTORS, 1.0)
    sample = Generator([subject], 8, Settings(realism=always)).sample("parietotemporal")
    views = sample.coarse()
    skull, patch = views.skull, views.patch
    assert float((skull + patch).max()) <= 1.0 + 1e-5
    views = sample.fine(sample.crop_corner(np.random.default_rng(0), patch))
    skull, patch = views.skull, views.patch
    assert float((skull + patch).max()) <= 1.0 + 1e-5
    assert float(((skull == 1.0) * patch).max()) == 0.0


def test_mirror_image_and_mean_skull_cover_a_defect_of_one_side(subject: Subject) -> None:
    sample = Generator([subject], 4, PLAIN, PRESETS["tiny"]).sample("parietotemporal")
    views = sample.coarse()
    for shape in (views.mirrored, views.mean):
        assert float((shape * views.patch).sum() / views.patch.square().sum()) > 0.6
    views = sample.fine(sample.crop_corner(np.random.default_rng(0), views.patch))
    # Soft: voxels that a surface crosses are between.
    assert all(0 < int(((v > 0.0) & (v < 1.0)).sum()) < v.numel() / 2 for v in views[:3])
    for shape in (views.mirrored, views.mean):
        assert float((shape * views.patch).sum() / views.patch.square().sum()) > 0.6

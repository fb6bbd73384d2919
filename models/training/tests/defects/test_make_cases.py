from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import PLAIN, Generator
from cranioplasty_training.defects.make_cases import CASE_REGIONS, isotropic, make_case
from cranioplasty_training.space.volume import SkullVolume


def test_cases_in_the_native_grid(subject: Subject, skull: SkullVolume) -> None:
    defective, patch, implant, area = make_case(skull, subject, CASE_REGIONS[3], 1)
    assert patch.any() and implant.any() and area > 8.0
    assert not (defective & patch).any() and not (defective & implant).any()
    assert np.array_equal(defective | patch, skull.mask)


def test_a_case_ends_where_its_scan_ends(subject: Subject, skull: SkullVolume) -> None:
    settings = replace(PLAIN, realism={"base": 1.0})
    plane = Generator([subject], 3, settings).sample("parietotemporal", 0).realism.base
    to_canonical = subject.rigid @ skull.affine

    def below(mask: np.ndarray) -> int:
        points = np.argwhere(mask) @ to_canonical[:3, :3].T + to_canonical[:3, 3]
        return int((points @ plane[:3] < plane[3] - 0.1).sum())

    assert below(make_case(skull, subject, "parietotemporal", 3)[1]) > 100
    defective, patch = make_case(skull, subject, "parietotemporal", 3, "base")[:2]
    assert patch.any()
    assert below(defective) == below(patch) == 0


def test_thick_slices_become_cubic_voxels() -> None:
    affine = np.diag([0.5, 0.5, 2.0, 1.0])
    index = np.stack(np.meshgrid(np.arange(80), np.arange(80), np.arange(20), indexing="ij"), -1)
    ball = np.linalg.norm(index * [0.5, 0.5, 2.0] - [20.0, 19.0, 19.0], axis=-1) < 12.0
    out = isotropic(SkullVolume(ball, affine))
    assert np.allclose(np.abs(np.diag(out.affine)[:3]), 1.0)
    assert out.mask.sum() == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.05)
    assert np.allclose(np.argwhere(out.mask).mean(0), [20.0, 19.0, 19.0], atol=0.3)
    assert isotropic(out) is out

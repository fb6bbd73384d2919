"""Real cases: readers against masks written by other libraries, and what they teach."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import nrrd
import numpy as np
import pytest
import torch
import trimesh

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data import cases as c
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import PLAIN, Generator
from cranioplasty_training.defects.make_cases import make_case
from cranioplasty_training.pose.atlas import Atlas
from cranioplasty_training.space.volume import SkullVolume

TINY = PRESETS["tiny"]


def write_nrrd(path: Path, mask: np.ndarray, affine: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {"space": "left-posterior-superior", "space directions": affine[:3, :3].T}
    nrrd.write(str(path), mask.astype(np.uint8), {**header, "space origin": affine[:3, 3]})


@pytest.fixture(scope="module")
def shapes(subject: Subject, skull: SkullVolume) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return make_case(skull, subject, "frontal", 5)[:3]


def test_reads_skullbreak(
    shapes: tuple[np.ndarray, ...], skull: SkullVolume, atlas: Atlas, subject: Subject, tmp_path: Path
) -> None:
    write_nrrd(tmp_path / "defective_skull" / "frontoorbital" / "007.nrrd", shapes[0], skull.affine)
    write_nrrd(tmp_path / "implant" / "frontoorbital" / "007.nrrd", shapes[1], skull.affine)
    write_nrrd(tmp_path / "defective_skull" / "bilateral" / "008.nrrd", shapes[0], skull.affine)
    (files,) = c.find_skullbreak(tmp_path)
    assert files.name == "frontoorbital-007"
    fields, known = c.case_fields(files, atlas)
    assert known == (True, False)
    assert (fields[2] > 10).all()
    # One skull, read as a case and as the subject it was made from: the same place and size.
    patch_ml = float((fields[1] < 0).sum()) / 1000.0
    assert patch_ml == pytest.approx(shapes[1].sum() * 8 / 1000.0, rel=0.1)


def test_reads_a_clinical_folder_with_an_stl(
    shapes: tuple[np.ndarray, ...], skull: SkullVolume, tmp_path: Path
) -> None:
    folder = tmp_path / "case1"
    folder.mkdir()
    ras = np.diag([-1.0, -1.0, 1.0, 1.0]) @ skull.affine
    nib.save(nib.Nifti1Image(shapes[0].astype(np.uint8), ras), str(folder / "defective.nii.gz"))
    ball = trimesh.creation.icosphere(subdivisions=4, radius=12.0)
    ball.apply_translation((100.0, 30.0, 90.0))
    ball.export(folder / "implant.stl")
    (files,) = c.find_clinical(tmp_path)
    assert files.patch is None and files.implant is not None
    mask = c.read_mask(files.defective)
    assert np.array_equal(mask.mask, shapes[0])
    implant = c.read_shape(files.implant, mask)
    assert implant.mask.sum() * 8 == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.05)
    middle = (implant.affine @ [*np.argwhere(implant.mask).mean(0), 1.0])[:3]
    assert np.allclose(middle, [100.0, 30.0, 90.0], atol=0.3)


def test_refuses_what_has_no_truth_or_no_inside(
    shapes: tuple[np.ndarray, ...], skull: SkullVolume, tmp_path: Path
) -> None:
    folder = tmp_path / "case1"
    folder.mkdir()
    nib.save(nib.Nifti1Image(shapes[0].astype(np.uint8), skull.affine), str(folder / "defective.nii.gz"))
    with pytest.raises(ValueError, match="at least one"):
        list(c.find_clinical(tmp_path))
    ball = trimesh.creation.icosphere(subdivisions=2, radius=12.0)
    ball.update_faces(np.arange(len(ball.faces)) > 3)
    ball.export(folder / "implant.stl")
    with pytest.raises(ValueError, match="not closed"):
        c.read_shape(folder / "implant.stl", skull)


def test_a_case_without_implant_teaches_the_patch_only(
    shapes: tuple[np.ndarray, ...], skull: SkullVolume, atlas: Atlas, subject: Subject, tmp_path: Path
) -> None:
    write_nrrd(tmp_path / "defective_skull" / "000.nrrd", shapes[0], skull.affine)
    write_nrrd(tmp_path / "implant" / "000.nrrd", shapes[1], skull.affine)
    fields, known = c.case_fields(next(iter(c.find_skullbreak(tmp_path))), atlas)
    case = c.RealCase("a", torch.from_numpy(fields.astype(np.float32))[None], known, "0")
    generator = Generator([subject], 3, PLAIN, TINY, cases=[case], case_share=1.0)
    sample = generator.sample()
    assert sample.known == (True, False)
    views = sample.coarse()
    skull_seen, patch, implant = views.skull, views.patch, views.implant
    assert float(patch.sum()) * TINY.coarse_mm**3 == pytest.approx(shapes[1].sum() * 8, rel=0.15)
    assert float(implant.sum()) == 0.0
    assert float((skull_seen + patch).max()) <= 1.0 + 1e-5
    corner = sample.crop_corner(np.random.default_rng(0), patch)
    assert float(sample.fine(corner).patch.sum()) > 0.0

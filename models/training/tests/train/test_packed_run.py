"""Packed subjects train networks that see a shape prior."""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data import packed
from cranioplasty_training.data.fields import field_file, make_fields, missing
from cranioplasty_training.data.source import Source
from cranioplasty_training.data.splits import TRAIN
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.data.surface_maps import surface_maps
from cranioplasty_training.defects.generator import Generator
from cranioplasty_training.pose.atlas import Atlas
from cranioplasty_training.pose.radii import radius_of
from cranioplasty_training.prior.registration import register
from cranioplasty_training.space import radial
from cranioplasty_training.space.signed_distance import NativeDistance
from cranioplasty_training.space.volume import SkullVolume

ROOT = Path(__file__).resolve().parents[2]
NAMES = list(TRAIN[:2])
FIELD_MM = 3.0


@pytest.fixture(scope="module")
def small(
    subject: Subject, skull: SkullVolume, atlas: Atlas, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Two packed subjects: one skull and the same a little thicker."""
    folder, cache = tmp_path_factory.mktemp("packed"), tmp_path_factory.mktemp("cache")
    radius, known = radius_of(skull, subject.rigid, atlas.outer, 25.0)
    maps = surface_maps(NativeDistance(skull, subject.rigid), atlas)
    bits = np.frombuffer(lzma.compress(np.packbits(skull.mask.ravel()).tobytes()), np.uint8)
    for k, name in enumerate(NAMES):
        np.savez(
            cache / f"{name}.npz",
            radius=subject.radius.astype(np.float32),
            rigid=subject.rigid,
            sha256=name,
            full=radial.fill(radius, known).astype(np.float32),
            packed=bits,
            mask_shape=skull.mask.shape,
            affine=skull.affine,
            **{**maps, "thick": maps["thick"] + 0.5 * k},
        )
        packed.pack(cache / f"{name}.npz", folder / f"{name}.npz")
    return folder


@pytest.fixture(scope="module")
def source(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Source:
    out = Source(None, small, tmp_path_factory.mktemp("fields"), FIELD_MM)
    out.make_fields(NAMES, "cpu")
    return out


def test_fields_are_made_once(small: Path, source: Source, subject: Subject) -> None:
    assert not missing(small, source.fields, NAMES, FIELD_MM)
    times = [field_file(source.fields, s, FIELD_MM).stat().st_mtime_ns for s in NAMES]
    make_fields(small, source.fields, NAMES, FIELD_MM, "cpu")
    assert times == [field_file(source.fields, s, FIELD_MM).stat().st_mtime_ns for s in NAMES]
    fine, coarse = source.load(NAMES[0]), source.load_coarse(NAMES[0])
    assert fine.fields.shape[2:] == packed.shape_of(FIELD_MM)[::-1]
    assert coarse.fields.shape[2:] == packed.shape_of(1.5)[::-1]
    assert fine.fields.dtype == coarse.fields.dtype == torch.float32
    # The same head as the fields that `prepare` makes.
    for one in (fine, coarse):
        heads = [Generator([s], 3, preset=PRESETS["tiny"]).sample().coarse() for s in (one, subject)]
        a, b = (h.skull > 0.5 for h in heads)
        assert 2.0 * int((a & b).sum()) / int(a.sum() + b.sum()) > 0.8
    # Fields as coarse as those of the processes that draw register a head as well.
    for ours, theirs in zip(register(coarse), register(subject), strict=True):
        assert float((ours - theirs).abs().mean()) < 0.5
    with pytest.raises(FileNotFoundError, match="20"):
        source.check([*NAMES, "20"])


def train(*args: str | Path) -> None:
    command = [sys.executable, "-m", "cranioplasty_training.train", *map(str, args)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr


def test_packed_subjects_train_a_network_with_a_shape_prior(
    small: Path, source: Source, tmp_path: Path
) -> None:
    options = ("--packed", small, "--fields", source.fields, "--field-mm", FIELD_MM, "--run", tmp_path)
    options += ("--subjects", ",".join(NAMES), "--held", "", "--preset", "tiny-prior", "--batch", "1")
    options += ("--workers", "1", "--home", tmp_path / "home")
    train(*options, "--steps", "1")
    state = torch.load(tmp_path / "last.pt", weights_only=False)
    assert state["counts"] == {"coarse": 1, "fine": 1}
    assert all(bool(v.isfinite().all()) for v in state["ema"]["fine"].values())
    assert list(json.loads((tmp_path / "config.json").read_text())["data"]) == NAMES
    assert (tmp_path / "home" / "state.00of01").exists()
    train(*options, "--steps", "2")
    assert torch.load(tmp_path / "last.pt", weights_only=False)["counts"] == {"coarse": 1, "fine": 2}
    assert (tmp_path / "loss.csv").exists() and json.loads((tmp_path / "done.json").read_text())["step"] == 2

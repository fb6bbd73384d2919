"""The whole way at tiny size: train, resume, export, and reconstruct with the engine of the viewer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import torch

from cranioplasty_training.data.splits import TRAIN, VALIDATION
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.make_cases import make_case
from cranioplasty_training.space.volume import SkullVolume

ROOT = Path(__file__).resolve().parents[3]
STEPS = 100


def module(name: str, *args: str | Path, launcher: Sequence[str] = ()) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "models" / "training")}
    command = [sys.executable, "-m", *launcher, f"cranioplasty_training.{name}", *map(str, args)]
    subprocess.run(command, check=True, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def cache(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One synthetic skull in every role."""
    cache = tmp_path_factory.mktemp("cache")
    first = cache / f"{TRAIN[0]}.npz"
    fields = subject.fields[0].numpy().astype(np.float16)
    np.savez(first, fields=fields, radius=subject.radius, rigid=subject.rigid, sha256=subject.sha256)
    for name in (*TRAIN[1:], *VALIDATION):
        (cache / f"{name}.npz").symlink_to(first)
    return cache


@pytest.fixture(scope="module")
def model(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model; folder as the engine reads it."""
    folder = tmp_path_factory.mktemp("way")
    options = ("--cache", cache, "--run", folder / "run", "--preset", "tiny", "--rate", "0.01")
    options += ("--bent", "0.3")
    module("train", *options, "--steps", str(STEPS // 2))
    module("train", *options, "--steps", str(STEPS))
    out = folder / "model"
    atlas = ROOT / "models" / "atlas"
    module(
        *("export", "--run", folder / "run", "--cache", cache, "--atlas", atlas),
        *("--out", out, "--name", "tiny", "--version", "0.0.1"),
    )
    return out


def test_several_processes_train_one_model(cache: Path, tmp_path: Path) -> None:
    """The command for several GPUs, at tiny size on the CPU."""
    launcher = ("torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "--")
    options = (
        "--preset",
        "tiny",
        "--mixed",
        "--batch",
        "1",
        "--steps",
        "4",
        "--coarse-steps",
        "2",
        "--workers",
        "1",
    )
    module("train", "--cache", cache, "--run", tmp_path, *options, launcher=launcher)
    assert json.loads((tmp_path / "done.json").read_text())["step"] == 4
    state = torch.load(tmp_path / "last.pt", weights_only=False)
    assert state["counts"] == {"coarse": 3, "fine": 2}
    assert all(bool(v.isfinite().all()) for v in state["ema"]["fine"].values())


def test_the_manifest_describes_the_preset(model: Path) -> None:
    manifest = json.loads((model / "model.json").read_text())
    assert manifest["canonicalGrid"]["size"] == 128
    assert manifest["networks"]["coarse"]["window"] == 32
    assert manifest["training"]["updates"]["fine"] == STEPS
    for network in manifest["networks"].values():
        assert network["maxErrorAgainstTorch"] < 1e-4


def test_the_engine_closes_a_defect_with_it(
    model: Path, subject: Subject, skull: SkullVolume, tmp_path: Path
) -> None:
    node = shutil.which("npx")
    assert node, "this test drives the command line: install Node.js"
    assert (ROOT / "node_modules").exists(), "this test drives the command line: run npm ci first"
    defective, patch, _, _ = make_case(skull, subject, "frontal", 5)
    image = nib.Nifti1Image(defective.astype(np.uint8), np.diag([-1.0, -1.0, 1.0, 1.0]) @ skull.affine)
    nib.save(image, str(tmp_path / "skull.nii.gz"))
    command = [node, "cranioplasty", "reconstruct", str(tmp_path / "skull.nii.gz")]
    command += ["--model", str(model), "--provider", "cpu", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    got = np.asarray(nib.load(str(tmp_path / "out" / "skull-patch.nii.gz")).dataobj) > 0
    overlap = 2.0 * (got & patch).sum() / (got.sum() + patch.sum())
    # Minutes of training at 1.6 mm: enough to see that every step fits the next.
    assert overlap > 0.3
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["model"]["name"] == "tiny"

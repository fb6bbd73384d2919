from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cranioplasty_training.export.golden import sha256
from cranioplasty_training.export.origins import complete, origins

MODELS = Path(__file__).resolve().parents[3]
ATLAS = MODELS / "atlas"


@pytest.mark.parametrize("name", ["lite", "ct-lite", "ct-base"])
def test_released_models_name_what_they_were_made_with(name: str) -> None:
    manifest = json.loads((MODELS / name / "model.json").read_text())
    named = origins(ATLAS, MODELS / name)
    assert {key: manifest[key] for key in named} == named
    for key in ("atlas", "meanBone", "shapePrior"):
        entry = manifest[key]
        assert sha256(MODELS / name / entry["file"]) == entry["sha256"]
        # What is free may be part of anything; a free model has nothing that is not.
        assert entry["licence"] in ("Apache-2.0", manifest["licence"])


def test_a_model_elsewhere_brings_its_own_atlas(tmp_path: Path) -> None:
    named = origins(ATLAS, tmp_path)
    assert named["atlas"]["file"] == "atlas.json" and named["meanBone"]["file"] == "atlas-bone.bin"
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "atlas-bone.bin",
        "atlas-inner.bin",
        "atlas-outer.bin",
        "atlas.json",
    ]
    for entry in named.values():
        assert sha256(tmp_path / entry["file"]) == entry["sha256"]
    assert origins(ATLAS, tmp_path) == named
    # A folder that has them already keeps them.
    assert origins(tmp_path, tmp_path)["atlas"]["sha256"] == named["atlas"]["sha256"]


def test_a_damaged_atlas_is_named_by_nobody(tmp_path: Path) -> None:
    atlas = tmp_path / "atlas"
    shutil.copytree(ATLAS, atlas)
    (atlas / "atlas-inner.bin").write_bytes(b"other")
    with pytest.raises(ValueError, match="is not the file of atlas"):
        origins(atlas, tmp_path / "model")


def test_an_older_manifest_is_completed(tmp_path: Path) -> None:
    atlas, model = tmp_path / "atlas", tmp_path / "old"
    shutil.copytree(ATLAS, atlas)
    model.mkdir()
    meta = json.loads((ATLAS / "atlas.json").read_text())
    hashes = [meta[k]["sha256"] for k in ("outer", "inner", "bone")]

    def write(sha: list[str]) -> None:
        atlas_entry = {"name": "mean-skull", "version": "1.2.0", "sha256": sha}
        old = {"name": "old", "atlas": atlas_entry, "licence": "x"}
        (model / "model.json").write_text(json.dumps(old))

    write(hashes)
    complete(model, atlas)
    done = json.loads((model / "model.json").read_text())
    assert list(done) == ["name", "atlas", "meanBone", "licence"]
    assert done["atlas"]["file"] == "../atlas/atlas.json"
    # Again: nothing changes.
    complete(model, atlas)
    assert json.loads((model / "model.json").read_text()) == done
    write(["0" * 64, *hashes[1:]])
    with pytest.raises(ValueError, match="made with another atlas"):
        complete(model, atlas)

"""What a model was made with: its atlas and its mean bone, with hash and licence.

    python -m cranioplasty_training.export.origins --model DIR --atlas ../atlas

completes the manifest of a model that was exported before manifests named them.  A model beside its atlas
(``models/atlas``) points there; another one gets a copy into its own folder.
``extension/src/engine/cascade/origins.ts`` reads the entries.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from .golden import sha256

FIELDS = ("outer", "inner", "bone")


def origins(atlas: Path, model: Path) -> dict[str, dict[str, Any]]:
    """Entries ``atlas`` and ``meanBone`` of the manifest of the folder ``model``.

    Raises ``ValueError`` if a file of the atlas is not the one that it names.
    """
    meta = json.loads((atlas / "atlas.json").read_text())
    for field in FIELDS:
        path = atlas / meta[field]["file"]
        if sha256(path) != meta[field]["sha256"]:
            raise ValueError(f"{path} is not the file of atlas.json")
    beside = f"../{atlas.resolve().name}/"
    if atlas.resolve().parent != model.resolve().parent:
        beside = ""
        for name in ("atlas.json", *(meta[field]["file"] for field in FIELDS)):
            if not (model / name).exists() or not (model / name).samefile(atlas / name):
                shutil.copyfile(atlas / name, model / name)
    licence = meta["licence"]
    return {
        "atlas": {
            "name": meta["name"],
            "version": meta["version"],
            "file": f"{beside}atlas.json",
            "sha256": sha256(atlas / "atlas.json"),
            "licence": licence,
        },
        "meanBone": {
            "file": beside + meta["bone"]["file"],
            "sha256": meta["bone"]["sha256"],
            "licence": licence,
        },
    }


def complete(model: Path, atlas: Path) -> None:
    """Name the atlas and the mean bone in the manifest of an exported model.

    Raises ``ValueError`` if the manifest says by their hashes that it was another atlas.
    """
    path = model / "model.json"
    manifest = json.loads(path.read_text())
    meta = json.loads((atlas / "atlas.json").read_text())
    before = manifest.get("atlas", {}).get("sha256")
    same = before == [meta[field]["sha256"] for field in FIELDS] or before == sha256(atlas / "atlas.json")
    if not same:
        raise ValueError(f"{model.name} was made with another atlas than {atlas}")
    named = origins(atlas, model)
    out: dict[str, Any] = {}
    for key, value in manifest.items():
        # The mean bone stands beside the atlas.
        if key == "atlas":
            out |= named
        elif key != "meanBone":
            out[key] = value
    path.write_text(json.dumps(out, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m cranioplasty_training.export.origins", description=__doc__
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    args = parser.parse_args()
    complete(args.model, args.atlas)


if __name__ == "__main__":
    main()

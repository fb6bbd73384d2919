"""Learn a model's shape prior anew, from the heads that its manifest names; the networks stay.

python -m cranioplasty_training.export.relearn_prior --model ../ct-lite --cache CACHE --version 0.1.2
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..data.surface_maps import load_maps
from ..prior.learn_shape_prior import shape_prior_of
from ..prior.shape_prior_file import write_prior

# Of the manifest's entry: what is said about the heads, not computed from them.
ABOUT = ("subjects", "licence")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    path = args.model / "model.json"
    manifest = json.loads(path.read_text())
    about = {key: value for key, value in manifest["shapePrior"].items() if key in ABOUT}
    maps = [load_maps(args.cache / f"{subject}.npz") for subject in about["subjects"]]
    manifest["shapePrior"] = write_prior(shape_prior_of(maps), args.model, about)
    manifest["version"] = args.version
    path.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

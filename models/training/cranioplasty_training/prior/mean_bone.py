"""The mean skull as bone: the mean of the training skulls' distances, each bent to the same shape first.

    python -m cranioplasty_training.prior.mean_bone --cache DIR --atlas ../atlas

Adds ``bone`` to the atlas.  The shell between its outer surface and its cavity is a first guess of the
mean skull, and knows nothing of how thickness varies, nor of the skull base.  Each training skull is bent to
that guess (as ``continuation`` bends a shape to a skull), the mean of their distances is the next guess, and
so on: the mean is then as sharp as a skull.  Made symmetric; training subjects only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..data.splits import TRAIN
from ..data.subject import Subject, bone_at, load_subject
from ..pose.atlas import load_atlas, write_field
from ..space.canonical import grid_points, mirror_points, sample_field
from .bend import bend
from .continuation import MEAN_SKULL
from .lattice import CLAMP_MM, displacement_at, lattice_points

# A finer grid is no better: bent skulls differ by more than it shows.
SPACING_MM = 2.4
# There is no bone above, as on the lattice of the fit.
SIZE = (86, 86, 64)
ROUNDS = 3


def mean_bone(subjects: Sequence[Subject], guess: Tensor) -> Tensor:
    """Signed distance (mm) of the mean bone, [z, y, x] of ``SIZE`` voxels of ``SPACING_MM`` from the corner
    of the canonical box; ``guess`` is its first guess at the nodes of the fit's lattice."""
    nodes = lattice_points()
    points = grid_points((0.0, 0.0, 0.0), SPACING_MM, SIZE)
    mean = guess
    for _ in range(ROUNDS):
        total = torch.zeros(points.shape[:-1])
        for subject in subjects:
            u = bend(bone_at(subject, nodes), mean, MEAN_SKULL)
            total += bone_at(subject, points + displacement_at(u, points))
        # Mirrored at the mid plane, which does not lie between two voxels.
        at_mirrored = mirror_points(points)
        total = total / len(subjects)
        total = 0.5 * (total + sample_field(total, first_centre(), SPACING_MM, at_mirrored))
        mean = sample_field(total, first_centre(), SPACING_MM, nodes)
    return total


def first_centre() -> tuple[float, float, float]:
    """Centre of the first voxel, canonical mm."""
    return (SPACING_MM / 2.0,) * 3


def write(bone: Tensor, folder: Path) -> None:
    """Write ``atlas-bone.bin`` and name it in ``atlas.json``."""
    meta = json.loads((folder / "atlas.json").read_text())
    meta["version"] = "1.2.0"
    meta["bone"] = {
        **write_field(folder / "atlas-bone.bin", bone.numpy().transpose(2, 1, 0)),
        "grid": {"size": list(SIZE), "spacing": SPACING_MM, "origin": list(first_centre())},
    }
    (folder / "atlas.json").write_text(json.dumps(meta, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    args = parser.parse_args()
    atlas = load_atlas(args.atlas)
    nodes = lattice_points().double().numpy()
    shell = np.maximum(atlas.outer.sample(nodes), -atlas.inner.sample(nodes))
    guess = torch.from_numpy(shell.astype(np.float32)).clamp(-CLAMP_MM, CLAMP_MM)
    write(mean_bone([load_subject(args.cache, s) for s in TRAIN], guess), args.atlas)


if __name__ == "__main__":
    main()

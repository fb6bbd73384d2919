"""Known motions and virtual defects against the pose of the unmoved complete skull.

python -m cranioplasty_training.judge.alignment_trials --skulls DIR --atlas DIR --subjects 09,19
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..data.splits import VALIDATION, skull_path
from ..pose.align import align
from ..pose.atlas import load_atlas
from ..space.canonical import F64
from ..space.transform import rotation_vector
from ..space.volume import SkullVolume, load_skull


def damaged(skull: SkullVolume, to_canonical: F64, mode: str, rng: np.random.Generator) -> SkullVolume:
    """Copy of ``skull`` with one to three spherical defects and, by ``mode``, a cut or a table."""
    i = np.argwhere(skull.mask)
    p = i @ skull.affine[:3, :3].T + skull.affine[:3, 3]
    c = p @ to_canonical[:3, :3].T + to_canonical[:3, 3]
    vault = c[c[:, 2] > 35.0]
    keep = np.ones(len(c), dtype=bool)
    for _ in range(rng.integers(1, 4)):
        center = vault[rng.integers(len(vault))]
        keep &= np.linalg.norm(c - center, axis=1) > rng.uniform(25.0, 50.0)
    if mode == "cut":
        keep &= c[:, 2] > rng.uniform(-5.0, 5.0)
    mask = np.zeros_like(skull.mask)
    mask[tuple(i[keep].T)] = True
    if mode == "table":
        full = np.argwhere(np.ones(skull.mask.shape, dtype=bool))
        q = full @ skull.affine[:3, :3].T + skull.affine[:3, 3]
        back = np.percentile(p[:, 1], 99.9) + 6.0
        plate = (q[:, 1] > back) & (q[:, 1] < back + 4.0)
        mask[tuple(full[plate].T)] = True
    return SkullVolume(mask, skull.affine)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skulls", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--subjects", default=",".join(VALIDATION))
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    atlas = load_atlas(args.atlas)
    rng = np.random.default_rng(args.seed)
    good = total = 0
    for subject in args.subjects.split(","):
        skull = load_skull(skull_path(args.skulls, subject))
        reference = align(skull, atlas)
        print(f"{subject}: residual {reference.residual_mm:.2f} inliers {reference.inlier_fraction:.3f}")
        for k in range(args.trials):
            mode = ("whole", "cut", "table")[k % 3]
            bad = damaged(skull, reference.rigid, mode, rng)
            motion = np.eye(4)
            motion[:3, :3] = rotation_vector(np.deg2rad(rng.uniform(-20, 20, 3)))
            motion[:3, 3] = rng.uniform(-30, 30, 3)
            found = align(SkullVolume(bad.mask, motion @ bad.affine), atlas)
            error = found.rigid @ motion @ np.linalg.inv(reference.rigid)
            angle = np.rad2deg(np.arccos(np.clip((np.trace(error[:3, :3]) - 1) / 2, -1, 1)))
            shift = np.linalg.norm(error[:3, :3] @ atlas.center + error[:3, 3] - atlas.center)
            ok = angle <= 2.0 and shift <= 2.0
            good += ok
            total += 1
            print(
                f"  {mode:6s} {angle:5.2f} deg {shift:5.2f} mm residual {found.residual_mm:.2f} "
                f"inliers {found.inlier_fraction:.3f} hits {found.hit_fraction:.2f} {'ok' if ok else 'BAD'}",
                flush=True,
            )
    print(f"{good} of {total} within 2 degrees and 2 mm")


if __name__ == "__main__":
    main()

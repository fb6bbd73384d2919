"""How far the fitted shapes are from the missing surface, before any network.

    python -m cranioplasty_training.judge.continuation_error --cache DIR --defects 12

Virtual defects on the validation skulls with the pose errors that alignment leaves; the error is the mean
distance (mm) of the shape from the missing outer and inner surface, where the opposite side is there
("one side") and where it is missing too ("both").
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..data.splits import VALIDATION
from ..data.subject import load_subject
from ..defects.generator import PLAIN, Generator, Settings
from ..defects.sample import Sample
from ..prior.continuation import across, mean_skull
from ..prior.lattice import displacement_at
from ..space.canonical import BOX_MM, grid_points

SPACING = 0.8
REGIONS = ("bilateral", "frontoorbital", "parietotemporal", "frontal")
# Alignment's errors and nothing else.
POSED = replace(PLAIN, rotation_deg=Settings.rotation_deg, shift_mm=Settings.shift_mm)


def missing_surface(sample: Sample) -> tuple[Tensor, Tensor, Tensor]:
    """Points [1, 1, N, 3] of the missing surface, their distance from it, and whether each is outer."""
    size = round(BOX_MM / SPACING)
    points = grid_points((0.0, 0.0, 0.0), SPACING, (size, size, round(150.0 / SPACING)))
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    for slab in points.split(16):
        complete, _, envelope, defect = sample.real(slab)
        keep = (complete.abs() < SPACING / 2.0) & (defect < -2.0) & (slab[..., 2] > 12.0)
        parts.append((slab[keep], complete[keep], envelope[keep] > -1.5))
    at, distance, outer = (torch.cat(p) for p in zip(*parts, strict=True))
    return at[None, None], distance, outer


def errors(sample: Sample) -> dict[tuple[str, str, str], float]:
    """Mean error (mm) by shape, side and surface."""
    points, distance, outer = missing_surface(sample)
    still = torch.zeros_like(sample.mirror_fit)

    def mirrored(u: Tensor) -> Tensor:
        return sample.real(across(u, points))[1][0, 0]

    def mean(u: Tensor) -> Tensor:
        return mean_skull(points + displacement_at(u, points))[0, 0]

    shapes = {
        "mirror image": mirrored(still),
        "mirror image, bent": mirrored(sample.mirror_fit),
        "mean skull": mean(still),
        "mean skull, bent": mean(sample.mean_fit),
    }
    both = sample.real(across(sample.mirror_fit, points))[3][0, 0] < 2.0
    out: dict[tuple[str, str, str], float] = {}
    for name, value in shapes.items():
        for side, where in (("one side", ~both), ("both", both)):
            if side == "both" and name.startswith("mirror"):
                continue
            for surface, kind in (("outer", outer), ("inner", ~outer)):
                chosen = where & kind
                if int(chosen.sum()) > 100:
                    out[name, side, surface] = float((value - distance)[chosen].abs().mean())
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--defects", type=int, default=12, help="for each region")
    args = parser.parse_args()
    subjects = [load_subject(args.cache, s) for s in VALIDATION]
    generator = Generator(subjects, 11, POSED)
    table: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for k in range(args.defects):
        for region in REGIONS:
            for key, value in errors(generator.sample(region, k % len(subjects))).items():
                table[key].append(value)
    for key, values in table.items():
        print(*key, f"{np.mean(values):.2f} mm, {len(values)} defects", sep=", ")


if __name__ == "__main__":
    main()

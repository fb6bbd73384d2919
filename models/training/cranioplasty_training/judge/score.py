"""Scores a predicted patch with SciPy, by code of its own: checks ``extension/src/engine/judge/metrics.ts``.

    python -m cranioplasty_training.judge.score --defective D.nii.gz --predicted P.nii.gz \\
        --reference R.nii.gz --atlas ../atlas

Prints JSON: Dice, Dice within 10 mm of the defective skull, HD95 of both directions pooled (mm), and with
the atlas, which says where the cranial cavity is, the errors of the outer surface, of its border and of the
thickness behind it (mm).
A surface is the voxels with a free face; it is the outer one where its free faces look away from the cavity.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, map_coordinates

from ..pose.align import align
from ..pose.atlas import load_atlas
from ..space.canonical import F64
from ..space.volume import SkullVolume, load_skull

Mask = NDArray[np.bool_]
BORDER_MM = 10.0


def dice(a: Mask, b: Mask) -> float:
    """Overlap of two masks; 1 where both are empty."""
    total = int(a.sum()) + int(b.sum())
    return 2.0 * int((a & b).sum()) / total if total else 1.0


def surface(mask: Mask) -> Mask:
    """Voxels with a free face, the volume's own faces included."""
    return mask & ~binary_erosion(mask, border_value=0)


def outer_surface(whole: Mask, affine: F64, cavity: F64) -> Mask:
    """Voxels whose free faces look away from ``cavity`` (LPS mm); beyond the volume nothing is free."""
    padded = np.pad(whole, 1, constant_values=True)
    step = np.linalg.norm(affine[:3, :3], axis=0)
    out = np.zeros(whole.shape, dtype=bool)
    voxels = np.argwhere(surface(whole))
    i, j, k = (voxels + 1).T
    free = np.stack(
        [
            padded[i - 1, j, k].astype(int) - padded[i + 1, j, k],
            padded[i, j - 1, k].astype(int) - padded[i, j + 1, k],
            padded[i, j, k - 1].astype(int) - padded[i, j, k + 1],
        ],
        -1,
    )
    away = free @ (affine[:3, :3] / step).T
    from_cavity = voxels @ affine[:3, :3].T + affine[:3, 3] - cavity
    out[tuple(voxels.T)] = (away * from_cavity).sum(-1) > 0.0
    return out


def score_outer(defective: SkullVolume, predicted: Mask, reference: Mask, cavity: F64) -> dict[str, float]:
    """Errors (mm) of the outer surface, one way and both, of its border to the defective skull, and of the
    thickness along the rays from the cavity through the reference's outer surface (root mean square)."""
    bone, affine = defective.mask, defective.affine
    spacing = tuple(np.linalg.norm(affine[:3, :3], axis=0))
    with_a = outer_surface(bone | predicted, affine, cavity)
    with_b = outer_surface(bone | reference, affine, cavity)
    to_a = distance_transform_edt(~with_a, sampling=spacing)
    to_b = distance_transform_edt(~with_b, sampling=spacing)
    forth, back = to_b[with_a & predicted], to_a[with_b & reference]
    border = with_a & predicted & binary_dilation(bone, np.ones((3, 3, 3)))
    through = np.argwhere(with_b & reference)
    walls = [wall_along(bone | m, through, affine, cavity) for m in (predicted, reference)]
    both = ~np.isnan(walls[0]) & ~np.isnan(walls[1])
    return {
        "thickness": float(np.sqrt(((walls[0] - walls[1])[both] ** 2).mean())),
        "outer": float(forth.mean()),
        "outerBothWays": float(np.concatenate([forth, back]).mean()),
        "borderDistance": float(to_b[border].mean()),
    }


def wall_along(whole: Mask, through: NDArray[np.intp], affine: F64, cavity: F64) -> F64:
    """Length (mm) of the wall along each ray that comes from outside to ``cavity`` (LPS mm) through voxels
    [M, 3]; NaN where a ray meets no wall, ends in one or leaves the volume."""
    step, skin = 0.1, 0.9
    t = np.arange(8.0, -30.0, -step)
    out = np.full(len(through), np.nan)
    away = through @ affine[:3, :3].T + affine[:3, 3] - cavity
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    direction = away @ np.linalg.inv(affine[:3, :3]).T
    last = np.array(whole.shape) - 1
    values = whole.astype(np.float32)
    for n in range(len(through)):
        at = through[n] + t[:, None] * direction[n]
        on_grid = ((at >= 0) & (at <= last)).all(1)
        solid = on_grid & (map_coordinates(values, at.T, order=1, mode="nearest") >= 0.5)
        if not solid.any():
            continue
        entry = int(solid.argmax())
        left = ~solid & (t < t[entry] - skin) & (np.arange(len(t)) > entry)
        if left.any() and on_grid[away_from := int(left.argmax())]:
            out[n] = t[entry] - t[int(np.flatnonzero(solid[:away_from])[-1])]
    return out


def score(
    defective: Mask, predicted: Mask, reference: Mask, spacing: tuple[float, float, float]
) -> dict[str, float]:
    """Figures of one case; all masks on one grid of ``spacing`` (mm, in the order of the axes)."""
    to_bone = distance_transform_edt(~defective, sampling=spacing)
    near = to_bone <= BORDER_MM
    a, b = surface(predicted), surface(reference)
    to_a = distance_transform_edt(~a, sampling=spacing)
    to_b = distance_transform_edt(~b, sampling=spacing)
    pooled = np.concatenate([to_b[a], to_a[b]])
    return {
        "dice": dice(predicted, reference),
        "borderDice": dice(predicted & near, reference & near),
        "hd95": float(np.percentile(pooled, 95)),
    }


def load(path: Path) -> tuple[Mask, tuple[float, float, float]]:
    """A mask and its voxel size (mm)."""
    image = nib.load(str(path))
    x, y, z = (float(v) for v in image.header.get_zooms()[:3])
    return np.asarray(image.dataobj) > 0, (x, y, z)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("defective", "predicted", "reference"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, help="also score the outer surface")
    args = parser.parse_args()
    defective, spacing = load(args.defective)
    predicted, reference = load(args.predicted)[0], load(args.reference)[0]
    figures = score(defective, predicted, reference, spacing)
    if args.atlas:
        skull, atlas = load_skull(args.defective), load_atlas(args.atlas)
        cavity = (np.linalg.inv(align(skull, atlas).rigid) @ [*atlas.center, 1.0])[:3]
        figures |= score_outer(skull, predicted, reference, cavity)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

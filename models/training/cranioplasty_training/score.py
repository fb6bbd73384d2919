"""Scores a predicted patch with SciPy, as a check on the engine's own metrics by independent code.

    python -m cranioplasty_training.score --defective D.nii.gz --predicted P.nii.gz --reference R.nii.gz

Prints JSON: Dice, Dice within 10 mm of the defective skull, HD95 of both directions pooled (mm).  A surface
is the voxels with a free face.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt

Mask = NDArray[np.bool_]
BORDER_MM = 10.0


def dice(a: Mask, b: Mask) -> float:
    """Overlap of two masks; 1 where both are empty."""
    total = int(a.sum()) + int(b.sum())
    return 2.0 * int((a & b).sum()) / total if total else 1.0


def surface(mask: Mask) -> Mask:
    """Voxels with a free face, the volume's own faces included."""
    return mask & ~binary_erosion(mask, border_value=0)


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
    args = parser.parse_args()
    defective, spacing = load(args.defective)
    print(json.dumps(score(defective, load(args.predicted)[0], load(args.reference)[0], spacing)))


if __name__ == "__main__":
    main()

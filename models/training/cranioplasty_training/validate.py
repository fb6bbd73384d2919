"""Full cascade (exported ONNX files) on a folder of cases, scored on the canonical 0.8 mm grid.

    python -m cranioplasty_training.validate --cases DIR --atlas DIR --model models/lite --out metrics.json

The pipeline is that of the engine: align, resample through a smoothed signed distance, coarse,
upsample, fine windows (stride 48, cosine-weighted blending), threshold 0.5, keep the patch off the skull,
drop components smaller than a tenth of the largest.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch.nn import functional as F

from .alignment import SkullVolume, align, load_atlas, load_skull
from .prepare import signed_distance
from .presets import PRESETS
from .train import dice

LITE = PRESETS["lite"]
SIZE = LITE.canonical_size
STRIDE = LITE.stride


def resample(mask: SkullVolume, rigid: NDArray[np.float64]) -> NDArray[np.float32]:
    """Smoothed signed distance (mm) of a native mask on the canonical grid [z, y, x]."""
    spacing = float(np.cbrt(abs(np.linalg.det(mask.affine[:3, :3]))))
    sdf = signed_distance(mask.mask, spacing)
    m = np.linalg.inv(mask.affine) @ np.linalg.inv(rigid)
    axis = (np.arange(SIZE) + 0.5) * LITE.fine_mm
    out = np.empty((SIZE, SIZE, SIZE), np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    for k, z in enumerate(axis):
        p = np.stack([x, y, np.full_like(x, z)], -1) @ m[:3, :3].T + m[:3, 3]
        out[k] = ndimage.map_coordinates(sdf, np.moveaxis(p, -1, 0), order=1, cval=20.0)
    return out


def window_starts(low: int, high: int) -> list[int]:
    """Starts of 64-voxel windows that cover [low, high) of a 256 grid with the stride."""
    last = min(max(high - LITE.window, 0), SIZE - LITE.window)
    first = min(max(low, 0), SIZE - LITE.window)
    out = list(range(first, max(first, last) + 1, STRIDE))
    if out[-1] < last:
        out.append(last)
    return out


def keep_large(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Components of at least a tenth of the largest."""
    labels, count = ndimage.label(mask)
    if count < 2:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.isin(labels, np.nonzero(sizes >= 0.1 * sizes.max())[0])


class Cascade:
    """The exported networks on a binary canonical skull."""

    def __init__(self, model: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.sessions = [
            onnxruntime.InferenceSession(
                str(model / f"{n}.onnx"), options, providers=["CPUExecutionProvider"]
            )
            for n in ("coarse", "fine")
        ]

    def run(
        self, skull: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], int]:
        """(coarse patch 64³, patch 256³, implant 256³, windows) of a skull [z, y, x]."""
        fine = torch.from_numpy(skull.astype(np.float32))[None, None]
        low = F.avg_pool3d(fine, 4)
        x = torch.cat([low, low.flip(-1)], 1).numpy()
        patch, implant = self.sessions[0].run(["patch", "implant"], {"input": x})
        hint = F.interpolate(
            torch.from_numpy(np.concatenate([patch, implant], 1)),
            scale_factor=4,
            mode="trilinear",
            align_corners=False,
        )
        full = torch.cat([fine, fine.flip(-1), hint], 1).numpy()
        touched = hint[0].amax(0).numpy() > 0.3
        sums = np.zeros((2, SIZE, SIZE, SIZE), np.float32)
        weights = np.full((SIZE, SIZE, SIZE), 1e-6, np.float32)
        ramp = np.sin(np.pi * (np.arange(64) + 0.5) / 64).astype(np.float32)
        blend = ramp[:, None, None] * ramp[None, :, None] * ramp[None, None, :] + 1e-3
        count = 0
        if touched.any():
            box = [(int(a.min()) - 6, int(a.max()) + 7) for a in np.nonzero(touched)]
            for z in window_starts(*box[0]):
                for y in window_starts(*box[1]):
                    for xx in window_starts(*box[2]):
                        s = (slice(z, z + 64), slice(y, y + 64), slice(xx, xx + 64))
                        if not touched[s].any():
                            continue
                        p, i = self.sessions[1].run(
                            ["patch", "implant"], {"input": full[(slice(None), slice(None), *s)]}
                        )
                        sums[(0, *s)] += p[0, 0] * blend
                        sums[(1, *s)] += i[0, 0] * blend
                        weights[s] += blend
                        count += 1
        return patch[0, 0], sums[0] / weights, sums[1] / weights, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    atlas = load_atlas(args.atlas)
    cascade = Cascade(args.model, args.threads)
    rows = []
    for folder in sorted(p for p in args.cases.iterdir() if (p / "defective.nii.gz").exists()):
        skull = load_skull(folder / "defective.nii.gz")
        fit = align(skull, atlas)
        truth = [resample(load_skull(folder / f"{n}.nii.gz"), fit.rigid) < 0 for n in ("patch", "implant")]
        low, patch, implant, windows = cascade.run(resample(skull, fit.rigid) < 0)
        bone = resample(skull, fit.rigid) < 0
        a, b = keep_large((patch > 0.5) & ~bone), keep_large((implant > 0.5) & ~bone)
        low_truth = F.avg_pool3d(torch.from_numpy(truth[0].astype(np.float32))[None, None], 4)[0, 0]
        outside = ndimage.distance_transform_edt(~a)[truth[0] & ~ndimage.binary_erosion(truth[0])]
        row = {
            "case": folder.name,
            "coarsePatchDice": dice(torch.from_numpy(low), low_truth),
            "patchDice": dice(
                torch.from_numpy(a.astype(np.float32)), torch.from_numpy(truth[0].astype(np.float32))
            ),
            "implantDice": dice(
                torch.from_numpy(b.astype(np.float32)), torch.from_numpy(truth[1].astype(np.float32))
            ),
            "truthToPatchMm95": float(np.percentile(outside, 95) * LITE.fine_mm),
            "windows": windows,
            "residualMm": fit.residual_mm,
        }
        rows.append(row)
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
    keys = ("coarsePatchDice", "patchDice", "implantDice", "truthToPatchMm95")
    summary = {
        "cases": len(rows),
        "grid": "canonical, 0.8 mm",
        **{k: round(float(np.mean([r[k] for r in rows])), 4) for k in keys},
        "worstPatchDice": round(min(r["patchDice"] for r in rows), 4),
    }
    print(summary)
    if args.out:
        args.out.write_text(json.dumps({"validation": summary, "perCase": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""Subjects as small files, and what makes fields of them on a GPU, as fine as their masks are.

    python -m cranioplasty_training.data.packed --cache CACHE --out FOLDER [--subjects 000,001]

A subject's fields at 0.6 mm are 320 MB, its mask in the canonical box 0.2 MB: a machine with a GPU is
sent the masks.
"""

from __future__ import annotations

import argparse
import lzma
import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..space.canonical import F64
from ..space.radial import sample_maps
from ..space.signed_distance import SMOOTH_SDF
from .subject import ORIGIN, SIZE
from .surface_maps import SurfaceMaps

# Farther than this from a surface a distance says no more than that it is far, mm.
CLAMP_MM = 8.0
KEPT = ("radius", "rigid", "sha256", "mask_shape", "affine")


def pack(source: Path, target: Path) -> None:
    """Write the small file of one prepared subject."""
    data = np.load(source)
    kept = {k: data[k] for k in KEPT}
    maps = np.stack([data["outer"], data["thick"]]).astype(np.float16)
    known = np.packbits(np.stack([data["outer_known"], data["thick_known"]]))
    full = data["full"].astype(np.float16)
    np.savez_compressed(target, mask=data["packed"], maps=maps, known=known, full=full, **kept)


def read_maps(path: Path) -> SurfaceMaps:
    """Surface maps of a packed subject."""
    data = np.load(path)
    outer, thickness = data["maps"].astype(np.float64)
    known = np.unpackbits(data["known"])[: 2 * outer.size].reshape(2, *outer.shape).astype(bool)
    return SurfaceMaps(outer, known[0], thickness, known[1])


def read_mask(path: Path) -> tuple[NDArray[np.bool_], F64, F64]:
    """Mask [i, j, k] of a packed subject, affine (index to patient LPS mm) and pose (to canonical mm)."""
    data = np.load(path)
    shape = tuple(int(n) for n in data["mask_shape"])
    bits = np.frombuffer(lzma.decompress(data["mask"].tobytes()), np.uint8)
    mask = np.unpackbits(bits)[: math.prod(shape)].reshape(shape).astype(bool)
    return mask, data["affine"], data["rigid"]


def squared_reach(at: Tensor, spacing: tuple[float, float, float], clamp_mm: float) -> Tensor:
    """Squared distance (mm^2) to the nearest voxel of ``at`` [x, y, z] (bool), up to ``clamp_mm``; exact."""
    out = torch.where(at, 0.0, clamp_mm * clamp_mm)
    for axis, step in enumerate(spacing):
        result = out.clone()
        n = out.shape[axis]
        for k in range(1, min(n, math.ceil(clamp_mm / step))):
            cost = (k * step) ** 2
            torch.minimum(
                result.narrow(axis, k, n - k),
                out.narrow(axis, 0, n - k) + cost,
                out=result.narrow(axis, k, n - k),
            )
            torch.minimum(
                result.narrow(axis, 0, n - k),
                out.narrow(axis, k, n - k) + cost,
                out=result.narrow(axis, 0, n - k),
            )
        out = result
    return out


def smoothed(volume: Tensor, sigma: float) -> Tensor:
    """Gaussian of ``sigma`` voxels of [x, y, z], borders replicated."""
    reach = max(1, math.ceil(3.0 * sigma))
    at = torch.arange(-reach, reach + 1, dtype=torch.float32, device=volume.device)
    kernel = torch.exp(-0.5 * (at / sigma) ** 2)
    kernel = kernel / kernel.sum()
    out = volume
    for axis in range(3):
        n = out.shape[axis]
        first, last = out.narrow(axis, 0, 1), out.narrow(axis, n - 1, 1)
        padded = torch.cat([first] * reach + [out] + [last] * reach, axis)
        out = sum(float(w) * padded.narrow(axis, k, n) for k, w in enumerate(kernel))
    return out


def box_points(shape: tuple[int, int, int], device: torch.device | str) -> Tensor:
    """Centres [z, y, x, 3] (canonical mm) of ``shape`` (x, y, z) cells that fill the box of the fields."""
    axes = [
        float(ORIGIN[k]) + (torch.arange(n, device=device, dtype=torch.float32) + 0.5) * SIZE[k] / n
        for k, n in enumerate(shape)
    ]
    z, y, x = torch.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    return torch.stack([x, y, z], -1)


def shape_of(spacing: float) -> tuple[int, int, int]:
    """How many cells of about ``spacing`` mm fill the box of the fields along x, y and z."""
    x, y, z = (max(1, round(n / spacing)) for n in SIZE)
    return x, y, z


def bone_field(mask: NDArray[np.bool_], affine: F64, rigid: F64, points: Tensor) -> Tensor:
    """``prepare.signed_distance`` of a native mask, up to ``CLAMP_MM``, at canonical points [z, y, x, 3]."""
    device = points.device
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    spacing = (float(steps[0]), float(steps[1]), float(steps[2]))
    half = float(np.cbrt(np.prod(steps))) / 2.0
    inside = torch.from_numpy(mask).to(device)
    outer = squared_reach(inside, spacing, CLAMP_MM).sqrt_() - half
    inner = half - squared_reach(~inside, spacing, CLAMP_MM).sqrt_()
    distance = smoothed(torch.where(inside, inner, outer), SMOOTH_SDF)
    to_index = torch.tensor(np.linalg.inv(rigid @ affine), dtype=torch.float32, device=device)
    size = torch.tensor(mask.shape, dtype=torch.float32, device=device)
    index = points @ to_index[:3, :3].T + to_index[:3, 3]
    grid = ((index + 0.5) / size * 2.0 - 1.0).flip(-1)[None]
    return F.grid_sample(
        distance[None, None], grid, mode="bilinear", padding_mode="border", align_corners=False
    )[0, 0]


def envelope_field(outer: F64, points: Tensor) -> Tensor:
    """Signed distance (mm) of the filled outer surface of a smoothed radial map at points [z, y, x, 3]."""
    wrapped = np.concatenate([outer, outer[:, :1]], 1)
    radius_map = torch.tensor(wrapped, dtype=torch.float32, device=points.device)[None]
    (radius,), r = sample_maps(radius_map, points)
    level = r - radius
    nexts = (points[1, 0, 0], points[0, 1, 0], points[0, 0, 1])
    steps = [float((p - points[0, 0, 0]).norm()) for p in nexts]
    slope = sum(g * g for g in torch.gradient(level, spacing=steps)).sqrt()
    mean_step = sum(steps) / 3.0
    return smoothed(level / slope.clamp(0.7, 4.0), 0.7 / mean_step).clamp(-20.0, 20.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--subjects", default="")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    names = [s for s in args.subjects.split(",") if s] or sorted(
        p.stem for p in args.cache.glob("[0-9]*.npz") if not p.stem.endswith(".tmp")
    )
    for name in names:
        pack(args.cache / f"{name}.npz", args.out / f"{name}.npz")
    total = sum(p.stat().st_size for p in args.out.glob("*.npz"))
    print(f"{len(names)} subjects, {total / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    main()

"""Fields of packed subjects as files: fine ones for the device, coarse ones for the processes that draw.

A process of its own makes them, so that the one that trains can still fork when they are there: 21 s for 74
subjects at 0.6 mm on a GPU.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..space import radial
from ..space.canonical import F64
from .packed import bone_field, box_points, envelope_field, read_mask, shape_of
from .subject import ENVELOPE_SMOOTH_DEG

# What the processes that draw look at is the lattice of 3.2 mm.
WORKER_MM = 1.5
ENVELOPE_MM = 1.0


def field_file(folder: Path, name: str, spacing: float) -> Path:
    """Where the fields of a subject for the device lie."""
    return folder / f"{name}-{spacing:g}mm.npy"


def worker_file(folder: Path, name: str) -> Path:
    """Where those for the processes that draw lie."""
    return folder / f"{name}-workers.npy"


def missing(packed: Path, folder: Path, names: Sequence[str], spacing: float) -> list[str]:
    """Subjects without fields that are newer than what they are made from."""

    def there(name: str) -> bool:
        files = (field_file(folder, name, spacing), worker_file(folder, name))
        changed = (packed / f"{name}.npz").stat().st_mtime
        return all(f.exists() and f.stat().st_mtime >= changed for f in files)

    return [s for s in names if not there(s)]


def make_fields(packed: Path, folder: Path, names: Sequence[str], spacing: float, device: str) -> None:
    """Fields of about ``spacing`` and ``WORKER_MM`` mm of packed subjects, where they are missing.

    Under torchrun one process of each machine makes them and the others wait.
    """
    if int(os.environ.get("LOCAL_RANK", "0")) != 0:
        while missing(packed, folder, names, spacing):
            time.sleep(0.5)
        return
    names = missing(packed, folder, names, spacing)
    if not names:
        return
    began = time.monotonic()
    maker = multiprocessing.get_context("spawn").Process(
        target=_make_all, args=(packed, folder, names, spacing, device)
    )
    maker.start()
    maker.join()
    if maker.exitcode:
        raise RuntimeError(f"the fields of packed subjects were not made: exit code {maker.exitcode}")
    print(f"fields of {len(names)} subjects in {time.monotonic() - began:.1f} s", flush=True)


def fields_of(
    mask: NDArray[np.bool_], affine: F64, rigid: F64, outer: F64, spacing: float, device: str
) -> Tensor:
    """Bone and envelope [1, 2, z, y, x] on ``device``; ``outer`` is the radial map of the envelope."""
    shape = shape_of(spacing)
    bone = bone_field(mask, affine, rigid, box_points(shape, device))
    envelope = envelope_field(outer, box_points(shape_of(ENVELOPE_MM), device))[None, None]
    envelope = F.interpolate(envelope, size=shape[::-1], mode="trilinear", align_corners=False)
    return torch.stack([bone, envelope[0, 0]])[None]


def _opened(path: Path) -> tuple[NDArray[np.bool_], F64, F64, F64]:
    torch.set_num_threads(1)
    mask, affine, rigid = read_mask(path)
    full = np.load(path)["full"].astype(np.float64)
    return mask, affine, rigid, radial.smooth(full, ENVELOPE_SMOOTH_DEG)


def _make_all(packed: Path, folder: Path, names: Sequence[str], spacing: float, device: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    count = min(len(names), os.cpu_count() or 1)
    # A pool that forks starts all its processes at the first job, before the GPU is touched.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, mp_context=context) as pool, ThreadPoolExecutor(4) as writer:
        jobs = [pool.submit(_opened, packed / f"{s}.npz") for s in names]
        writes: list[Future[None]] = []
        for name, job in zip(names, jobs, strict=True):
            fields = fields_of(*job.result(), spacing, device)
            size = shape_of(WORKER_MM)[::-1]
            coarse = F.interpolate(fields, size=size, mode="trilinear", align_corners=False)
            half, whole = fields.half().cpu().numpy(), coarse.cpu().numpy()
            writes.append(writer.submit(_write, field_file(folder, name, spacing), half))
            writes.append(writer.submit(_write, worker_file(folder, name), whole))
            # As many as memory holds.
            for write in writes[:-8]:
                write.result()
        for write in writes:
            write.result()


def _write(path: Path, values: NDArray[Any]) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        np.save(stream, values)
    temporary.replace(path)

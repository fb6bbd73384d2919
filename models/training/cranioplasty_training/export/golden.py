"""Golden pairs: an input of each network and what it gave, by which a host shows that it computes the same.

``extension/src/engine/cascade/model.ts`` reads them.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from torch import Tensor


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_tensor(path: Path, data: NDArray[np.uint8], scale: float) -> dict[str, object]:
    """gzip of raw uint8, value = byte * scale; returns its manifest entry."""
    path.write_bytes(gzip.compress(np.ascontiguousarray(data).tobytes(), 9, mtime=0))
    return {
        "file": path.name,
        "sha256": sha256(path),
        "dtype": "uint8",
        "scale": scale,
        "shape": list(data.shape),
    }


def golden(
    session: onnxruntime.InferenceSession,
    x: Tensor,
    steps: int,
    name: str,
    folder: Path,
) -> tuple[dict[str, object], list[NDArray[np.float32]]]:
    """Quantise ``x`` to 1/steps, run it, and write input and outputs as small files."""
    q = np.clip(np.round(x.numpy() * steps), 0, 255).astype(np.uint8)
    outputs = session.run(["patch", "implant"], {"input": (q / np.float32(steps)).astype(np.float32)})
    entry: dict[str, object] = {
        "input": write_tensor(folder / f"golden-{name}-input.bin.gz", q, 1.0 / steps),
        "tolerance": 0.02,
    }
    for label, value in zip(("patch", "implant"), outputs, strict=True):
        byte = np.round(value * 255.0).astype(np.uint8)
        entry[label] = write_tensor(folder / f"golden-{name}-{label}.bin.gz", byte, 1.0 / 255.0)
    return entry, outputs

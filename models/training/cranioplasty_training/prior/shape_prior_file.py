"""``shape-prior.bin`` of a model; ``extension/src/engine/prior/shapePriorFile.ts`` reads it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..space.canonical import CENTER, F64
from .gaussian_process import Fitted, Kernel, Process
from .shape_prior import ShapePrior, fade


def _quantised(values: F64) -> tuple[bytes, float]:
    """Values as little-endian int16 and what one step is worth."""
    scale = max(float(np.abs(values).max()), 1e-9) / 32767.0
    return np.round(values / scale).astype("<i2").tobytes(), scale


def write_prior(prior: ShapePrior, folder: Path, about: dict[str, object]) -> dict[str, object]:
    """Write ``shape-prior.bin`` and return the manifest's entry.

    The file holds, one after the other: the domain and the weights (0 to 255) as bytes [rows, columns];
    for the outer surface (mm) and for the logarithm of the thickness the mean [M], the components
    [components, M] and the spread [M] as int16, cells of the domain in row order.
    """
    weight = np.round(fade(prior.domain) * 255.0).astype(np.uint8)
    parts = [prior.domain.astype(np.uint8).tobytes(), weight.tobytes()]
    entry: dict[str, object] = {
        "file": "shape-prior.bin",
        "rows": prior.domain.shape[0],
        "columns": prior.domain.shape[1],
        "cells": int(prior.domain.sum()),
        "center": CENTER.tolist(),
    }
    for name, fitted in (("outer", prior.outer_fit), ("thickness", prior.thickness_fit)):
        mean, mean_scale = _quantised(fitted.mean)
        components, components_scale = _quantised(fitted.components)
        spread, spread_scale = _quantised(fitted.spread)
        parts += [mean, components, spread]
        entry[name] = {
            "components": len(fitted.components),
            "meanScale": mean_scale,
            "componentsScale": components_scale,
            "spreadScale": spread_scale,
            "noise": fitted.process.noise,
            "kernels": [
                {"variance": k.variance, "lengthDeg": k.length_deg, "share": k.share}
                for k in fitted.process.kernels
            ],
        }
    folder.mkdir(parents=True, exist_ok=True)
    data = b"".join(parts)
    (folder / "shape-prior.bin").write_bytes(data)
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    entry["bytes"] = len(data)
    return entry | about


def read_prior(folder: Path, entry: dict[str, Any], device: torch.device | str = "cpu") -> ShapePrior:
    """The prior of a manifest's entry.  Raises ``ValueError`` if the file is another."""
    data = (folder / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise ValueError(f"{folder / entry['file']} is not the file of the manifest")
    rows, columns, cells = entry["rows"], entry["columns"], entry["cells"]
    domain = np.frombuffer(data, np.uint8, rows * columns).reshape(rows, columns).astype(bool)
    at = 2 * rows * columns
    fits = []
    for name in ("outer", "thickness"):
        e = entry[name]
        mean = np.frombuffer(data, "<i2", cells, at) * e["meanScale"]
        at += 2 * cells
        count = e["components"]
        components = (
            np.frombuffer(data, "<i2", count * cells, at).reshape(count, cells) * e["componentsScale"]
        )
        at += 2 * count * cells
        spread = None
        if "spreadScale" in e:  # files until 2026-11-27 have none
            spread = np.frombuffer(data, "<i2", cells, at) * e["spreadScale"]
            at += 2 * cells
        first, second = (Kernel(k["variance"], k["lengthDeg"], k["share"]) for k in e["kernels"])
        fits.append(Fitted(Process(count, (first, second), e["noise"]), mean, components, spread))
    return ShapePrior(domain, fits[0], fits[1], device)

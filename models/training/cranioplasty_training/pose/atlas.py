"""The mean skull of ``models/atlas`` and its files; ``extension/src/engine/pose/atlas.ts`` reads the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..space.canonical import F64

ENCODING_MM = 0.01


@dataclass(frozen=True)
class Field:
    """Signed distance (mm, negative inside) ``sdf[x, y, z]`` at ``origin + spacing * index``."""

    sdf: F64
    origin: F64
    spacing: float

    def sample(self, points: F64) -> F64:
        """Trilinear value at canonical points (N, 3); clamped to the grid."""
        return self.sample_gradient(points)[0]

    def sample_gradient(self, points: F64) -> tuple[F64, F64]:
        """Trilinear value (N,) and its exact gradient (N, 3) at canonical points."""
        size = np.array(self.sdf.shape)
        u = (points - self.origin) / self.spacing
        u = np.clip(u, 0.0, size - 1.000001)
        i = u.astype(np.int64)
        f = u - i
        x, y, z = i[:, 0], i[:, 1], i[:, 2]
        fx, fy, fz = f[:, 0], f[:, 1], f[:, 2]
        s = self.sdf
        c000, c100 = s[x, y, z], s[x + 1, y, z]
        c010, c110 = s[x, y + 1, z], s[x + 1, y + 1, z]
        c001, c101 = s[x, y, z + 1], s[x + 1, y, z + 1]
        c011, c111 = s[x, y + 1, z + 1], s[x + 1, y + 1, z + 1]
        c00 = c000 + fx * (c100 - c000)
        c10 = c010 + fx * (c110 - c010)
        c01 = c001 + fx * (c101 - c001)
        c11 = c011 + fx * (c111 - c011)
        c0 = c00 + fy * (c10 - c00)
        c1 = c01 + fy * (c11 - c01)
        value = c0 + fz * (c1 - c0)
        gx0 = (c100 - c000) + fy * ((c110 - c010) - (c100 - c000))
        gx1 = (c101 - c001) + fy * ((c111 - c011) - (c101 - c001))
        gx = gx0 + fz * (gx1 - gx0)
        gy = (c10 - c00) + fz * ((c11 - c01) - (c10 - c00))
        gz = c1 - c0
        return value, np.stack([gx, gy, gz], 1) / self.spacing


@dataclass(frozen=True)
class Atlas:
    """Mean skull in canonical mm.

    ``outer``: distance to the filled outer surface; ``inner``: to the brain cavity (the skull
    base of it settles pitch and roll).  ``bone``: distance to the mean bone, once ``mean_bone`` has made
    it; nothing is aligned to it.  ``landmarks`` (4, 3): left and right meatus, left and
    right supraorbital notch.  ``center``: ray centre inside the vault.
    """

    outer: Field
    inner: Field | None
    landmarks: F64
    center: F64
    bone: Field | None = None


def load_atlas(folder: str | Path) -> Atlas:
    """Read ``atlas.json`` and its binaries (little-endian int16, x fastest)."""
    folder = Path(folder)
    meta = json.loads((folder / "atlas.json").read_text())

    def field(entry: dict[str, Any]) -> Field:
        grid = entry.get("grid", meta["grid"])
        nx, ny, nz = grid["size"]
        raw = np.frombuffer((folder / entry["file"]).read_bytes(), dtype="<i2")
        sdf = raw.reshape(nz, ny, nx).transpose(2, 1, 0).astype(np.float64) * meta["scale"]
        return Field(np.ascontiguousarray(sdf), np.array(grid["origin"]), float(grid["spacing"]))

    names = ("leftMeatus", "rightMeatus", "leftSupraorbitalNotch", "rightSupraorbitalNotch")
    return Atlas(
        field(meta["outer"]),
        field(meta["inner"]),
        np.array([meta["landmarks"][name] for name in names], dtype=np.float64),
        np.array(meta["center"], dtype=np.float64),
        field(meta["bone"]) if "bone" in meta else None,
    )


def write_field(path: Path, sdf: F64) -> dict[str, object]:
    """Write a field ``sdf[x, y, z]`` (mm); returns its entry in ``atlas.json``."""
    raw = np.round(sdf / ENCODING_MM).astype("<i2").transpose(2, 1, 0).tobytes()
    path.write_bytes(raw)
    return {"file": path.name, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}

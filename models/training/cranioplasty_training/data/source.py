"""Where a run's subjects come from: the cache of ``prepare``, packed files, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .fields import field_file, make_fields, worker_file
from .packed import read_maps
from .subject import Subject, load_subject
from .surface_maps import SurfaceMaps, load_maps


@dataclass(frozen=True)
class Source:
    """A subject that is packed is taken from there, with fields of ``field_mm`` in the folder ``fields``."""

    cache: Path | None = None
    packed: Path | None = None
    fields: Path = Path("fields")
    field_mm: float = 0.6

    def packed_file(self, name: str) -> Path | None:
        path = self.packed / f"{name}.npz" if self.packed else None
        return path if path and path.exists() else None

    def check(self, names: Sequence[str]) -> None:
        """Raises ``FileNotFoundError`` with the subjects that are nowhere."""
        absent = [
            s
            for s in names
            if not self.packed_file(s) and not (self.cache and (self.cache / f"{s}.npz").exists())
        ]
        if absent:
            raise FileNotFoundError(f"neither in the cache nor packed: {', '.join(absent)}")

    def make_fields(self, names: Sequence[str], device: str) -> None:
        """Make the fields of those that are packed; touches no GPU in this process."""
        packed = [s for s in names if self.packed_file(s)]
        if packed and self.packed:
            make_fields(self.packed, self.fields, packed, self.field_mm, device)

    def load(self, name: str, device: torch.device | str = "cpu") -> Subject:
        """A subject with its finest fields on the device."""
        if path := self.packed_file(name):
            fields = np.load(field_file(self.fields, name, self.field_mm))
            return _unpacked(path, torch.from_numpy(fields).to(device).float())
        assert self.cache is not None
        return load_subject(self.cache, name)

    def load_coarse(self, name: str) -> Subject:
        """A subject as the processes that draw need it, in memory that they share when they are forked."""
        if path := self.packed_file(name):
            fields = np.load(worker_file(self.fields, name), mmap_mode="c")
            return _unpacked(path, torch.from_numpy(fields))
        return self.load(name)

    def maps(self, name: str) -> SurfaceMaps:
        """Surface maps for a shape prior."""
        if path := self.packed_file(name):
            return read_maps(path)
        assert self.cache is not None
        return load_maps(self.cache / f"{name}.npz")


def _unpacked(path: Path, fields: torch.Tensor) -> Subject:
    data = np.load(path)
    return Subject(path.stem, fields, data["radius"].astype(np.float64), data["rigid"], str(data["sha256"]))

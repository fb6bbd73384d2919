"""The one place that says which subject belongs to which split."""

from __future__ import annotations

from pathlib import Path

TEST = ("06", "14", "17")
VALIDATION = ("09", "19")
TRAIN = ("01", "03", "04", "05", "08", "10", "11", "13", "15", "16", "20")
SUTURED = ("05", "06", "11", "15", "16")
"""Subjects whose sutures are real one-voxel gaps: closed by 2 voxels before use."""


def skull_path(folder: str | Path, subject: str) -> Path:
    """File of one subject in a folder of skulls."""
    return Path(folder) / f"skull_{subject}.nii.gz"

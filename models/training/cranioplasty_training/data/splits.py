"""The one place that says which subject belongs to which split.

Subjects with two digits are skulls labelled on MR images (Apache-2.0), with three digits skulls of head CT
(SkullFix, CC BY-NC-SA 4.0: what is learned from them is published under that licence only).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

TEST = ("06", "14", "17")
VALIDATION = ("09", "19")
TRAIN = ("01", "03", "04", "05", "08", "10", "11", "13", "15", "16", "20")
SUTURED = ("05", "06", "11", "15", "16")
"""Subjects whose sutures are real one-voxel gaps: closed by 2 voxels before use."""

CT_TEST = tuple(f"{k:03d}" for k in range(68, 75))
CT_VALIDATION = tuple(f"{k:03d}" for k in range(60, 68))
# 052 is 000 again.
CT_TRAIN = tuple(f"{k:03d}" for k in range(60) if k != 52)

# Names of groups on the command line; what is for testing has none.
GROUPS = {
    "train": TRAIN,
    "validation": VALIDATION,
    "ct-train": CT_TRAIN,
    "ct-validation": CT_VALIDATION,
}


def subjects_of(text: str) -> list[str]:
    """Subjects and groups of subjects between commas, each subject once.

    Raises ``ValueError`` for a subject of the tests.
    """
    names = [s for part in text.split(",") if part for s in GROUPS.get(part, (part,))]
    if tests := set(names) & {*TEST, *CT_TEST}:
        raise ValueError(f"for tests only: {', '.join(sorted(tests))}")
    return list(dict.fromkeys(names))


def held_back(names: Iterable[str]) -> list[str]:
    """Those of ``names`` that nothing may be learned from: subjects of validation and test."""
    return sorted({*VALIDATION, *TEST, *CT_VALIDATION, *CT_TEST} & set(names))


def same_data(a: str, b: str) -> bool:
    """Whether two subjects come from the same kind of image."""
    return len(a) == len(b)


def skull_path(folder: str | Path, subject: str) -> Path:
    """File of one subject in a folder of skulls."""
    return Path(folder) / f"skull_{subject}.nii.gz"

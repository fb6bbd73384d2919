from __future__ import annotations

import numpy as np
import pytest

from cranioplasty_training.score import score


def test_shifted_cubes() -> None:
    """A cube shifted by two voxels of 0.5 mm: half of it overlaps, and its faces are 1 mm apart."""
    empty = np.zeros((20, 20, 20), dtype=bool)
    bone, a, b = empty.copy(), empty.copy(), empty.copy()
    bone[0] = True
    a[4:8, 6:10, 6:10] = True
    b[6:10, 6:10, 6:10] = True
    figures = score(bone, a, b, (0.5, 0.5, 0.5))
    assert figures["dice"] == pytest.approx(0.5)
    assert figures["borderDice"] == pytest.approx(0.5)
    assert figures["hd95"] == pytest.approx(1.0)
    assert score(bone, a, a, (1.0, 1.0, 1.0)) == {"dice": 1.0, "borderDice": 1.0, "hd95": 0.0}

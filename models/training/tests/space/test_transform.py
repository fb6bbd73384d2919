from __future__ import annotations

import numpy as np

from cranioplasty_training.space.transform import kabsch


def test_kabsch_guards_against_reflections() -> None:
    rng = np.random.default_rng(2)
    a = rng.normal(size=(4, 3))
    m = kabsch(a, a * [-1, 1, 1])
    assert np.isclose(np.linalg.det(m[:3, :3]), 1.0)

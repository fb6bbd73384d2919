from __future__ import annotations

import numpy as np

from cranioplasty_training.space import radial
from cranioplasty_training.space.radial import fibonacci_sphere


def test_radial_sampling_and_mirror() -> None:
    d = radial.directions()
    m = 80.0 + 5.0 * d[..., 0] + 3.0 * d[..., 1]
    u = fibonacci_sphere(300)
    assert np.allclose(radial.sample(m, u), 80 + 5 * u[:, 0] + 3 * u[:, 1], atol=0.05)
    assert np.allclose(radial.sample(radial.mirror(m), u), 80 - 5 * u[:, 0] + 3 * u[:, 1], atol=0.05)

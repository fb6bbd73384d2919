from __future__ import annotations

import numpy as np
import torch
from scipy import ndimage

from cranioplasty_training.data import packed


def test_clipped_distance_is_exact() -> None:
    rng = np.random.default_rng(2)
    at = rng.random((24, 20, 18)) > 0.99
    spacing = (0.5, 0.7, 1.1)
    expected = np.minimum(ndimage.distance_transform_edt(~at, sampling=spacing), 4.0)
    got = packed.squared_reach(torch.from_numpy(at), spacing, 4.0).sqrt().numpy()
    assert np.allclose(got, expected, atol=1e-5)


def test_smoothing_is_the_gaussian_of_scipy() -> None:
    volume = np.random.default_rng(3).random((12, 11, 10)).astype(np.float32)
    expected = ndimage.gaussian_filter(volume, 0.7, truncate=3 / 0.7, mode="nearest")
    got = packed.smoothed(torch.from_numpy(volume), 0.7).numpy()
    assert np.abs(got - expected).max() < 1e-5

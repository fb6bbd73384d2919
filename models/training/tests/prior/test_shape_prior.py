"""Tests of the shape prior on heads whose shape is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cranioplasty_training.data.surface_maps import SurfaceMaps
from cranioplasty_training.prior.gaussian_process import Process
from cranioplasty_training.prior.learn_shape_prior import shape_prior_of
from cranioplasty_training.prior.shape_prior import ShapePrior
from cranioplasty_training.prior.shape_prior_file import read_prior, write_prior
from cranioplasty_training.space import radial
from cranioplasty_training.space.canonical import CENTER
from cranioplasty_training.space.radial import sample_maps


def head(stretch: float, thickness: float) -> SurfaceMaps:
    """An ellipsoid of axes 70, 85 * stretch and 75 mm; bone of one thickness."""
    d = radial.directions()
    radius = 1.0 / np.sqrt(
        (d[..., 0] / 70.0) ** 2 + (d[..., 1] / (85.0 * stretch)) ** 2 + (d[..., 2] / 75.0) ** 2
    )
    all_known = np.ones(radius.shape, dtype=bool)
    return SurfaceMaps(radius, all_known, np.full(radius.shape, thickness), all_known)


def distance_of(maps: SurfaceMaps, hole: np.ndarray | None = None, angle_deg: float = 0.0):
    """Signed distance along the ray of a head, without what lies within an angle of a direction."""
    both = np.stack([maps.outer, maps.outer - maps.thickness])
    stacked = torch.tensor(np.concatenate([both, both[..., :1]], -1), dtype=torch.float32)

    def distance(points: torch.Tensor) -> torch.Tensor:
        (outer, inner), r = sample_maps(stacked, points)
        out = torch.maximum(r - outer, inner - r)
        if hole is not None:
            q = (points - torch.tensor(CENTER, dtype=torch.float32)) / r[..., None]
            cosine = q @ torch.tensor(hole, dtype=torch.float32)
            out = torch.where(cosine > np.cos(np.deg2rad(angle_deg)), torch.full_like(out, 20.0), out)
        return out

    return distance


@pytest.fixture(scope="module")
def prior() -> ShapePrior:
    rng = np.random.default_rng(1)
    return shape_prior_of(
        [head(s, t) for s, t in zip(rng.normal(1, 0.05, 8), rng.uniform(5, 8, 8), strict=True)]
    )


def test_a_hole_is_closed_with_the_shape_of_the_rest(prior: ShapePrior) -> None:
    truth = head(1.06, 6.5)
    hole = np.array([0.5, -0.5, np.sqrt(0.5)])
    out = prior.continue_skull(distance_of(truth, hole, 25.0), deviation=True)
    inside = (radial.directions() @ hole > np.cos(np.deg2rad(25.0))) & prior.domain
    assert inside.sum() > 200
    assert np.abs(out.outer.numpy() - truth.outer)[inside].max() < 0.5
    assert np.abs(out.outer.numpy() - out.inner.numpy() - truth.thickness)[inside].max() < 0.5
    far = (radial.directions() @ hole < 0.0) & prior.domain
    # It is less sure where it sees nothing.
    assert out.deviation.numpy()[inside].mean() > 2.0 * out.deviation.numpy()[far].mean()
    assert 0.0 < float(out.weight.max()) <= 1.0 and float(out.weight.min()) == 0.0


def test_a_head_rest_pulls_at_nothing(prior: ShapePrior) -> None:
    truth = head(1.0, 6.0)
    plain = distance_of(truth)
    back = np.array([0.0, 1.0, 0.0])

    def with_rest(points: torch.Tensor) -> torch.Tensor:
        q = points - torch.tensor(CENTER, dtype=torch.float32)
        along = q @ torch.tensor(back, dtype=torch.float32)
        across = (q * q).sum(-1) - along**2
        plate = torch.maximum((along - 97.0).abs() - 1.5, across.sqrt() - 25.0)
        return torch.minimum(plain(points), plate)

    out = prior.continue_skull(with_rest)
    error = np.abs(out.outer.numpy() - truth.outer)[prior.domain]
    assert error.max() < 1.0


def test_files_keep_the_prior(prior: ShapePrior, tmp_path: Path) -> None:
    entry = write_prior(prior, tmp_path, {"licence": "test"})
    again = read_prior(tmp_path, entry)
    assert np.array_equal(again.domain, prior.domain)
    assert np.abs(again.outer_fit.mean - prior.outer_fit.mean).max() < 0.005
    assert again.outer_fit.process == Process(
        len(prior.outer_fit.components), prior.outer_fit.process.kernels, prior.outer_fit.process.noise
    )
    (tmp_path / "shape-prior.bin").write_bytes(b"other")
    with pytest.raises(ValueError, match="not the file"):
        read_prior(tmp_path, entry)

from __future__ import annotations

import pytest

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.splits import CT_TRAIN, TRAIN
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.data.surface_maps import SurfaceMaps
from cranioplasty_training.defects.generator import Generator
from cranioplasty_training.train import folds


@pytest.mark.parametrize("count", [2, 4, 11])
@pytest.mark.parametrize("names", [TRAIN, CT_TRAIN, (*TRAIN, *CT_TRAIN), TRAIN[:3]])
def test_no_prior_knows_the_subject_that_it_continues(names: tuple[str, ...], count: int) -> None:
    others = folds.without(names, count)
    assert set(others) == set(names)
    for subject, fitted in others.items():
        assert fitted and subject not in fitted
        assert set(fitted) <= set(folds.fitted_skulls(names))
    known = {s for fitted in others.values() for s in fitted}
    assert known == set(folds.fitted_skulls(names))


def test_priors_are_fitted_as_the_folds_say(monkeypatch: pytest.MonkeyPatch, subject: Subject) -> None:
    monkeypatch.setattr(folds, "shape_prior_of", lambda maps, device: set(maps))

    def maps(name: str) -> SurfaceMaps:
        return name  # type: ignore[return-value]

    priors = folds.FoldPriors(TRAIN, maps, 4)
    assert priors.everyone == set(TRAIN)
    for name in TRAIN:
        sample = Generator([subject], 1, preset=PRESETS["tiny"]).sample()
        sample.subject.name = name
        priors.give(sample)
        assert sample.shape_prior == set(folds.without(TRAIN, 4)[name])
    with pytest.raises(ValueError, match="two subjects"):
        folds.FoldPriors(TRAIN[:1], maps, 4)
    with pytest.raises(ValueError, match="two folds"):
        folds.FoldPriors(TRAIN, maps, 1)

"""Shape priors for training: that of a training skull is fitted without it, as a patient's will be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from ..data.splits import CT_TRAIN
from ..data.surface_maps import SurfaceMaps
from ..defects.sample import RealSample, Sample
from ..prior.learn_shape_prior import shape_prior_of
from ..prior.shape_prior import ShapePrior


def fitted_skulls(subjects: Sequence[str]) -> list[str]:
    """Those that a prior is fitted to: of head CT where there are any, their surfaces being finer."""
    return [s for s in subjects if s in CT_TRAIN] or list(subjects)


def without(subjects: Sequence[str], folds: int) -> dict[str, list[str]]:
    """For each subject the skulls that its prior is fitted to: those of the other folds.

    Raises ``ValueError`` if a fold would leave none.
    """
    fitted = fitted_skulls(subjects)
    folds = min(folds, len(fitted))
    if folds < 2:
        raise ValueError(
            "a shape prior needs two subjects and two folds: none knows the skull that it continues"
        )
    left = [[s for k, s in enumerate(fitted) if k % folds != fold] for fold in range(folds)]
    # Subjects that no prior is fitted to share the priors of the folds.
    at = {s: k for k, s in enumerate(subjects)} | {s: k for k, s in enumerate(fitted)}
    return {s: left[at[s] % folds] for s in subjects}


class FoldPriors:
    """The prior of every training subject, and that of all of them for whom it was not fitted to."""

    def __init__(
        self,
        subjects: Sequence[str],
        maps: Callable[[str], SurfaceMaps],
        folds: int,
        device: torch.device | str = "cpu",
    ) -> None:
        fitted = {s: maps(s) for s in fitted_skulls(subjects)}
        self.everyone = shape_prior_of(list(fitted.values()), device)
        made: dict[tuple[str, ...], ShapePrior] = {}
        self.own: dict[str, ShapePrior] = {}
        for subject, others in without(subjects, folds).items():
            key = tuple(others)
            if key not in made:
                made[key] = shape_prior_of([fitted[s] for s in others], device)
            self.own[subject] = made[key]

    def give(self, sample: Sample) -> None:
        """Let a sample be continued by the prior that does not know it."""
        real = isinstance(sample, RealSample)
        sample.shape_prior = self.everyone if real else self.own[sample.subject.name]

"""What the command line of training refuses."""

from __future__ import annotations

import sys

import pytest

from cranioplasty_training.data.splits import CT_TRAIN, TRAIN
from cranioplasty_training.train.command import arguments, config_of


def given(monkeypatch: pytest.MonkeyPatch, *more: str):
    monkeypatch.setattr(sys, "argv", ["train", "--cache", "cache", "--run", "run", *more])
    return arguments()


@pytest.mark.parametrize(
    ("subjects", "said"),
    [
        ("ct-train,060", "for validation only: 060"),
        ("train,09", "for validation only: 09"),
        ("ct-validation", "for validation only: 060, 061"),
    ],
)
def test_nothing_is_learned_from_who_is_held_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], subjects: str, said: str
) -> None:
    with pytest.raises(SystemExit):
        given(monkeypatch, "--subjects", subjects)
    assert said in capsys.readouterr().err
    with pytest.raises(ValueError, match="for tests only: 068"):
        given(monkeypatch, "--subjects", "068")


def test_shares_of_samples_are_part_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    args = given(monkeypatch, "--subjects", "train,ct-train", "--bent", "0.5", "--healed", "0")
    assert args.subjects == [*TRAIN, *CT_TRAIN]
    config = config_of(args)
    assert (config.bent, config.healed) == (0.5, 0.0)
    assert config_of(given(monkeypatch)).bent == 0.0

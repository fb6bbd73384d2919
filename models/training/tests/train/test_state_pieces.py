"""A run goes on from its pieces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import Generator
from cranioplasty_training.train.checkpoint import load
from cranioplasty_training.train.config import Config
from cranioplasty_training.train.run import Saving, run
from cranioplasty_training.train.state_pieces import join, read_pieces, write_pieces
from cranioplasty_training.train.trainer import Trainer

TINY = PRESETS["tiny"]


def trainer_of(subject: Subject, steps: int, seed: int = 1) -> Trainer:
    config = Config(batch=1, preset="tiny", steps=steps, seed=seed)
    return Trainer(config, Generator([subject], seed, preset=TINY), [])


def test_pieces_join_to_the_run(subject: Subject, tmp_path: Path) -> None:
    first, home = tmp_path / "first", tmp_path / "home"
    first.mkdir()
    (first / "config.json").write_text("{}")
    trainer = trainer_of(subject, 2)
    run(trainer, first, Saving(first, home=home))
    assert [p.name for p in sorted(home.glob("state.*of*"))] == ["state.00of01"]
    pieces = write_pieces(trainer, first, home, size=50_000)
    assert len(pieces) > 2 and sorted(pieces) == sorted(home.glob("state.*of*"))
    assert all(p.stat().st_size <= 50_000 for p in pieces)
    second = tmp_path / "second"
    state = join(home, second)
    assert sorted(p.name for p in second.iterdir()) == ["config.json", "last.pt", "loss.csv"]
    whole = torch.load(first / "last.pt", weights_only=False)
    assert sum(p.stat().st_size for p in pieces) < 0.7 * (first / "last.pt").stat().st_size
    assert state["counts"] == whole["counts"] == {"coarse": 1, "fine": 2} and state["rng"] == whole["rng"]
    for name in ("coarse", "fine"):
        for k, v in whole["ema"][name].items():
            assert torch.equal(state["ema"][name][k], v)
            assert torch.allclose(state[name][k], whole[name][k], atol=1e-4)
    # One goes on from the pieces as the other from the checkpoint.
    ends = []
    for folder in (first, second):
        again = trainer_of(subject, 4, seed=2)
        load(again, folder / "last.pt")
        run(again, folder)
        assert again.step == 4
        ends.append(again)
    for a, b in zip(ends[0].fine.parameters(), ends[1].fine.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-3)
    assert json.loads((second / "done.json").read_text())["step"] == 4


def test_pieces_of_two_states_are_refused(subject: Subject, tmp_path: Path) -> None:
    trainer = trainer_of(subject, 2)
    pieces = write_pieces(trainer, tmp_path, tmp_path, size=50_000)
    read_pieces(tmp_path)
    pieces[1].write_bytes(pieces[0].read_bytes())
    with pytest.raises(ValueError, match="not those of one state"):
        read_pieces(tmp_path)
    pieces[1].unlink()
    with pytest.raises(ValueError, match="not those of one state"):
        read_pieces(tmp_path)

"""The step: its two graphs, its losses, its end."""

from __future__ import annotations

import argparse
import copy
import csv
from pathlib import Path

import pytest
import torch

from cranioplasty_training.cascade.model import Norm, coarse_network, use_plain_norm
from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import Generator
from cranioplasty_training.train import command as train_module
from cranioplasty_training.train import trainer as trainer_module
from cranioplasty_training.train.command import ending
from cranioplasty_training.train.config import Config
from cranioplasty_training.train.feed import blank_batch
from cranioplasty_training.train.run import Losses, run
from cranioplasty_training.train.trainer import Trainer

TINY = PRESETS["tiny"]


def test_a_gpu_gets_the_plain_norm() -> None:
    assert Config(device="cuda").plain_norm and not Config().plain_norm
    assert Config(norm="plain").plain_norm and not Config(device="cuda", norm="group").plain_norm
    network = coarse_network(TINY)
    use_plain_norm(network, True)
    assert all(m.plain for m in copy.deepcopy(network).modules() if isinstance(m, Norm))


def test_compiled_networks_have_a_graph_each(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = []

    def compile_and_count(module: torch.nn.Module, dynamic: bool) -> torch.nn.Module:
        def backend(graph: torch.fx.GraphModule, inputs: list[torch.Tensor]) -> torch.fx.GraphModule:
            graphs.append(graph)
            return graph

        return real_compile(module, dynamic=dynamic, backend=backend)

    real_compile = torch.compile
    monkeypatch.setattr(trainer_module.torch, "compile", compile_and_count)
    config = Config(batch=1, preset="tiny", compile=True, steps=3, coarse_steps=1)
    trainer = Trainer(config, Generator([subject], 2, preset=TINY), [])
    before = copy.deepcopy(trainer.coarse.state_dict())
    trainer.warm_up()
    assert len(graphs) == 2
    assert all(torch.equal(v, before[k]) for k, v in trainer.coarse.state_dict().items())
    assert trainer.counts == {"coarse": 0, "fine": 0} and trainer.step == 0
    for _ in range(3):
        trainer.train_step()
    assert len(graphs) == 2
    assert trainer.counts == {"coarse": 2, "fine": 2}


def test_a_step_that_is_not_joint_teaches_the_coarse_network_nothing(subject: Subject) -> None:
    for compiled in (False, True):
        config = Config(batch=1, preset="tiny")
        trainer = Trainer(config, Generator([subject], 2, preset=TINY), [])
        trainer.config = Config(batch=1, preset="tiny", compile=compiled)
        total, losses = trainer.losses(blank_batch(config, TINY), fine=True, joint=False)
        total.backward()
        assert list(losses) == ["fine"]
        assert all(p.grad is None for p in trainer.coarse.parameters())
        assert any(p.grad is not None for p in trainer.fine.parameters())


def test_losses_are_read_when_they_are_logged(subject: Subject, tmp_path: Path) -> None:
    losses = Losses()
    losses.add({"coarse": torch.tensor(1.0)})
    losses.add({"coarse": torch.tensor(2.0)})
    assert losses.means() == {"coarse": 1.5}
    losses.add({"coarse": torch.tensor(float("nan"))})
    with pytest.raises(RuntimeError, match="coarse loss is not finite"):
        losses.means()
    config = Config(batch=1, preset="tiny", steps=20, coarse_steps=20)
    trainer = Trainer(config, Generator([subject], 2, preset=TINY), [])
    run(trainer, tmp_path)
    ((step, coarse, fine, _, coarse_loss, fine_loss),) = csv.reader((tmp_path / "loss.csv").open())
    assert (step, coarse, fine, fine_loss) == ("20", "20", "0", "")
    assert 0.0 < float(coarse_loss) < 10.0


def test_a_run_ends_so_long_after_the_command_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_module, "BORN", 100.0)
    monkeypatch.setattr(train_module.time, "monotonic", lambda: 160.0)
    config = Config()

    def of(
        until: float | None, coarse: float | None, elapsed: float, saved: dict | None
    ) -> tuple[float, float]:
        args = argparse.Namespace(until=until, coarse_minutes=coarse)
        out = ending(config, args, elapsed, saved)
        return out.minutes, out.coarse_minutes

    assert of(None, None, 0.0, None) == (config.minutes, config.coarse_minutes)
    # A minute is gone; of the four that are left the coarse network has one for itself.
    assert of(300.0, None, 0.0, None) == (4.0, 1.0)
    assert of(300.0, 0.0, 0.0, None) == (4.0, 0.0)
    assert of(300.0, None, 120.0, {"coarse_minutes": 0.5}) == (6.0, 0.5)
    # What is late trains no more.
    assert of(30.0, None, 120.0, {"coarse_minutes": 0.5}) == (2.0, 0.5)

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from cranioplasty_training.cascade.model import COARSE_INPUTS, FINE_INPUTS, SeparateBranches, UNet, foreground
from cranioplasty_training.cascade.onnx_file import export_network
from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import Generator
from cranioplasty_training.export.command import updates
from cranioplasty_training.train.checkpoint import load, run_start, start_from
from cranioplasty_training.train.config import Config
from cranioplasty_training.train.run import run
from cranioplasty_training.train.trainer import Trainer

# Not among the kernels of ONNX Runtime's WebGPU provider.
FORBIDDEN = {"ConvTranspose", "GroupNormalization"}


def test_two_steps_resume_and_export(subject: Subject, tmp_path: Path) -> None:
    config = Config(batch=1, preset="tiny", steps=2)
    tiny = PRESETS["tiny"]
    monitor = [Generator([subject], 1, preset=tiny).sample("frontal")]
    trainer = Trainer(config, Generator([subject], 2, preset=tiny), monitor)
    run(trainer, tmp_path)
    assert trainer.counts == {"coarse": 1, "fine": 2}
    again = Trainer(config, Generator([subject], 3, preset=tiny), [])
    load(again, tmp_path / "last.pt")
    assert again.step == 2
    for a, b in zip(trainer.fine.parameters(), again.fine.parameters(), strict=True):
        assert torch.equal(a, b)
    networks = (
        ("coarse", again.ema["coarse"], len(COARSE_INPUTS)),
        ("fine", again.ema["fine"], len(FINE_INPUTS)),
    )
    for name, network, inputs in networks:
        assert isinstance(network, UNet)
        path = tmp_path / f"{name}.onnx"
        assert export_network(network, inputs, 16, path) < 1e-4
        model = onnx.load(str(path))
        ops = {n.op_type for n in model.graph.node}
        assert not ops & FORBIDDEN
        for node in model.graph.node:
            for attribute in node.attribute:
                assert not (attribute.name == "group" and attribute.i != 1)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        patch, implant = session.run(None, {"input": np.zeros((1, inputs, 16, 16, 16), np.float32)})
        assert patch.shape == implant.shape == (1, 1, 16, 16, 16)
        assert float(patch.min()) >= 0.0 and float(patch.max()) <= 1.0


def test_single_branches_are_trained_alone_and_exported_as_one(subject: Subject, tmp_path: Path) -> None:
    tiny = PRESETS["tiny"]
    trained = {}
    for branch in ("patch", "implant"):
        config = Config(batch=1, preset="tiny", branch=branch, steps=2)
        trained[branch] = Trainer(config, Generator([subject], 2, preset=tiny), [])
        (tmp_path / branch).mkdir()
        run(trained[branch], tmp_path / branch)
    x = torch.rand(1, len(FINE_INPUTS), 16, 16, 16)
    patch_net, implant_net = trained["patch"].fine.eval(), trained["implant"].fine.eval()
    both = SeparateBranches(patch_net, implant_net, FINE_INPUTS).eval()
    with torch.no_grad():
        assert float(foreground(patch_net(x)[1]).max()) < 1e-6
        assert float(foreground(implant_net(x)[0]).max()) < 1e-6
        patch, implant = both(x)
        # Neither sees the other's coarse estimate.
        without = x.clone()
        without[:, FINE_INPUTS.index("coarse implant")] = 0.0
        assert torch.equal(patch, patch_net(without)[0])
        without = x.clone()
        without[:, FINE_INPUTS.index("coarse patch")] = 0.0
        assert torch.equal(implant, implant_net(without)[1])
    assert export_network(both, len(FINE_INPUTS), 16, tmp_path / "fine.onnx") < 1e-4


def test_a_run_starts_from_an_exported_model(subject: Subject, tmp_path: Path) -> None:
    tiny = PRESETS["tiny"]

    def trainer(preset: str, seed: int) -> Trainer:
        return Trainer(Config(preset=preset, seed=seed), Generator([subject], 2, preset=tiny), [])

    first, second = trainer("tiny", 1), trainer("tiny", 2)
    for name, network, inputs in (
        ("coarse", first.coarse, len(COARSE_INPUTS)),
        ("fine", first.fine, len(FINE_INPUTS)),
    ):
        export_network(network, inputs, 16, tmp_path / f"{name}.onnx")
    start_from(second, tmp_path)
    for ours, theirs in ((first.coarse, second.coarse), (first.fine, second.ema["fine"])):
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            # Exported in half precision.
            assert torch.allclose(a, b, rtol=1e-3, atol=1e-4)
    third = trainer("tiny", 3)
    untouched = trainer("tiny", 3)
    start_from(third, tmp_path, ["coarse"])
    for a, b in zip(third.coarse.parameters(), second.coarse.parameters(), strict=True):
        assert torch.equal(a, b)
    for a, b in zip(third.fine.parameters(), untouched.fine.parameters(), strict=True):
        assert torch.equal(a, b)
    training = {"updates": {"coarse": 5, "fine": 7}}
    (tmp_path / "model.json").write_text(
        json.dumps({"name": "tiny", "version": "1.0.0", "training": training, "licence": "none"})
    )
    run = tmp_path / "run"
    run.mkdir()
    start = run_start(run, tmp_path)
    assert start == {"name": "tiny", "version": "1.0.0", "training": training}
    (run / "config.json").write_text(json.dumps({"start": start}))
    assert run_start(run) == start
    assert updates({"coarse": 2, "fine": 3}, start) == {"coarse": 7, "fine": 10}
    assert updates({"coarse": 2, "fine": 3}, run_start(tmp_path)) == {"coarse": 2, "fine": 3}
    one = run_start(tmp_path, tmp_path, ["coarse"])
    assert one is not None and one["networks"] == ["coarse"]
    assert updates({"coarse": 2, "fine": 3}, one) == {"coarse": 7, "fine": 3}
    with pytest.raises(ValueError, match="not of the preset lite"):
        start_from(trainer("lite", 3), tmp_path)

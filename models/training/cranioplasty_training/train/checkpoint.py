"""What a run goes on from, and the weights of a released model that it may begin with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..cascade.model import COARSE_INPUTS, FINE_INPUTS, fine_inputs
from ..cascade.onnx_file import exported_weights
from .processes import rank
from .trainer import Trainer

NETWORKS = ("coarse", "fine")
# Inputs that both networks see of any model.
SEEN = len(COARSE_INPUTS)


def state_of(trainer: Trainer) -> dict[str, Any]:
    """All that a run needs to go on."""
    return {
        "config": asdict(trainer.config),
        "coarse": trainer.coarse.state_dict(),
        "fine": trainer.fine.state_dict(),
        "ema": {k: v.state_dict() for k, v in trainer.ema.items()},
        "optimizers": {k: v.state_dict() for k, v in trainer.optimizers.items()},
        "counts": trainer.counts,
        "step": trainer.step,
        "elapsed": trainer.elapsed,
        "rng": trainer.data.rng.bit_generator.state,
    }


def save(trainer: Trainer, path: Path) -> None:
    """Write a checkpoint atomically."""
    temporary = path.with_suffix(".tmp")
    torch.save(state_of(trainer), temporary)
    temporary.replace(path)


def load(trainer: Trainer, path: Path) -> dict[str, Any]:
    """Continue from a checkpoint; returns the configuration that wrote it."""
    state = torch.load(path, weights_only=False, map_location=trainer.config.device)
    trainer.coarse.load_state_dict(state["coarse"])
    trainer.fine.load_state_dict(state["fine"])
    for k, v in trainer.ema.items():
        v.load_state_dict(state["ema"][k])
    for k, o in trainer.optimizers.items():
        o.load_state_dict(state["optimizers"][k])
    trainer.counts = state["counts"]
    trainer.step = state["step"]
    trainer.elapsed = state["elapsed"]
    # The other processes of a run have streams of their own.
    if rank() == 0:
        trainer.data.rng.bit_generator.state = state["rng"]
    return state["config"]


def saved_step(path: Path) -> int:
    """Steps of a checkpoint, 0 without one; reads none of its tensors."""
    if not path.exists():
        return 0
    return int(torch.load(path, weights_only=False, map_location="cpu", mmap=True)["step"])


def start_from(trainer: Trainer, folder: Path, networks: Sequence[str] = NETWORKS) -> None:
    """Begin with the weights of ``networks`` of an exported model; the optimisers begin anew.

    Raises ``ValueError`` if one of them has another shape than the preset's.
    """
    for name in networks:
        network = getattr(trainer, name)
        state = exported_weights(folder / f"{name}.onnx")
        more = len(fine_inputs(trainer.preset)) - len(FINE_INPUTS)
        if name == "fine" and more > 0:
            state = with_inputs(state, SEEN, more)
        own = {k: v.shape for k, v in network.state_dict().items()}
        if own != {k: v.shape for k, v in state.items()}:
            raise ValueError(f"{folder / name}.onnx is not of the preset {trainer.preset.name}")
        network.load_state_dict(state)
        trainer.ema[name].load_state_dict(state)


def with_inputs(state: dict[str, Tensor], before: int, more: int) -> dict[str, Tensor]:
    """Weights of a network that sees ``more`` inputs after the first ``before``; it ignores them yet.

    A model that saw no shape prior's distance so begins like one that does.
    """
    out = dict(state)
    for name in ("down.0.layers.0.weight", "patch.straight.weight", "implant.straight.weight"):
        if name not in state or state[name].shape[1] > before + 2:
            continue
        w = state[name]
        out[name] = torch.cat([w[:, :before], w.new_zeros(w.shape[0], more, *w.shape[2:]), w[:, before:]], 1)
    return out


def run_start(
    run: Path, model: Path | None = None, networks: Sequence[str] | None = None
) -> dict[str, Any] | None:
    """Name, version and training of the model that a run began with, and which of its networks; None if it
    began with none.

    A run that is resumed has it in its ``config.json``; a new one begins with ``model``.
    """
    config = run / "config.json"
    if config.exists() and (start := json.loads(config.read_text()).get("start")):
        return start
    if model is None:
        return None
    manifest = json.loads((model / "model.json").read_text())
    start = {k: manifest[k] for k in ("name", "version", "training")}
    return start if networks is None else {**start, "networks": list(networks)}

"""Train the cascade on synthetic samples; resumes by itself from ``RUN/last.pt``.

    python -m cranioplasty_training.train --cache DIR --run DIR --minutes 75 --coarse-minutes 25
    python -m cranioplasty_training.train --cache DIR --run DIR --steps 400 --coarse-steps 150
    torchrun --standalone --nproc-per-node 4 -m -- cranioplasty_training.train --preset base --device cuda ...

With ``--steps`` a run goes by steps and not by the clock, so that runs can be compared whatever else the
machine does.

Phase 1 trains the coarse network on the coarse loss.  Phase 2 trains the fine network on random
crops around the defect; every second step is joint: one backward pass of the coarse loss plus the
fine loss, whose gradient reaches the coarse network through its upsampled output (the paper makes
two updates; one saves a forward pass).  The paper's samples have the truth of one branch each;
synthetic samples have both, so both branches learn from every sample; of a real case (``--cases``)
only the branches learn for which it has a truth.

Under ``torchrun`` each process draws its own samples and the gradients are averaged.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import math
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from torch import Tensor, distributed
from torch.nn import functional as F

from .alignment import BOX_MM
from .cases import load_case
from .generator import PLAIN, REGIONS, Generator, Sample, grid_points
from .model import (
    COARSE_INPUTS,
    FINE_INPUTS,
    UNet,
    coarse_network,
    fine_inputs,
    fine_network,
    foreground,
    segmentation_loss,
)
from .prepare import load_subject
from .presets import PRESETS, Preset
from .splits import TRAIN, VALIDATION


@dataclass(frozen=True)
class Config:
    """Everything that defines a run."""

    seed: int = 20210
    batch: int = 2
    # Fine windows of a sample: a window costs less to make than a head.
    windows: int = 2
    rate: float = 1.5e-3
    # Cross-entropy beside soft Dice (see ``segmentation_loss``).
    entropy: float = 1.0
    warmup: int = 60
    ema: float = 0.995
    minutes: float = 75.0
    coarse_minutes: float = 25.0
    preset: str = "lite"
    # "patch" or "implant" trains one branch alone, for comparison (paper, section 3); the other is silent.
    branch: str = "both"
    device: str = "cpu"
    # bfloat16 in the convolutions; CUDA only.
    mixed: bool = False
    compile: bool = False
    threads: int = 2
    # If set, the run goes by steps instead of minutes.
    steps: int = 0
    coarse_steps: int = 0


def upsample_at(coarse: Tensor, corners: Iterable[tuple[float, float, float]], preset: Preset) -> Tensor:
    """Coarse probabilities [N, C, n, n, n] at the voxel centres of each sample's fine window.

    Trilinear, align_corners=False, border replicated: the same values as upsampling the whole
    volume and cropping.  Returns [N, C, w, w, w].
    """
    size = (preset.window,) * 3
    grids = [grid_points(c, preset.fine_mm, size, coarse.device) / BOX_MM * 2.0 - 1.0 for c in corners]
    return F.grid_sample(
        coarse, torch.stack(grids), mode="bilinear", padding_mode="border", align_corners=False
    )


def dice(p: Tensor, target: Tensor) -> float:
    """Dice at 0.5 of one volume."""
    a, b = p > 0.5, target > 0.5
    total = int(a.sum() + b.sum())
    return 1.0 if total == 0 else 2.0 * int((a & b).sum()) / total


def seen_and_truths(views: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs, patches and implants of a batch of views [N, C + 2, z, y, x] (see ``Views.all``)."""
    return views[:, :-2], views[:, -2:-1], views[:, -1:]


# Inputs that both networks see of any model.
SEEN = len(COARSE_INPUTS)


class Progress(NamedTuple):
    """How far a run is, where its fine network begins and where it ends: minutes or steps."""

    now: float
    fine_from: float
    end: float


class Trainer:
    """Networks, optimisers, EMA and data of a run."""

    def __init__(self, config: Config, train: Generator, monitor: list[Sample]) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.preset = PRESETS[config.preset]
        self.data = train
        self.coarse = coarse_network(self.preset)
        self.fine = fine_network(self.preset)
        for network in (self.coarse, self.fine):
            if config.branch == "patch":
                network.implant.silence()
            elif config.branch == "implant":
                network.patch.silence()
            network.to(config.device, memory_format=torch.channels_last_3d)
        self.ema = {"coarse": copy.deepcopy(self.coarse), "fine": copy.deepcopy(self.fine)}
        # What computes the forward pass; the parameters are those of the networks above.
        self.forward = {
            k: torch.compile(n) if config.compile else n
            for k, n in (("coarse", self.coarse), ("fine", self.fine))
        }
        self.counts = {"coarse": 0, "fine": 0}
        self.optimizers = {
            "coarse": torch.optim.Adam(self.coarse.parameters(), lr=config.rate),
            "fine": torch.optim.Adam(self.fine.parameters(), lr=config.rate),
        }
        self.step = 0
        self.elapsed = 0.0
        rng = np.random.default_rng(7)
        self.monitor = []
        for sample in monitor:
            coarse = sample.coarse()
            corner = sample.crop_corner(rng, coarse.patch)
            self.monitor.append((coarse, corner, sample.fine(corner)))

    def progress(self) -> Progress:
        """By steps where their number is set, by the clock otherwise."""
        c = self.config
        if c.steps:
            return Progress(self.step, c.coarse_steps, c.steps)
        return Progress(self.elapsed / 60.0, c.coarse_minutes, c.minutes)

    def _rate(self, name: str) -> float:
        """Warm-up, then cosine over the part of the run in which the network trains."""
        c = self.config
        now, fine_from, end = self.progress()
        start = 0.0 if name == "coarse" else fine_from
        part = (now - start) / max(end - start, 1e-9)
        cosine = 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * min(max(part, 0.0), 1.0)))
        return c.rate * cosine * min(1.0, (self.counts[name] + 1) / c.warmup)

    def _update(self, name: str, network: UNet) -> None:
        optimizer = self.optimizers[name]
        average_gradients(network)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        for group in optimizer.param_groups:
            group["lr"] = self._rate(name)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        self.counts[name] += 1
        decay = min(self.config.ema, (1 + self.counts[name]) / (20 + self.counts[name]))
        with torch.no_grad():
            for a, b in zip(self.ema[name].parameters(), network.parameters(), strict=True):
                a.lerp_(b, 1.0 - decay)

    def train_step(self) -> dict[str, float]:
        """One optimisation step; returns the losses."""
        now, fine_from, _ = self.progress()
        fine_phase = now >= fine_from
        joint = not fine_phase or self.step % 2 == 0
        heads, corners, crops, known = [], [], [], []
        for _ in range(self.config.batch):
            sample = self.data.sample()
            head = sample.coarse()
            heads.append(head.all())
            known.append(sample.known)
            if fine_phase:
                for _ in range(self.config.windows):
                    corner = sample.crop_corner(
                        self.data.rng, head.patch if sample.known[0] else head.implant
                    )
                    corners.append(corner)
                    crops.append(sample.fine(corner).all())
        sides, patches, implants = seen_and_truths(torch.stack(heads))
        x = sides.contiguous(memory_format=torch.channels_last_3d)
        losses: dict[str, float] = {}
        truths = torch.tensor(known, dtype=torch.float32, device=self.config.device)
        for k, branch in enumerate(("patch", "implant")):
            if self.config.branch not in ("both", branch):
                truths[:, k] = 0.0
        total = torch.zeros((), device=self.config.device)
        mixed = torch.autocast(self.config.device, torch.bfloat16, enabled=self.config.mixed)
        with torch.set_grad_enabled(joint), mixed:
            patch, implant = self.forward["coarse"](x)
            if joint:
                loss = segmentation_loss(patch, patches, truths[:, 0], self.config.entropy)
                loss = loss + segmentation_loss(implant, implants, truths[:, 1], self.config.entropy)
                losses["coarse"] = float(loss.detach())
                total = total + loss
            if fine_phase:
                hint = torch.cat([foreground(patch), foreground(implant)], 1)
                hint = hint.float().repeat_interleave(self.config.windows, 0)
                hint = upsample_at(hint, corners, self.preset)
        if fine_phase:
            truths = truths.repeat_interleave(self.config.windows, 0)
            sides, patches, implants = seen_and_truths(torch.stack(crops))
            x = torch.cat([sides, hint], 1).contiguous(memory_format=torch.channels_last_3d)
            with mixed:
                patch, implant = self.forward["fine"](x)
            loss = segmentation_loss(patch, patches, truths[:, 0], self.config.entropy)
            loss = loss + segmentation_loss(implant, implants, truths[:, 1], self.config.entropy)
            losses["fine"] = float(loss.detach())
            total = total + loss
        total.backward()
        if joint:
            self._update("coarse", self.coarse)
        if fine_phase:
            self._update("fine", self.fine)
        self.step += 1
        return losses

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Mean Dice of the EMA networks on the fixed validation samples."""
        out: dict[str, list[float]] = {k: [] for k in ("cp", "ci", "fp", "fi", "up")}
        for head, corner, crop in self.monitor:
            a, b = self.ema["coarse"](head.seen()[None])
            a, b = foreground(a), foreground(b)
            out["cp"].append(dice(a[0, 0], head.patch))
            out["ci"].append(dice(b[0, 0], head.implant))
            if self.counts["fine"] > 0:
                hint = upsample_at(torch.cat([a, b], 1), [corner], self.preset)
                p, i = self.ema["fine"](torch.cat([crop.seen()[None], hint], 1))
                out["fp"].append(dice(foreground(p)[0, 0], crop.patch))
                out["fi"].append(dice(foreground(i)[0, 0], crop.implant))
                out["up"].append(dice(hint[0, 0] * (1 - crop.skull), crop.patch))
        return {k: float(np.mean(v)) for k, v in out.items() if v}

    def start_from(self, folder: Path, optional: Sequence[str] = ()) -> None:
        """Begin with the weights of an exported model; the optimisers begin anew.

        A network of ``optional`` that has another shape begins without.  Raises ``ValueError`` if another
        network of the model has another shape than the preset's.
        """
        for name, network in (("coarse", self.coarse), ("fine", self.fine)):
            state = exported_weights(folder / f"{name}.onnx")
            more = len(fine_inputs(self.preset)) - len(FINE_INPUTS)
            if name == "fine" and more > 0:
                state = with_inputs(state, SEEN, more)
            own = {k: v.shape for k, v in network.state_dict().items()}
            if own != {k: v.shape for k, v in state.items()}:
                if name in optional:
                    continue
                raise ValueError(f"{folder / name}.onnx is not of the preset {self.preset.name}")
            network.load_state_dict(state)
            self.ema[name].load_state_dict(state)

    def save(self, path: Path) -> None:
        """Write a checkpoint atomically."""
        state = {
            "config": asdict(self.config),
            "coarse": self.coarse.state_dict(),
            "fine": self.fine.state_dict(),
            "ema": {k: v.state_dict() for k, v in self.ema.items()},
            "optimizers": {k: v.state_dict() for k, v in self.optimizers.items()},
            "counts": self.counts,
            "step": self.step,
            "elapsed": self.elapsed,
            "rng": self.data.rng.bit_generator.state,
        }
        temporary = path.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.replace(path)

    def load(self, path: Path) -> None:
        """Continue from a checkpoint."""
        state = torch.load(path, weights_only=False, map_location=self.config.device)
        self.coarse.load_state_dict(state["coarse"])
        self.fine.load_state_dict(state["fine"])
        for k, v in self.ema.items():
            v.load_state_dict(state["ema"][k])
        for k, o in self.optimizers.items():
            o.load_state_dict(state["optimizers"][k])
        self.counts = state["counts"]
        self.step = state["step"]
        self.elapsed = state["elapsed"]
        # The other processes of a run have streams of their own.
        if rank() == 0:
            self.data.rng.bit_generator.state = state["rng"]


def exported_weights(path: Path) -> dict[str, Tensor]:
    """Parameters of a network as ``export_onnx`` wrote it, by their names in the network, as float32."""
    graph = onnx.load(str(path)).graph
    tensors = {
        t.name.removesuffix("_fp16"): torch.from_numpy(onnx.numpy_helper.to_array(t).astype(np.float32))
        for t in graph.initializer
    }
    # The exporter stores equal parameters once.
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
    return {name.removeprefix("network."): value for name, value in tensors.items()}


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


def run_start(run: Path, model: Path | None = None) -> dict[str, Any] | None:
    """Name, version and training of the model that a run began with; None if it began with none.

    A run that is resumed has it in its ``config.json``; a new one begins with ``model``.
    """
    config = run / "config.json"
    if config.exists() and (start := json.loads(config.read_text()).get("start")):
        return start
    if model is None:
        return None
    manifest = json.loads((model / "model.json").read_text())
    return {k: manifest[k] for k in ("name", "version", "training")}


def rank() -> int:
    """Number of this process under torchrun; 0 without."""
    return int(os.environ.get("RANK", "0"))


def average_gradients(network: UNet) -> None:
    """Mean of the gradients of all processes, in place."""
    if not distributed.is_initialized():
        return
    for p in network.parameters():
        if p.grad is not None:
            distributed.all_reduce(p.grad)
            p.grad /= distributed.get_world_size()


def same_clock(elapsed: float, device: str) -> float:
    """The first process's time: the phase and the rate follow the clock and must not differ."""
    if not distributed.is_initialized():
        return elapsed
    clock = torch.tensor([elapsed], device=device, dtype=torch.float64)
    distributed.broadcast(clock, 0)
    return float(clock)


def run(trainer: Trainer, folder: Path, save_every: float = 300.0) -> None:
    """Train for the configured time or number of steps, logging to ``loss.csv``."""
    config = trainer.config
    first = rank() == 0
    last_save = time.monotonic()
    sums: dict[str, list[float]] = {"coarse": [], "fine": []}
    with (folder / "loss.csv" if first else Path(os.devnull)).open("a", newline="") as stream:
        writer = csv.writer(stream)
        while trainer.progress().now < trainer.progress().end:
            start = time.monotonic()
            for k, v in trainer.train_step().items():
                sums[k].append(v)
            now = time.monotonic()
            trainer.elapsed = same_clock(trainer.elapsed + now - start, config.device)
            if first and trainer.step % 20 == 0:
                row = [f"{np.mean(v):.4f}" if v else "" for v in sums.values()]
                line = [trainer.step, *trainer.counts.values(), f"{trainer.elapsed:.0f}", *row]
                writer.writerow(line)
                stream.flush()
                print(*line, flush=True)
                sums = {"coarse": [], "fine": []}
            if first and now - last_save > save_every:
                trainer.save(folder / "last.pt")
                print("validation", trainer.step, trainer.evaluate(), flush=True)
                last_save = time.monotonic()
    if first:
        trainer.save(folder / "last.pt")
        result = trainer.evaluate()
        print("validation", trainer.step, result, flush=True)
        (folder / "done.json").write_text(json.dumps({"step": trainer.step, "validation": result}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="model folder whose weights a new run begins with")
    parser.add_argument("--preset", choices=sorted(PRESETS), default=Config.preset)
    parser.add_argument("--branch", choices=("both", "patch", "implant"), default=Config.branch)
    parser.add_argument("--minutes", type=float, default=Config.minutes)
    parser.add_argument("--coarse-minutes", type=float, default=Config.coarse_minutes)
    parser.add_argument("--steps", type=int, default=Config.steps, help="instead of --minutes")
    parser.add_argument("--coarse-steps", type=int, default=Config.coarse_steps)
    parser.add_argument("--batch", type=int, default=Config.batch)
    parser.add_argument("--windows", type=int, default=Config.windows, help="fine windows of a sample")
    parser.add_argument("--rate", type=float, default=Config.rate)
    parser.add_argument("--entropy", type=float, default=Config.entropy, help="weight of the cross-entropy")
    parser.add_argument("--seed", type=int, default=Config.seed)
    parser.add_argument("--cases", type=Path, help="folder of case-*.npz")
    parser.add_argument("--case-share", type=float, default=0.3, help="share of real cases")
    parser.add_argument("--device", default=Config.device)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    device = args.device
    if "WORLD_SIZE" in os.environ:
        distributed.init_process_group("nccl" if device == "cuda" else "gloo")
        if device == "cuda":
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    config = Config(
        seed=args.seed,
        batch=args.batch,
        windows=args.windows,
        rate=args.rate,
        entropy=args.entropy,
        minutes=args.minutes,
        coarse_minutes=args.coarse_minutes,
        preset=args.preset,
        branch=args.branch,
        device=device,
        mixed=args.mixed,
        compile=args.compile,
        steps=args.steps,
        coarse_steps=args.coarse_steps,
    )
    torch.set_num_threads(config.threads)
    args.run.mkdir(parents=True, exist_ok=True)
    train = [load_subject(args.cache, s) for s in TRAIN]
    held = [load_subject(args.cache, s) for s in VALIDATION]
    preset = PRESETS[config.preset]
    monitor_source = Generator(held, 99, PLAIN, preset, device)
    monitor = [monitor_source.sample(r, k) for k in range(len(held)) for r in REGIONS]
    paths = sorted(args.cases.glob("case-*.npz")) if args.cases else []
    cases = [load_case(p) for p in paths]
    seed = config.seed + 1000 * rank()
    generator = Generator(train, seed, None, preset, device, cases=cases, case_share=args.case_share)
    trainer = Trainer(config, generator, monitor)
    if (args.run / "last.pt").exists():
        trainer.load(args.run / "last.pt")
        print("resumed at step", trainer.step, flush=True)
    elif args.start:
        trainer.start_from(args.start)
    if rank() == 0:
        record = {**asdict(config), "data": {s.name: s.sha256 for s in (*train, *held, *cases)}}
        if start := run_start(args.run, args.start):
            record["start"] = start
        (args.run / "config.json").write_text(json.dumps(record, indent=2) + "\n")
    run(trainer, args.run)


if __name__ == "__main__":
    main()

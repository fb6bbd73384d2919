"""Networks, losses and the optimisation step.

Phase 1 trains the coarse network on the coarse loss.  Phase 2 trains the fine network on random
crops around the defect; every second step is joint: one backward pass of the coarse loss plus the
fine loss, whose gradient reaches the coarse network through its upsampled output (the paper makes
two updates; one saves a forward pass).  The paper's samples have the truth of one branch each;
synthetic samples have both, so both branches learn from every sample; of a real case only the
branches learn for which it has a truth.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..cascade.model import (
    UNet,
    coarse_network,
    fine_network,
    foreground,
    segmentation_loss,
    upsample_at,
    use_plain_norm,
)
from ..cascade.presets import PRESETS
from ..defects.generator import Generator
from ..defects.sample import Sample
from .config import Config, Progress
from .feed import Batch, Feed, InStep, blank_batch
from .folds import FoldPriors
from .processes import average_gradients


def dice(p: Tensor, target: Tensor) -> float:
    """Dice at 0.5 of one volume."""
    a, b = p > 0.5, target > 0.5
    total = int(a.sum() + b.sum())
    return 1.0 if total == 0 else 2.0 * int((a & b).sum()) / total


def seen_and_truths(views: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs, patches and implants of a batch of views [N, C + 2, z, y, x] (see ``Views.all``)."""
    return views[:, :-2], views[:, -2:-1], views[:, -1:]


class Trainer:
    """Networks, optimisers and EMA of a run, and what feeds them."""

    def __init__(
        self,
        config: Config,
        train: Generator,
        monitor: Sequence[Sample],
        priors: FoldPriors | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.preset = PRESETS[config.preset]
        self.data = train
        self.feed: Feed = InStep(train, config, priors)
        self.coarse = coarse_network(self.preset)
        self.fine = fine_network(self.preset)
        for network in (self.coarse, self.fine):
            if config.branch == "patch":
                network.implant.silence()
            elif config.branch == "implant":
                network.patch.silence()
            use_plain_norm(network, config.plain_norm)
            network.to(config.device, memory_format=torch.channels_last_3d)
        self.ema = {"coarse": copy.deepcopy(self.coarse), "fine": copy.deepcopy(self.fine)}
        # What computes the forward pass; the parameters are those of the networks above.  Both share the
        # code that is compiled: dynamic shapes would be what the second makes of it.
        self.forward = {
            k: torch.compile(n, dynamic=False) if config.compile else n
            for k, n in (("coarse", self.coarse), ("fine", self.fine))
        }
        self.counts = {"coarse": 0, "fine": 0}
        self.optimizers = {
            "coarse": torch.optim.Adam(self.coarse.parameters(), lr=config.rate),
            "fine": torch.optim.Adam(self.fine.parameters(), lr=config.rate),
        }
        self.step = 0
        self.elapsed = 0.0
        # Which branches learn.
        learns = [float(config.branch in ("both", b)) for b in ("patch", "implant")]
        self.branches = torch.tensor(learns, device=config.device)
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

    def fine_phase(self) -> bool:
        """Whether the fine network is being trained."""
        now, fine_from, _ = self.progress()
        return now >= fine_from

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

    def losses(self, batch: Batch, fine: bool, joint: bool) -> tuple[Tensor, dict[str, Tensor]]:
        """The sum to descend on, and the loss of each network that learns from it (not read: that waits).

        Compiled networks keep to one graph each: the coarse one always computes as for a backward pass, the
        input of the fine one always has a gradient.
        """
        c = self.config
        losses: dict[str, Tensor] = {}
        total = torch.zeros((), device=c.device)
        known = batch.known * self.branches
        sides, patches, implants = seen_and_truths(batch.heads)
        x = sides.contiguous(memory_format=torch.channels_last_3d)
        mixed = torch.autocast(torch.device(c.device).type, torch.bfloat16, enabled=c.mixed)
        with torch.set_grad_enabled(joint or c.compile), mixed:
            patch, implant = self.forward["coarse"](x)
            if joint:
                loss = segmentation_loss(patch, patches, known[:, 0], c.entropy)
                loss = loss + segmentation_loss(implant, implants, known[:, 1], c.entropy)
                losses["coarse"] = loss.detach()
                total = total + loss
            if fine:
                hint = torch.cat([foreground(patch), foreground(implant)], 1)
                hint = hint if joint else hint.detach()
                hint = hint.float().repeat_interleave(c.windows, 0)
                hint = upsample_at(hint, batch.corners, self.preset)
                if c.compile and not joint:
                    hint.requires_grad_()
        if fine:
            assert batch.crops is not None
            known = known.repeat_interleave(c.windows, 0)
            sides, patches, implants = seen_and_truths(batch.crops)
            x = torch.cat([sides, hint], 1).contiguous(memory_format=torch.channels_last_3d)
            with mixed:
                patch, implant = self.forward["fine"](x)
            loss = segmentation_loss(patch, patches, known[:, 0], c.entropy)
            loss = loss + segmentation_loss(implant, implants, known[:, 1], c.entropy)
            losses["fine"] = loss.detach()
            total = total + loss
        return total, losses

    def train_step(self) -> dict[str, Tensor]:
        """One optimisation step; returns the losses, unread."""
        fine = self.fine_phase()
        joint = not fine or self.step % 2 == 0
        total, losses = self.losses(self.feed.batch(fine), fine, joint)
        total.backward()
        if joint:
            self._update("coarse", self.coarse)
        if fine:
            self._update("fine", self.fine)
        self.step += 1
        return losses

    def warm_up(self) -> None:
        """Compile, and let cuDNN search its algorithms, for every kind of step; the run stays as it is."""
        batch = blank_batch(self.config, self.preset)
        for fine, joint in ((False, True), (True, True), (True, False)):
            began = time.monotonic()
            for _ in range(2):
                self.losses(batch, fine, joint)[0].backward()
                for network in (self.coarse, self.fine):
                    network.zero_grad(set_to_none=True)
            if self.config.cuda:
                torch.cuda.synchronize()
            print(f"warm-up, fine {fine}, joint {joint}: {time.monotonic() - began:.1f} s", flush=True)

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

"""The loop of a run: steps, the log, and when it leaves its state."""

from __future__ import annotations

import csv
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from .checkpoint import NETWORKS, save
from .feed import Ahead
from .processes import rank, same_clock
from .state_pieces import write_pieces
from .trainer import Trainer

LOG_EVERY = 20


class Losses:
    """Mean losses since the last line of the log; summed on the device and read only when asked for."""

    def __init__(self) -> None:
        self.sums: dict[str, tuple[Tensor | float, int]] = dict.fromkeys(NETWORKS, (0.0, 0))

    def add(self, losses: dict[str, Tensor]) -> None:
        for name, loss in losses.items():
            total, count = self.sums[name]
            self.sums[name] = (total + loss, count + 1)

    def means(self) -> dict[str, float]:
        """Those of the networks that learned.  Raises ``RuntimeError`` if one is not finite."""
        out = {name: float(total) / count for name, (total, count) in self.sums.items() if count}
        for name, mean in out.items():
            if not math.isfinite(mean):
                raise RuntimeError(f"the {name} loss is not finite")
        return out


@dataclass
class Saving:
    """Where and how often a run leaves its state."""

    folder: Path
    every: float = 300.0
    # Folder for the state in small pieces.
    home: Path | None = None

    def save(self, trainer: Trainer) -> None:
        save(trainer, self.folder / "last.pt")
        if self.home:
            write_pieces(trainer, self.folder, self.home)


def run(trainer: Trainer, folder: Path, saving: Saving | None = None, whole_clock: bool = False) -> None:
    """Train for the configured time or number of steps, logging to ``loss.csv``.

    With ``whole_clock`` the time of saves and evaluations counts as well.
    """
    saving = saving or Saving(folder)
    first = rank() == 0
    first_step = trainer.step
    began = mark = last_save = time.monotonic()
    losses = Losses()
    with (folder / "loss.csv" if first else Path(os.devnull)).open("a", newline="") as stream:
        writer = csv.writer(stream)
        while trainer.progress().now < trainer.progress().end:
            mark = mark if whole_clock else time.monotonic()
            losses.add(trainer.train_step())
            now = time.monotonic()
            trainer.elapsed = same_clock(trainer.elapsed + now - mark, trainer.config.device)
            mark = now
            if first and trainer.step % LOG_EVERY == 0:
                means = losses.means()
                row = [f"{means[n]:.4f}" if n in means else "" for n in NETWORKS]
                line = [trainer.step, *trainer.counts.values(), f"{trainer.elapsed:.0f}", *row]
                writer.writerow(line)
                stream.flush()
                print(*line, f"waited {trainer.feed.waited:.0f} s", flush=True)
                losses = Losses()
            if first and now - last_save > saving.every:
                # A state that is lost must not replace one that is not.
                losses.means()
                saving.save(trainer)
                print("validation", trainer.step, trainer.evaluate(), flush=True)
                last_save = time.monotonic()
    losses.means()
    took = time.monotonic() - began
    trainer.feed.close()
    if first:
        saving.save(trainer)
        done = {
            "step": trainer.step,
            "validation": trainer.evaluate(),
            "seconds": took,
            "ms a step": 1000.0 * took / max(trainer.step - first_step, 1),
            "waited for samples, s": trainer.feed.waited,
        }
        if isinstance(trainer.feed, Ahead):
            done["ms a sample, fields and windows"] = 1000.0 * trainer.feed.making / max(trainer.feed.made, 1)
        print("done", json.dumps(done), flush=True)
        (folder / "done.json").write_text(json.dumps(done))

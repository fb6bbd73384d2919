"""Picture of a run's losses for the model card.

pip install -e "models/training[plots]"
python -m cranioplasty_training.train.loss_curves --run runs/lite --out ../lite/loss.svg
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np


def read_losses(path: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Hours of step time and mean loss of the last 20 steps, for each network."""
    curves: dict[str, tuple[list[float], list[float]]] = {"coarse": ([], []), "fine": ([], [])}
    for _, _, _, seconds, *losses in csv.reader(path.open()):
        for name, loss in zip(curves, losses, strict=True):
            if loss:
                curves[name][0].append(float(seconds) / 3600.0)
                curves[name][1].append(float(loss))
    return curves


def smoothed(values: list[float], width: int = 9) -> np.ndarray:
    """Running mean, shorter at the ends."""
    ones = np.ones(width)
    return np.convolve(values, ones, "same") / np.convolve(np.ones(len(values)), ones, "same")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    plt.rcParams["svg.hashsalt"] = "cranioplasty"
    figure, axes = plt.subplots(figsize=(6.0, 3.2), layout="constrained")
    colours = {"coarse": "#0072b2", "fine": "#d55e00"}
    for name, (hours, loss) in read_losses(args.run / "loss.csv").items():
        axes.plot(hours, loss, color=colours[name], alpha=0.25, linewidth=0.8)
        axes.plot(hours, smoothed(loss), color=colours[name], label=name)
    axes.set(xlabel="step time, hours", ylabel="loss (patch + implant)")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(args.out, metadata={"Date": None})


if __name__ == "__main__":
    main()

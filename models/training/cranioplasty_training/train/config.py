"""What defines a run, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


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
    # How the norm is computed: "group", "plain", or "auto", which is the faster one on the device.
    norm: str = "auto"
    threads: int = 2
    # Processes that draw samples ahead; 0 draws them in the step.
    workers: int = 0
    # A training skull's shape prior is fitted to the skulls of the other folds.
    folds: int = 4
    # Shares of samples, see ``defects.generator.Settings``.  Bent skulls brought nothing in short runs.
    bent: float = 0.0
    healed: float = 0.25
    burr_holes: float = 0.25
    # If set, the run goes by steps instead of minutes.
    steps: int = 0
    coarse_steps: int = 0

    @property
    def cuda(self) -> bool:
        return self.device.startswith("cuda")

    @property
    def plain_norm(self) -> bool:
        """Whether the norm is computed plainly (see ``model.Norm``)."""
        return self.cuda if self.norm == "auto" else self.norm == "plain"


class Progress(NamedTuple):
    """How far a run is, where its fine network begins and where it ends: minutes or steps."""

    now: float
    fine_from: float
    end: float

"""What the processes of one run under torchrun have in common."""

from __future__ import annotations

import os

import torch
from torch import distributed, nn


def rank() -> int:
    """Number of this process under torchrun; 0 without."""
    return int(os.environ.get("RANK", "0"))


def join_group(device: str) -> None:
    """Meet the other processes of torchrun, if it started this one."""
    if "WORLD_SIZE" not in os.environ:
        return
    distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    if device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))


def average_gradients(network: nn.Module) -> None:
    """Mean of the gradients of all processes, in place."""
    if not distributed.is_initialized():
        return
    for p in network.parameters():
        if p.grad is not None:
            distributed.all_reduce(p.grad)
            p.grad /= distributed.get_world_size()


def same_clock(seconds: float, device: str) -> float:
    """The first process's time: the phase and the rate follow the clock and must not differ."""
    if not distributed.is_initialized():
        return seconds
    clock = torch.tensor([seconds], device=device, dtype=torch.float64)
    distributed.broadcast(clock, 0)
    return float(clock)

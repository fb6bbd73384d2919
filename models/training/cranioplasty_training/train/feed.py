"""What a step learns from: drawn in the step, or ahead of it by processes.

Drawing a sample and bending the shapes that continue its skull takes 27 000 small operations, which a GPU
would wait for: processes do it on the CPU (``Workers``).  To evaluate a sample's fields where the networks
look is a GPU's own kind of work: a thread with a stream of its own does it (``Ahead``), while the networks
train on the batch before.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..cascade.model import coarse_inputs, fine_inputs
from ..cascade.presets import Preset
from ..data.cases import RealCase
from ..data.subject import Subject
from ..defects.generator import Generator, Settings
from ..defects.sample import NODES, RealSample, Sample
from ..prior.lattice import BLOCK, LATTICE_NODES
from ..prior.registration import Registrations
from .config import Config
from .folds import FoldPriors
from .processes import rank


class Batch(NamedTuple):
    """Samples of a step on the device."""

    heads: Tensor  # [N, C + 2, n, n, n], see ``Views.all``
    known: Tensor  # [N, 2]: 1 where there is a truth for patch and implant
    corners: list[tuple[float, float, float]]
    crops: Tensor | None  # [N * windows, C + 2, w, w, w]; None before the fine phase


class Feed(Protocol):
    """Gives the batch of the next step; ``waited`` is for how many seconds in all a step waited for it."""

    waited: float

    def batch(self, fine: bool) -> Batch: ...

    def close(self) -> None: ...


def make_batch(
    draw: Callable[[], Sample],
    rng: np.random.Generator,
    config: Config,
    fine: bool,
    device: torch.device | str,
) -> Batch:
    """Evaluate what ``draw`` gives where the networks look."""
    heads, known, corners, crops = [], [], [], []
    for _ in range(config.batch):
        sample = draw()
        head = sample.coarse()
        heads.append(head.all())
        known.append(sample.known)
        if fine:
            for _ in range(config.windows):
                corner = sample.crop_corner(rng, head.patch if sample.known[0] else head.implant)
                corners.append(corner)
                crops.append(sample.fine(corner).all())
    truths = torch.tensor(known, dtype=torch.float32, device=device)
    return Batch(torch.stack(heads), truths, corners, torch.stack(crops) if fine else None)


def blank_batch(config: Config, preset: Preset) -> Batch:
    """A batch of the right shapes, which nobody had to draw."""

    def views(count: int, channels: Sequence[str], n: int) -> Tensor:
        return torch.full((count, len(channels) + 2, n, n, n), 0.5, device=config.device)

    windows = config.batch * config.windows
    # The coarse estimates are no part of a sample.
    seen = fine_inputs(preset)[:-2]
    return Batch(
        views(config.batch, coarse_inputs(preset), preset.coarse_size),
        torch.ones(config.batch, 2, device=config.device),
        [(0.0, 0.0, 0.0)] * windows,
        views(windows, seen, preset.window),
    )


class InStep:
    """Draws every batch when it is asked for."""

    def __init__(self, source: Generator, config: Config, priors: FoldPriors | None = None) -> None:
        self.source, self.config, self.priors = source, config, priors
        self.waited = 0.0

    def _draw(self) -> Sample:
        sample = self.source.sample()
        if self.priors:
            self.priors.give(sample)
        return sample

    def batch(self, fine: bool) -> Batch:
        began = time.monotonic()
        out = make_batch(self._draw, self.source.rng, self.config, fine, self.config.device)
        self.waited += time.monotonic() - began
        return out

    def close(self) -> None:
        pass


# --- processes that draw -----------------------------------------------------------------------------

LATTICE_SHAPE = (1, 5, *NODES[::-1])
FIT_SHAPE = (1, 3, *(n // BLOCK for n in LATTICE_NODES[::-1]))
SHAPES = (LATTICE_SHAPE, FIT_SHAPE, FIT_SHAPE)
SLOT = sum(math.prod(s) for s in SHAPES)
# What else a sample is made of.
REST = ("offset_mm", "round_mm", "realism", "region", "area_cm2", "center", "known", "healing")


def parts(slot: Any) -> list[Any]:
    """Lattice, fit of the mirror image and of the mean skull, as views of a slot [SLOT] of either library."""
    out, at = [], 0
    for shape in SHAPES:
        out.append(slot[at : at + math.prod(shape)].reshape(shape))
        at += math.prod(shape)
    return out


@dataclass
class Drawing:
    """What a worker draws from; fields as coarse as the lattice do."""

    subjects: Sequence[Subject]
    preset: Preset
    cases: Sequence[RealCase] = ()
    case_share: float = 0.0
    registrations: Registrations | None = None
    settings: Settings | None = None


def stream_seed(config: Config, worker: int, step: int) -> int:
    """Seed of a worker: another one for each process, and when a run goes on."""
    return int(np.random.SeedSequence([config.seed, rank(), worker, step]).generate_state(1)[0])


def draw_for_ever(drawing: Drawing, seed: int, slots: NDArray[np.float32], free, ready, stop) -> None:
    """A worker: draws samples, fits their shapes and writes both into a free slot of the shared memory."""
    parent = os.getppid()
    os.nice(5)
    torch.set_num_threads(1)
    source = Generator(
        drawing.subjects,
        seed,
        drawing.settings,
        drawing.preset,
        cases=drawing.cases,
        case_share=drawing.case_share,
        registrations=drawing.registrations,
    )
    while True:
        s = source.sample()
        made = (s.lattice, s.mirror_fit, s.mean_fit)
        while not stop.is_set() and os.getppid() == parent:
            try:
                k = free.get(timeout=0.5)
                break
            except queue.Empty:
                continue
        else:
            ready.cancel_join_thread()
            return
        for place, value in zip(parts(slots[k]), made, strict=True):
            place[...] = value.numpy()
        case = s.case.name if isinstance(s, RealSample) and s.case else None
        ready.put((k, s.subject.name, case, {n: getattr(s, n) for n in REST}))


class Workers:
    """Processes that draw samples ahead, as many as there are slots in a memory that all share.

    They are forked, so that the subjects' fields are in memory once.  Make them before anything touches a GPU
    or starts threads: a fork inherits neither.
    """

    def __init__(self, drawing: Drawing, config: Config, step: int = 0) -> None:
        context = multiprocessing.get_context("fork")
        count = max(8, 2 * config.workers)
        memory = context.RawArray("f", count * SLOT)
        self.slots = np.frombuffer(memory, np.float32).reshape(-1, SLOT)
        self.free, self.ready, self.stop = context.Queue(), context.Queue(), context.Event()
        for k in range(count):
            self.free.put(k)
        shared = (self.slots, self.free, self.ready, self.stop)
        self.processes = [
            context.Process(
                target=draw_for_ever, args=(drawing, stream_seed(config, k, step), *shared), daemon=True
            )
            for k in range(config.workers)
        ]
        for p in self.processes:
            p.start()

    def take(self, source: Generator) -> Sample:
        """The next sample, with its tensors on the device and the fields of the subjects of ``source``.

        Raises ``RuntimeError`` if a worker ended.
        """
        while True:
            try:
                k, name, case_name, rest = self.ready.get(timeout=1.0)
                break
            except queue.Empty:
                ended = [p.exitcode for p in self.processes if not p.is_alive()]
                if ended or self.stop.is_set():
                    raise RuntimeError(f"processes that draw samples ended: {ended}") from None
        # A copy, so that the slot is free at once.
        values = torch.from_numpy(self.slots[k].copy()).to(source.lattice_points.device)
        self.free.put(k)
        lattice, mirror, mean = parts(values)
        subject = next(s for s in source.subjects if s.name == name)
        case = next((c for c in source.cases if c.name == case_name), None)
        rest["shape_prior"] = source.shape_prior
        sample = (
            RealSample(source.preset, subject, lattice, **rest, case=case)
            if case
            else Sample(source.preset, subject, lattice, **rest)
        )
        # Cached properties: what the worker found needs not be computed again.
        sample.__dict__.update(mirror_fit=mirror, mean_fit=mean)
        return sample

    def end(self) -> None:
        self.stop.set()
        self.free.cancel_join_thread()
        for p in self.processes:
            p.join(1.0)
            if p.is_alive():
                p.terminate()
                p.join()


# --- batches ahead -----------------------------------------------------------------------------------


class Ahead:
    """Batches made by a thread while the networks train on the ones before."""

    def __init__(
        self,
        workers: Workers,
        source: Generator,
        config: Config,
        priors: FoldPriors | None,
        fine_phase: Callable[[], bool],
    ) -> None:
        self.workers, self.source, self.config = workers, source, config
        self.priors, self.fine_phase = priors, fine_phase
        # Two wait, one is in the making.
        self.batches: queue.Queue = queue.Queue(maxsize=2)
        self.waited, self.made, self.making = 0.0, 0, 0.0
        self.failure: BaseException | None = None
        self.ended = threading.Event()
        if config.cuda:
            # Fields and priors are made; the other stream may read them.
            torch.cuda.synchronize()
        current = torch.cuda.current_device() if config.cuda else None
        self.thread = threading.Thread(target=self._run, args=(current,), daemon=True)
        self.thread.start()

    def _draw(self) -> Sample:
        began = time.monotonic()
        sample = self.workers.take(self.source)
        self.making -= time.monotonic() - began
        if self.priors:
            self.priors.give(sample)
        return sample

    def _run(self, current: int | None) -> None:
        try:
            torch.set_num_threads(self.config.threads)
            if current is not None:
                # Which GPU is the current one every thread says for itself.
                torch.cuda.set_device(current)
            stream = torch.cuda.Stream() if self.config.cuda else None
            with torch.no_grad(), torch.cuda.stream(stream) if stream else nullcontext():
                while not self.ended.is_set():
                    began = time.monotonic()
                    batch = make_batch(
                        self._draw, self.source.rng, self.config, self.fine_phase(), self.config.device
                    )
                    done = stream.record_event() if stream else None
                    self.making += time.monotonic() - began
                    self.made += self.config.batch
                    self._offer(batch, done)
        except BaseException as failure:
            # For the step that waits for a batch.
            self.failure = failure

    def _offer(self, batch: Batch, done: torch.cuda.Event | None) -> None:
        while not self.ended.is_set():
            try:
                self.batches.put((batch, done), timeout=0.5)
                return
            except queue.Full:
                continue

    def batch(self, fine: bool) -> Batch:
        """The next batch; those made before the fine phase began are of no use in it."""
        began = time.monotonic()
        while True:
            try:
                batch, done = self.batches.get(timeout=0.2)
            except queue.Empty:
                if self.failure:
                    raise self.failure from None
                continue
            if batch.crops is not None or not fine:
                break
        self.waited += time.monotonic() - began
        if done:
            stream = torch.cuda.current_stream()
            stream.wait_event(done)
            for t in (batch.heads, batch.known, batch.crops):
                if t is not None:
                    t.record_stream(stream)
        return batch

    def close(self) -> None:
        """End the thread and the processes."""
        self.ended.set()
        self.workers.end()
        self.thread.join(30.0)


def workers_for(device: str) -> int:
    """How many processes draw samples if nobody says: none beside a CPU that trains, else most cores."""
    if not device.startswith("cuda"):
        return 0
    share = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, (os.cpu_count() or 2) // share - 2)

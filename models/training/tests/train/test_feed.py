"""Samples that processes draw ahead are those that a generator draws."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cranioplasty_training.cascade.presets import PRESETS
from cranioplasty_training.data.cases import RealCase
from cranioplasty_training.data.subject import Subject
from cranioplasty_training.defects.generator import Generator, Settings
from cranioplasty_training.defects.sample import RealSample
from cranioplasty_training.prior.registration import Registrations
from cranioplasty_training.train.config import Config
from cranioplasty_training.train.feed import (
    Ahead,
    Drawing,
    InStep,
    Workers,
    blank_batch,
    stream_seed,
    workers_for,
)
from cranioplasty_training.train.run import run
from cranioplasty_training.train.trainer import Trainer

TINY = PRESETS["tiny"]
CONFIG = Config(batch=1, preset="tiny", workers=1, steps=4, coarse_steps=2)


@contextmanager
def working(drawing: Drawing, config: Config = CONFIG) -> Iterator[Workers]:
    workers = Workers(drawing, config)
    try:
        yield workers
    finally:
        workers.end()


def test_a_worker_draws_what_a_generator_draws(subject: Subject) -> None:
    same = Generator([subject], stream_seed(CONFIG, 0, 0), preset=TINY)
    source = Generator([subject], 1, preset=TINY)
    with working(Drawing([subject], TINY)) as workers:
        for _ in range(3):
            got, expected = workers.take(source), same.sample()
            assert (got.region, got.known, got.area_cm2) == (
                expected.region,
                expected.known,
                expected.area_cm2,
            )
            assert torch.allclose(got.coarse().all(), expected.coarse().all(), atol=1e-3)
            corner = expected.crop_corner(np.random.default_rng(0), expected.coarse().patch)
            assert torch.allclose(got.fine(corner).all(), expected.fine(corner).all(), atol=1e-2)
        assert "mirror_fit" in got.__dict__ and got.subject is source.subjects[0]


def test_a_worker_bends_and_heals_as_a_generator_does(subject: Subject) -> None:
    heads = [replace(subject, name=n) for n in ("000", "001")]
    registrations = Registrations(heads)
    wave = 6.0 * torch.sin(torch.arange(16) / 3.0)
    registrations.fits["001"].to_mean[0] += wave[None, None, :]
    settings = Settings(bent=1.0, healed=1.0, burr_holes=1.0)
    same = Generator(heads, stream_seed(CONFIG, 0, 0), settings, TINY, registrations=registrations)
    source = Generator(heads, 1, preset=TINY)
    drawing = Drawing(heads, TINY, registrations=registrations, settings=settings)
    with working(drawing) as workers:
        for _ in range(2):
            got, expected = workers.take(source), same.sample()
            assert got.subject.name == expected.subject.name
            assert got.healing is not None
            assert torch.allclose(got.lattice, expected.lattice, atol=1e-3)
            assert torch.allclose(got.coarse().all(), expected.coarse().all(), atol=1e-3)


def test_each_worker_draws_something_else_and_so_does_a_run_that_goes_on() -> None:
    seeds = {stream_seed(CONFIG, worker, step) for worker in range(3) for step in (0, 100)}
    assert len(seeds) == 6


def test_a_worker_draws_real_cases(subject: Subject) -> None:
    fields = torch.cat([subject.fields[:, :1]] * 3, 1)
    case = RealCase("case-1", fields, (True, False), "0")
    source = Generator([subject], 1, preset=TINY, cases=[case], case_share=1.0)
    with working(Drawing([subject], TINY, [case], 1.0)) as workers:
        sample = workers.take(source)
    assert isinstance(sample, RealSample)
    assert sample.case is source.cases[0] and sample.known == (True, False)


def test_batches_ahead_are_like_those_in_the_step(subject: Subject) -> None:
    phase = {"fine": False}
    source = Generator([subject], 1, preset=TINY)
    ahead = Ahead(Workers(Drawing([subject], TINY), CONFIG), source, CONFIG, None, lambda: phase["fine"])
    try:
        coarse = ahead.batch(False)
        phase["fine"] = True
        # Those of the coarse phase that were ready are passed over.
        fine = ahead.batch(True)
    finally:
        ahead.close()
    assert not ahead.thread.is_alive()
    assert not any(p.is_alive() for p in ahead.workers.processes)
    assert coarse.crops is None and not coarse.corners
    in_step = InStep(Generator([subject], 2, preset=TINY), CONFIG).batch(True)
    for other in (in_step, blank_batch(CONFIG, TINY)):
        assert fine.heads.shape == other.heads.shape and fine.heads.dtype == other.heads.dtype
        assert fine.crops is not None and other.crops is not None
        assert fine.crops.shape == other.crops.shape
        assert fine.known.tolist() == other.known.tolist() == [[1.0, 1.0]]
        assert len(fine.corners) == len(other.corners) == CONFIG.windows
    # A skull and a little of it gone.
    for batch in (fine, in_step):
        skull, patch = batch.heads[:, 0].mean(), batch.heads[:, -2].mean()
        assert 0.02 < float(skull) < 0.3 and 0.0 < float(patch) < 0.05


def test_a_run_that_is_fed_trains(subject: Subject, tmp_path: Path) -> None:
    source = Generator([subject], 1, preset=TINY)
    workers = Workers(Drawing([subject], TINY), CONFIG)
    trainer = Trainer(CONFIG, source, [])
    trainer.feed = Ahead(workers, source, CONFIG, None, trainer.fine_phase)
    run(trainer, tmp_path)
    assert trainer.counts == {"coarse": 3, "fine": 2}


def test_a_worker_that_dies_ends_the_run(subject: Subject) -> None:
    source = Generator([subject], 1, preset=TINY)
    ahead = Ahead(Workers(Drawing([subject], TINY), CONFIG), source, CONFIG, None, lambda: False)
    try:
        ahead.batch(False)
        pid = ahead.workers.processes[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(RuntimeError, match="processes that draw samples ended"):
            for _ in range(40):
                ahead.batch(False)
    finally:
        ahead.close()


def test_a_cpu_that_trains_draws_in_the_step() -> None:
    assert workers_for("cpu") == 0
    assert workers_for("cuda") >= 1

"""Train the cascade on synthetic samples; resumes by itself from ``RUN/last.pt``.

    python -m cranioplasty_training.train --cache DIR --run DIR --minutes 75 --coarse-minutes 25
    python -m cranioplasty_training.train --cache DIR --run DIR --steps 400 --coarse-steps 150
    python -m cranioplasty_training.train --packed DIR --run DIR --subjects ct-train --held ct-validation \
        --preset prior-base --device cuda --mixed --compile --windows 4 --until 400
    torchrun --standalone --nproc-per-node 4 -m -- cranioplasty_training.train --preset base --device cuda ...

With ``--steps`` a run goes by steps and not by the clock, so that runs can be compared whatever else the
machine does; with ``--until`` it ends when so much time has passed since the command began.

Under ``torchrun`` each process draws its own samples and the gradients are averaged.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import torch

from .. import BORN
from ..cascade.presets import PRESETS, Preset
from ..data.cases import load_case
from ..data.source import Source
from ..data.splits import held_back, subjects_of
from ..data.subject import Subject
from ..defects.generator import PLAIN, Generator, Settings
from ..defects.random_defects import REGIONS
from ..prior.registration import Registrations
from .checkpoint import NETWORKS, load, run_start, saved_step, start_from
from .config import Config
from .feed import Ahead, Drawing, Workers, workers_for
from .folds import FoldPriors, without
from .processes import join_group, rank, same_clock
from .run import Saving, run
from .trainer import Trainer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m cranioplasty_training.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--cache", type=Path, help="folder of `prepare`")
    add("--packed", type=Path, help="folder of `packed`, instead of the cache or for some of the subjects")
    add("--fields", type=Path, help="where the fields of packed subjects are kept (RUN/fields)")
    add("--field-mm", type=float, default=0.6, help="spacing of the fields of packed subjects")
    add("--run", type=Path, required=True)
    add("--home", type=Path, help="folder for the state in pieces of 15 MiB (`state_pieces`)")
    add("--save-every", type=float, default=300.0, help="seconds")
    add("--subjects", default="train", help="of training: names and groups of `splits`, between commas")
    add("--held", default="validation", help="subjects to evaluate on; none if empty")
    add("--start", type=Path, help="model folder whose weights a new run begins with")
    add("--start-networks", default=",".join(NETWORKS), help="which of its networks")
    add("--preset", choices=sorted(PRESETS), default=Config.preset)
    add("--branch", choices=("both", "patch", "implant"), default=Config.branch)
    add("--minutes", type=float, default=Config.minutes)
    add("--coarse-minutes", type=float, help=f"{Config.coarse_minutes:g}, with --until a quarter of the run")
    add("--steps", type=int, default=Config.steps, help="instead of --minutes")
    add("--coarse-steps", type=int, default=Config.coarse_steps)
    add("--until", type=float, help="instead of --minutes: end this many seconds after the command began")
    add("--batch", type=int, default=Config.batch)
    add("--windows", type=int, default=Config.windows, help="fine windows of a sample")
    add("--rate", type=float, default=Config.rate)
    add("--entropy", type=float, default=Config.entropy, help="weight of the cross-entropy")
    add("--seed", type=int, default=Config.seed)
    add("--folds", type=int, default=Config.folds, help="of the shape priors for training")
    add("--cases", type=Path, help="folder of case-*.npz")
    add("--case-share", type=float, default=0.3, help="share of real cases")
    add("--bent", type=float, default=Config.bent, help="share of samples bent toward another training skull")
    add("--healed", type=float, default=Config.healed, help="share of defects with irregular healed borders")
    add("--burr-holes", type=float, default=Config.burr_holes, help="share with burr holes along the border")
    add("--workers", type=int, help="processes that draw samples; 0 (on a CPU) draws them in the step")
    add("--device", default=Config.device)
    add("--mixed", action="store_true")
    add("--compile", action="store_true")
    add("--norm", choices=("auto", "group", "plain"), default=Config.norm)
    args = parser.parse_args()
    if not args.cache and not args.packed:
        parser.error("--cache or --packed is needed")
    args.start_networks = [n for n in args.start_networks.split(",") if n]
    if not set(args.start_networks) <= set(NETWORKS):
        parser.error(f"--start-networks takes {' and '.join(NETWORKS)}")
    args.subjects, args.held = subjects_of(args.subjects), subjects_of(args.held)
    if held := held_back(args.subjects):
        parser.error(f"for validation only: {', '.join(held)}")
    if both := set(args.subjects) & set(args.held):
        parser.error(f"trained and evaluated on: {', '.join(sorted(both))}")
    return args


def config_of(args: argparse.Namespace) -> Config:
    """The configuration that the arguments ask for."""
    named = {f.name: getattr(args, f.name) for f in fields(Config) if getattr(args, f.name, None) is not None}
    named.setdefault("workers", workers_for(args.device))
    return Config(**named)


def ending(config: Config, args: argparse.Namespace, elapsed: float, saved: dict | None) -> Config:
    """With ``--until`` the run has what is left of the time; one that goes on keeps its coarse phase."""
    if args.until is None:
        return config
    left = same_clock(max(args.until - (time.monotonic() - BORN), 0.0), config.device)
    minutes = (elapsed + left) / 60.0
    coarse = args.coarse_minutes
    if coarse is None:
        coarse = saved["coarse_minutes"] if saved else 0.25 * minutes
    return replace(config, minutes=minutes, coarse_minutes=coarse)


def registered(subjects: Sequence[Subject], config: Config, preset: Preset) -> Registrations | None:
    """What bends the training skulls toward each other; None if none shall be."""
    if config.bent <= 0.0:
        return None
    # None is bent to a skull that its shape prior knows.
    known = without([s.name for s in subjects], config.folds) if preset.shape_prior else None
    return Registrations(subjects, known, max(1, config.workers))


def main() -> None:
    args = arguments()
    config = config_of(args)
    args.run.mkdir(parents=True, exist_ok=True)
    last = args.run / "last.pt"
    source = Source(args.cache, args.packed, args.fields or args.run / "fields", args.field_mm)
    names = [*args.subjects, *args.held]
    source.check(names)
    source.make_fields(names, config.device)
    cases = [load_case(p) for p in sorted(args.cases.glob("case-*.npz"))] if args.cases else []
    preset = PRESETS[config.preset]
    settings = Settings(bent=config.bent, healed=config.healed, burr_holes=config.burr_holes)
    workers = registrations = None
    if config.workers:
        coarse = [source.load_coarse(s) for s in args.subjects]
        registrations = registered(coarse, config, preset)
        drawing = Drawing(coarse, preset, cases, args.case_share, registrations, settings)
        workers = Workers(drawing, config, saved_step(last))
    # Nothing before this line may touch a GPU: the workers are forked.
    join_group(config.device)
    torch.set_num_threads(config.threads)
    if config.cuda:
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    train = [source.load(s, config.device) for s in args.subjects]
    held = [source.load(s, config.device) for s in args.held]
    if not workers:
        registrations = registered(train, config, preset)
    priors = None
    if preset.shape_prior:
        priors = FoldPriors(args.subjects, source.maps, config.folds, config.device)
    monitor_source = Generator(
        held, 99, PLAIN, preset, config.device, shape_prior=priors.everyone if priors else None
    )
    monitor = [monitor_source.sample(r, k) for k in range(len(held)) for r in REGIONS]
    seed = config.seed + 1000 * rank()
    generator = Generator(
        train,
        seed,
        settings,
        preset,
        config.device,
        cases=cases,
        case_share=args.case_share,
        registrations=registrations,
    )
    trainer = Trainer(config, generator, monitor, priors)
    saved = None
    if last.exists():
        saved = load(trainer, last)
        print("resumed at step", trainer.step, flush=True)
    elif args.start:
        start_from(trainer, args.start, args.start_networks)
    if config.compile or config.cuda:
        trainer.warm_up()
    trainer.config = config = ending(config, args, trainer.elapsed, saved)
    if rank() == 0:
        record = {**asdict(config), "data": {s.name: s.sha256 for s in (*train, *held, *cases)}}
        if start := run_start(args.run, args.start, args.start_networks):
            record["start"] = start
        (args.run / "config.json").write_text(json.dumps(record, indent=2) + "\n")
    if workers:
        trainer.feed = Ahead(workers, generator, config, priors, trainer.fine_phase)
    print(f"ready after {time.monotonic() - BORN:.1f} s", flush=True)
    saving = Saving(args.run, args.save_every, args.home)
    run(trainer, args.run, saving, whole_clock=args.until is not None)

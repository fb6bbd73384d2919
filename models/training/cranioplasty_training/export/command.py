"""Export a checkpoint's EMA networks, golden pairs and the manifest.

    python -m cranioplasty_training.export --run DIR --cache DIR --atlas DIR --out models/lite

``--implant-run`` puts the patch branch of one run and the implant branch of another together: the two
single-branch baselines as one model, which the engine and ``evaluate`` take like any other.  What the engine
reads of the manifest is in ``extension/src/engine/cascade/manifest.ts``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from ..cascade.model import (
    SeparateBranches,
    UNet,
    coarse_inputs,
    coarse_network,
    fine_inputs,
    fine_network,
    upsample_at,
)
from ..cascade.onnx_file import OPSET, export_network
from ..cascade.presets import PRESETS, Preset
from ..data.splits import CT_TEST, CT_TRAIN, CT_VALIDATION, TEST, TRAIN, VALIDATION
from ..data.subject import load_subject
from ..data.surface_maps import load_maps
from ..defects.generator import PLAIN, Generator
from ..defects.sample import CLEARANCE_MM, THICKNESS_MM
from ..prior.continuation import SHIPPED_ATLAS
from ..prior.learn_shape_prior import shape_prior_of
from ..prior.shape_prior_file import read_prior, write_prior
from ..train.checkpoint import run_start
from .golden import golden, sha256
from .origins import origins

APACHE = "Apache-2.0"
CC_LICENCE = "CC-BY-NC-SA-4.0"
MR_DATA = (
    "11 complete skulls (SynthSeg label maps, commit 66342c1f) with virtual defects and synthetic implants "
    "of constant thickness; no clinical cases"
)
CT_DATA = (
    "59 complete skulls of head CT (SkullFix) and 11 of SynthSeg label maps, with virtual defects and "
    "synthetic implants of constant thickness; no clinical cases"
)
CT_ATTRIBUTION = (
    "SkullFix: Kodym, Li, Pepe, Gsaxner, Chilamkurthy, Egger, Alves, Data in Brief 35:106902 (2021), "
    "from CQ500: Chilamkurthy et al., The Lancet 392:2388 (2018); CC BY-NC-SA 4.0"
)


def read_metrics(path: Path) -> dict[str, dict[str, object]]:
    """Mean and standard deviation of each figure by method, from a summary of `cranioplasty evaluate`."""
    summaries = json.loads(path.read_text())["summaries"]
    return {
        s["method"]: {"cases": s["cases"], "missed": s["missed"]}
        | {name: {k: figure[k] for k in ("mean", "sd")} for name, figure in s["figures"].items()}
        for s in summaries
        if s["region"] == "all"
    }


def trained_networks(state: dict[str, Any], preset: Preset) -> tuple[UNet, UNet]:
    """Coarse and fine network of a checkpoint, with their averaged weights."""
    coarse, fine = coarse_network(preset), fine_network(preset)
    coarse.load_state_dict(state["ema"]["coarse"])
    fine.load_state_dict(state["ema"]["fine"])
    return coarse, fine


def read_state(run: Path) -> dict[str, Any]:
    """Last checkpoint of a run."""
    return torch.load(run / "last.pt", weights_only=False, map_location="cpu")


def run_subjects(run: Path) -> list[str]:
    """Subjects that a run learned from."""
    return list(json.loads((run / "config.json").read_text())["data"])


def updates(counts: dict[str, int], start: dict[str, Any] | None) -> dict[str, int]:
    """Updates of each network, those of the model that the run began with included.

    A run may begin with one network of a model only: ``start["networks"]``.
    """
    before = dict(start["training"]["updates"]) if start else {}
    if start and "networks" in start:
        before = {k: v for k, v in before.items() if k in start["networks"]}
    return {name: count + before.get(name, 0) for name, count in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cranioplasty_training.export", description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--implant-run", type=Path, help="run of the implant branch, if it is another")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="lite")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--metrics", type=Path, help="summary.json of `cranioplasty evaluate`, to embed")
    args = parser.parse_args()
    if sha256(args.atlas / "atlas-bone.bin") != sha256(SHIPPED_ATLAS / "atlas-bone.bin"):
        parser.error("the networks saw the mean bone of models/atlas in training: give --atlas ../atlas")
    state = read_state(args.run)
    config = state["config"]
    # Runs from before there were presets are all of this size.
    preset = PRESETS[config.get("preset", "lite")]
    coarse: UNet | SeparateBranches
    fine: UNet | SeparateBranches
    coarse, fine = trained_networks(state, preset)
    if args.implant_run:
        other_coarse, other_fine = trained_networks(read_state(args.implant_run), preset)
        coarse = SeparateBranches(coarse, other_coarse, coarse_inputs(preset))
        fine = SeparateBranches(fine, other_fine, fine_inputs(preset))
    size = preset.coarse_size
    errors = {
        "coarse": export_network(coarse, len(coarse_inputs(preset)), size, args.out / "coarse.onnx"),
        "fine": export_network(fine, len(fine_inputs(preset)), preset.window, args.out / "fine.onnx"),
    }
    seen = [s for s in run_subjects(args.run) if s in CT_TRAIN]
    # The prior knows the skulls of head CT where there are any: their surfaces are finer than MR labels.
    shape_prior = None
    prior_entry = None
    if preset.shape_prior:
        maps = [load_maps(args.cache / f"{s}.npz") for s in (seen or TRAIN)]
        about = {"subjects": list(seen or TRAIN), "licence": CC_LICENCE if seen else APACHE}
        prior_entry = write_prior(shape_prior_of(maps), args.out, about)
        shape_prior = read_prior(args.out, prior_entry)
    # Golden pair: an undeformed validation skull with a frontal defect.
    subject = load_subject(args.cache, VALIDATION[0])
    sample = Generator([subject], 11, PLAIN, preset, shape_prior=shape_prior).sample("frontal")
    head = sample.coarse()
    corner = sample.crop_corner(np.random.default_rng(3), head.patch)
    sessions = {
        k: onnxruntime.InferenceSession(str(args.out / f"{k}.onnx"), providers=["CPUExecutionProvider"])
        for k in ("coarse", "fine")
    }
    pairs = {}
    pairs["coarse"], (p, i) = golden(sessions["coarse"], head.seen()[None], 64, "coarse", args.out)
    hint = upsample_at(torch.from_numpy(np.concatenate([p, i], 1)), [corner], preset)
    crop = sample.fine(corner)
    pairs["fine"], _ = golden(
        sessions["fine"], torch.cat([crop.seen()[None], hint], 1), 255, "fine", args.out
    )
    metrics = read_metrics(args.metrics) if args.metrics else {}
    start = run_start(args.run)
    made_with = origins(args.atlas, args.out)

    def network(name: str, spacing: float, channels: Sequence[str]) -> dict[str, object]:
        n = size if name == "coarse" else preset.window
        shape = [1, 1, n, n, n]
        return {
            "file": f"{name}.onnx",
            "sha256": sha256(args.out / f"{name}.onnx"),
            "bytes": (args.out / f"{name}.onnx").stat().st_size,
            "opset": OPSET,
            "spacing": spacing,
            "window": n,
            "inputs": [{"name": "input", "shape": [1, len(channels), n, n, n], "channels": channels}],
            "outputs": [
                {"name": "patch", "shape": shape, "meaning": "skull-patch probability"},
                {"name": "implant", "shape": shape, "meaning": "implant probability"},
            ],
            "maxErrorAgainstTorch": errors[name],
        }

    k = preset.factor
    coarse_entry = network("coarse", preset.coarse_mm, coarse_inputs(preset))
    coarse_entry["voxel"] = f"mean of the {k}x{k}x{k} block of canonical-grid voxels (0/1)"
    fine_entry = network("fine", preset.fine_mm, fine_inputs(preset))
    fine_entry["stride"] = preset.stride
    fine_entry["skull"] = "occupancy, soft over a voxel: 0.5 - distance / spacing, in 0..1"
    fine_entry["upsampling"] = (
        f"trilinear by {k}, align_corners=False: canonical-grid voxel i samples the coarse volume at "
        f"(i + 0.5) / {k} - 0.5, clamped to 0..{size - 1}"
    )
    manifest = {
        "name": args.name,
        "version": args.version,
        "researchUseOnly": True,
        "canonicalGrid": {
            "size": preset.canonical_size,
            "spacing": preset.fine_mm,
            "axes": ["Left", "Posterior", "Superior"],
            "voxel": "index i covers [i * spacing, (i + 1) * spacing) canonical mm",
        },
        "tensorOrder": "N, C, z (Superior), y (Posterior), x (Left); x fastest",
        "dtype": "float32",
        "networks": {"coarse": coarse_entry, "fine": fine_entry},
        "golden": pairs,
        "implant": {"thicknessMm": THICKNESS_MM, "clearanceMm": CLEARANCE_MM},
        **made_with,
        **({"shapePrior": prior_entry} if prior_entry else {}),
        "training": {
            "data": CT_DATA if seen else MR_DATA,
            "dataLicence": CC_LICENCE if seen else APACHE,
            "subjects": {
                "train": [*TRAIN, *seen],
                "validation": [*VALIDATION, *(CT_VALIDATION if seen else ())],
                "test": [*TEST, *(CT_TEST if seen else ())],
            },
            "seed": config["seed"],
            "updates": updates(state["counts"], start),
            "startedFrom": f"{start['name']} {start['version']}" if start else None,
            "batch": config["batch"],
            "branches": "separate networks" if args.implant_run else config.get("branch", "both"),
        },
        "licence": CC_LICENCE if seen else APACHE,
        **({"attribution": CT_ATTRIBUTION, "use": "non-commercial research use"} if seen else {}),
        "accuracy": metrics,
    }
    (args.out / "model.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(errors), manifest["training"]["updates"])

"""A run's state in small pieces, for machines that give back small files only; and back into ``last.pt``.

    python -m cranioplasty_training.train.state_pieces --pieces FOLDER --run runs/NAME

``train --home FOLDER`` writes them at every save, in half the bytes of a checkpoint: the averaged weights are
whole, the networks' own weights differences to them in fp16, the optimisers' moments bf16.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import math
from pathlib import Path
from typing import Any

import torch

from .checkpoint import NETWORKS, state_of
from .trainer import Trainer

PIECE = 15 << 20
# What a run has beside its checkpoint.
FILES = ("loss.csv", "config.json")
PLAIN = ("config", "counts", "step", "elapsed", "rng")
DIGEST = "state.sha256"


def slim(state: dict[str, Any]) -> dict[str, Any]:
    """A checkpoint in half the bytes, on the CPU."""
    out = {k: state[k] for k in PLAIN}
    for name in NETWORKS:
        ema, own, adam = state["ema"][name], state[name], state["optimizers"][name]
        out[name] = {
            "ema": {k: v.cpu() for k, v in ema.items()},
            "off": {k: (own[k] - v).half().cpu() for k, v in ema.items()},
            "adam": {
                k: {n: v.bfloat16().cpu() if v.ndim else v.cpu() for n, v in s.items()}
                for k, s in adam["state"].items()
            },
            "groups": adam["param_groups"],
        }
    return out


def whole(small: dict[str, Any]) -> dict[str, Any]:
    """The checkpoint of what ``slim`` made."""
    out = {k: small[k] for k in PLAIN} | {"ema": {}, "optimizers": {}}
    for name in NETWORKS:
        part = small[name]
        out["ema"][name] = part["ema"]
        out[name] = {k: part["ema"][k] + v.float() for k, v in part["off"].items()}
        out["optimizers"][name] = {
            "state": {k: {n: v.float() for n, v in s.items()} for k, s in part["adam"].items()},
            "param_groups": part["groups"],
        }
    return out


def write_pieces(trainer: Trainer, run: Path, folder: Path, size: int = PIECE) -> list[Path]:
    """Write ``state.KKofNN`` of at most ``size`` bytes each, in the place of older ones."""
    small = slim(state_of(trainer))
    small["files"] = {n: (run / n).read_text() for n in FILES if (run / n).exists()}
    stream = io.BytesIO()
    torch.save(small, stream)
    data = stream.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    count = math.ceil(len(data) / size)
    contents = {f"state.{k:02d}of{count:02d}": data[k * size : (k + 1) * size] for k in range(count)}
    contents[DIGEST] = hashlib.sha256(data).hexdigest().encode()
    # All are written before any is named: whoever takes them meanwhile finds one state or the digest says so.
    for name, content in contents.items():
        (folder / f"new.{name}").write_bytes(content)
    for name in contents:
        (folder / f"new.{name}").replace(folder / name)
    for old in folder.glob("state.*of*"):
        if old.name not in contents:
            old.unlink()
    return [folder / name for name in contents if name != DIGEST]


def read_pieces(folder: Path) -> dict[str, Any]:
    """What the pieces in a folder hold.  Raises ``ValueError`` if they are not those of one state."""
    pieces = sorted(folder.glob("state.*of*"))
    data = b"".join(p.read_bytes() for p in pieces)
    digest = folder / DIGEST
    if not digest.exists() or hashlib.sha256(data).hexdigest() != digest.read_text():
        raise ValueError(f"{folder}: {len(pieces)} pieces, not those of one state")
    return torch.load(io.BytesIO(data), weights_only=False, map_location="cpu")


def join(folder: Path, run: Path) -> dict[str, Any]:
    """Make a run's ``last.pt`` and its files from pieces; returns the checkpoint."""
    small = read_pieces(folder)
    state = whole(small)
    run.mkdir(parents=True, exist_ok=True)
    torch.save(state, run / "last.pt")
    for name, text in small["files"].items():
        (run / name).write_text(text)
    return state


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pieces", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    args = parser.parse_args()
    state = join(args.pieces, args.run)
    print("step", state["step"], state["counts"], f"elapsed {state['elapsed']:.0f} s")


if __name__ == "__main__":
    main()

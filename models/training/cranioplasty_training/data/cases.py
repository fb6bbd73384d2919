"""Real cases for training: a defective skull with its missing piece, an expert's implant, or both.

    python -m cranioplasty_training.data.cases --kind skullbreak --data DIR --atlas DIR --cache DIR
    python -m cranioplasty_training.data.cases --kind clinical --data DIR --atlas DIR --cache DIR

``skullbreak`` reads SkullBreak and SkullFix folders: ``defective_skull/[ZONE/]NNN.nrrd`` with the missing
piece in ``implant/[ZONE/]NNN.nrrd`` (there called implant; here the skull patch).  ``clinical`` reads one
folder a case with ``defective.nii.gz`` (or ``.nrrd``) and any of ``patch`` and ``implant`` as ``.nii.gz``,
``.nrrd`` or ``.stl`` (patient LPS mm).  Writes one ``case-NAME.npz`` each, which ``train --cases`` reads.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..pose.align import align
from ..pose.atlas import Atlas, load_atlas
from ..space.signed_distance import CLAMP_MM, distance_on
from ..space.volume import SkullVolume, load_skull
from .subject import field_points

SHAPES = ("patch", "implant")
SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".stl")


@dataclass
class RealCase:
    """A case ready for sampling: ``fields`` [1, 3, z, y, x] float32, signed distances (mm, negative
    inside, on the grid of ``prepare``) of defective skull, patch and implant; ``known`` says which of
    the two shapes there is a truth for."""

    name: str
    fields: torch.Tensor
    known: tuple[bool, bool]
    sha256: str


@dataclass
class CaseFiles:
    """Where the masks of a case lie."""

    name: str
    defective: Path
    patch: Path | None
    implant: Path | None


def find_skullbreak(data: Path) -> Iterator[CaseFiles]:
    """The cases of a SkullBreak or SkullFix folder."""
    for defective in sorted((data / "defective_skull").rglob("*.nrrd")):
        relative = defective.relative_to(data / "defective_skull")
        piece = data / "implant" / relative
        if piece.exists():
            yield CaseFiles("-".join(relative.with_suffix("").parts), defective, piece, None)


def find_clinical(data: Path) -> Iterator[CaseFiles]:
    """The cases of a folder of folders; one without a truth is an error, not skipped."""

    def pick(folder: Path, name: str) -> Path | None:
        return next((folder / f"{name}{s}" for s in SUFFIXES if (folder / f"{name}{s}").exists()), None)

    for folder in sorted(p for p in data.iterdir() if p.is_dir()):
        defective, patch, implant = (pick(folder, n) for n in ("defective", *SHAPES))
        if defective is None or (patch is None and implant is None):
            raise ValueError(f"{folder.name}: a case needs defective and at least one of patch and implant")
        yield CaseFiles(folder.name, defective, patch, implant)


def read_mask(path: Path) -> SkullVolume:
    """A binary mask from NIfTI or NRRD with its index -> LPS mm affine."""
    if path.suffix != ".nrrd":
        return load_skull(path)
    # Where cases are only learned from nobody needs to read images.
    import nrrd

    data, header = nrrd.read(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.asarray(header["space directions"], dtype=float).T
    affine[:3, 3] = np.asarray(header.get("space origin", np.zeros(3)), dtype=float)
    space = str(header.get("space", "left-posterior-superior")).lower()
    if space in ("right-anterior-superior", "ras"):
        affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    elif space not in ("left-posterior-superior", "lps"):
        raise ValueError(f"{path.name}: the space {space!r} is not a patient space")
    return SkullVolume(data > 0, affine)


def read_shape(path: Path, grid: SkullVolume) -> SkullVolume:
    """A mask, or a closed STL surface (patient LPS mm) filled on the grid of ``grid``."""
    if path.suffix != ".stl":
        return read_mask(path)
    import trimesh

    mesh = trimesh.load_mesh(str(path))
    if not mesh.is_watertight:
        raise ValueError(f"{path.name}: the surface is not closed, so it has no inside")
    mesh.apply_transform(np.linalg.inv(grid.affine))
    # Voxels that the surface touches, and what they enclose; of the former, those whose centres lie inside.
    shell = mesh.voxelized(1.0)
    points, faces = trimesh.sample.sample_surface(mesh, max(10_000, int(20 * mesh.area)), seed=0)
    nearest = cKDTree(points).query(shell.points)[1]
    outward = ((shell.points - points[nearest]) * mesh.face_normals[faces[nearest]]).sum(1) > 0.0
    mask = np.zeros(grid.mask.shape, dtype=bool)
    for centres, value in ((shell.copy().fill().points, True), (shell.points[outward], False)):
        index = np.round(centres).astype(int)
        inside = np.all((index >= 0) & (index < mask.shape), axis=1)
        mask[tuple(index[inside].T)] = value
    return SkullVolume(mask, grid.affine)


def case_fields(files: CaseFiles, atlas: Atlas) -> tuple[NDArray[np.float16], tuple[bool, bool]]:
    """``fields`` [3, z, y, x] and ``known`` of a case, aligned by its defective skull."""
    skull = read_mask(files.defective)
    fit = align(skull, atlas)
    grid = field_points()
    parts = [distance_on(grid, skull, fit.rigid)]
    for path in (files.patch, files.implant):
        if path:
            parts.append(distance_on(grid, read_shape(path, skull), fit.rigid))
        else:
            parts.append(np.full_like(parts[0], CLAMP_MM))
    known = (files.patch is not None, files.implant is not None)
    return np.stack(parts).transpose(0, 3, 2, 1).astype(np.float16), known


def load_case(path: Path) -> RealCase:
    """Read one cache file."""
    data = np.load(path)
    fields = torch.from_numpy(data["fields"].astype(np.float32))[None]
    patch, implant = (bool(v) for v in data["known"])
    return RealCase(path.stem, fields, (patch, implant), str(data["sha256"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("skullbreak", "clinical"), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    args = parser.parse_args()
    atlas = load_atlas(args.atlas)
    args.cache.mkdir(parents=True, exist_ok=True)
    found = find_skullbreak(args.data) if args.kind == "skullbreak" else find_clinical(args.data)
    for files in found:
        fields, known = case_fields(files, atlas)
        digest = hashlib.sha256(files.defective.read_bytes()).hexdigest()
        out = args.cache / f"case-{files.name}.npz"
        np.savez_compressed(out, fields=fields, known=known, sha256=digest)
        print(out, flush=True)


if __name__ == "__main__":
    main()

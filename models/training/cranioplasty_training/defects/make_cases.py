"""Write evaluation cases in the skulls' own NIfTI grids.

    python -m cranioplasty_training.defects.make_cases --skulls DIR --atlas DIR --out DIR [--factors]
    python -m cranioplasty_training.defects.make_cases --skull complete.nii.gz --atlas DIR --out DIR

Each ``<subject>_<region>/`` gets ``defective``, ``patch`` and ``implant`` ``.nii.gz`` (uint8 0/1) and
``case.json``.  ``defective`` plus ``patch`` is exactly the complete skull (sutures closed where the
data says so); nothing is deformed; defects stay above the canonical z = 0 plane.  With ``--factors``
there is a folder for each of ``realism.FACTORS``, which the defective skulls in it suffer.
``cli/src/evaluate/cases.ts`` reads them.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import torch
from scipy import ndimage

from ..data.prepare import subject_fields
from ..data.splits import SUTURED, TEST, skull_path
from ..data.subject import Subject
from ..pose.align import align
from ..pose.atlas import load_atlas
from ..space.volume import SkullVolume, closed, load_skull
from .defect import smooth_maximum
from .generator import PLAIN, Generator
from .realism import FACTORS

CASE_REGIONS = ("bilateral", "frontoorbital", "parietotemporal", "frontal", "random")


def make_case(
    skull: SkullVolume, subject: Subject, region: str, seed: int, factor: str | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """(defective, patch, implant) masks in the grid of ``skull`` and the vault area (cm2).

    ``factor`` is one of ``realism.FACTORS`` that the defective skull suffers, or None.
    """
    settings = replace(PLAIN, realism={factor: 1.0}) if factor else PLAIN
    sample = Generator([subject], seed, settings).sample(region, 0)
    index = np.argwhere(np.ones(skull.mask.shape, dtype=bool))
    to_canonical = subject.rigid @ skull.affine
    points = index @ to_canonical[:3, :3].T + to_canonical[:3, 3]
    inside = (points[:, 2] > 0.0) & np.all((points > -6.0) & (points < 210.0), axis=1)
    where = torch.from_numpy(points[inside].astype(np.float32))
    d = sample.distances(where[None, None])
    gone = smooth_maximum(d.complete.clamp(max=-0.3), -d.defect, sample.round_mm) > 0
    # Where the scan ends there is nothing to continue, and the networks are not taught to.
    gone &= sample.realism.cut_base(torch.full_like(d.complete, -1.0), where[None, None]) < 0
    spot = tuple(index[inside].T)

    def native(values: torch.Tensor) -> np.ndarray:
        out = np.zeros_like(skull.mask)
        out[spot] = values.reshape(-1).numpy()
        return out

    patch = native(gone) & skull.mask
    defective = skull.mask & ~patch
    if factor:
        # Below the canonical volume the scan is as it was; a cut base ends the skull there too.
        outside = ~native(torch.ones_like(gone))
        scanned = native(d.scanned < 0)
        defective = scanned if factor == "base" else scanned | (defective & outside)
        patch &= ~defective
    return defective, patch, native(d.implant < 0) & ~defective, sample.area_cm2


def isotropic(skull: SkullVolume, spacing: float = 1.0) -> SkullVolume:
    """The skull on a grid of cubic voxels with the same axes, its surface interpolated by shape."""
    steps = np.linalg.norm(skull.affine[:3, :3], axis=0)
    if np.allclose(steps, steps[0], rtol=1e-3):
        return skull
    outside = ndimage.distance_transform_edt(~skull.mask, sampling=steps)
    distance = outside - ndimage.distance_transform_edt(skull.mask, sampling=steps)
    size = np.floor((np.array(skull.mask.shape) - 1) * steps / spacing).astype(int) + 1
    index = np.meshgrid(
        *(np.arange(n) * spacing / s for n, s in zip(size, steps, strict=True)), indexing="ij"
    )
    mask = ndimage.map_coordinates(distance.astype(np.float32), np.stack(index), order=1) < 0
    affine = skull.affine.copy()
    affine[:3, :3] *= spacing / steps
    return SkullVolume(mask, affine)


def write_case(folder: Path, affine: np.ndarray, masks: dict[str, np.ndarray], record: dict) -> None:
    """Write the masks and ``case.json`` of one case."""
    folder.mkdir(parents=True, exist_ok=True)
    for label, mask in masks.items():
        image = nib.Nifti1Image(mask.astype(np.uint8), affine)
        image.header.set_xyzt_units("mm")
        nib.save(image, str(folder / f"{label}.nii.gz"))
    (folder / "case.json").write_text(json.dumps(record, indent=2) + "\n")
    print(record, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skulls", type=Path, help="folder of skull_NN.nii.gz")
    parser.add_argument("--skull", type=Path, help="one complete skull instead, NIfTI")
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--subjects", default=",".join(TEST))
    parser.add_argument("--regions", default=",".join(CASE_REGIONS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--factors", action="store_true", help="the same cases with each factor alone")
    args = parser.parse_args()
    torch.set_num_threads(2)
    atlas = load_atlas(args.atlas)
    factors = sorted(FACTORS) if args.factors else [None]
    if (args.skulls is None) == (args.skull is None):
        parser.error("give --skulls or --skull")
    names = [args.skull.name.split(".")[0]] if args.skull else args.subjects.split(",")
    for name in names:
        source = args.skull or skull_path(args.skulls, name)
        skull = closed(isotropic(load_skull(source)), 2 if name in SUTURED else 0)
        fit = align(skull, atlas)
        fields, radius = subject_fields(skull, fit, atlas)
        subject = Subject(name, torch.from_numpy(fields.astype(np.float32))[None], radius, fit.rigid, "")
        affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ skull.affine
        for region in args.regions.split(","):
            seed = zlib.crc32(f"{name}/{region}/{args.seed}".encode())
            for factor in factors:
                defective, patch, implant, area = make_case(skull, subject, region, seed, factor)
                folder = (args.out / factor if factor else args.out) / f"{name}_{region}"
                record = {
                    "subject": name,
                    "region": region,
                    "factor": factor,
                    "seed": seed,
                    "areaCm2": round(area, 1),
                    "patchMm3": int(patch.sum()),
                    "implantMm3": int(implant.sum()),
                }
                write_case(
                    folder, affine, {"defective": defective, "patch": patch, "implant": implant}, record
                )


if __name__ == "__main__":
    main()

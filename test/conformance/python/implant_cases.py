"""Designs implants for many cases and checks each with `implant_checks.py`; writes a table.

    python implant_cases.py OUT [NAME=]CASE...

CASE is a folder with `defective.nii.gz`, and `implant.nii.gz` where a designer's implant is known, or with
`skull.dcm` and `ct/` as the demonstration study. The patch is reconstructed with the model ct-lite, the implant
designed with the defaults for its largest piece, but one clearance all around, so that one number is asked of the
gap. Where the truth is known the designed and the predicted implant are compared with it. OUT gets a folder a
case, `cases.json` and `cases.md`; a case that is there already is not designed again. Exit code 1 if a check of a
case fails.
Install: pip install -r ../implant_requirements.txt
"""

import json
import subprocess
import sys
from pathlib import Path

import nibabel
import numpy as np
import pydicom
from implant_checks import check, sampled, surface
from scipy import ndimage
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[3]
CLEARANCE = "0.5"


def run(*words: str | Path) -> None:
    program = ROOT / "cli" / "bin" / "cranioplasty.mjs"
    done = subprocess.run(["node", program, *words], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])


def skull_of_study(study: Path, path: Path) -> None:
    """Writes the skull of a DICOM study (axial slices) as NIfTI, on the grid of its CT."""
    slices = [pydicom.dcmread(file, stop_before_pixels=True) for file in study.glob("ct/*.dcm")]
    slices.sort(key=lambda one: one.ImagePositionPatient[2])
    heights = [float(one.ImagePositionPatient[2]) for one in slices]
    first = slices[0]
    rows, columns = map(float, first.PixelSpacing)
    affine = np.diag([-columns, -rows, heights[1] - heights[0], 1.0])
    affine[:3, 3] = np.array(first.ImagePositionPatient, float) * [-1, -1, 1]
    voxels = np.zeros((first.Columns, first.Rows, len(slices)), np.uint8)
    segmentation = pydicom.dcmread(study / "skull.dcm")
    bits = np.unpackbits(np.frombuffer(segmentation.PixelData, np.uint8), bitorder="little")
    frames = bits[: segmentation.NumberOfFrames * first.Rows * first.Columns]
    frames = frames.reshape(-1, first.Rows, first.Columns)
    for groups, frame in zip(segmentation.PerFrameFunctionalGroupsSequence, frames):
        height = float(groups.PlanePositionSequence[0].ImagePositionPatient[2])
        voxels[:, :, int(np.argmin(np.abs(np.array(heights) - height)))] |= frame.T
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)


def compared(found: Path, truth: Path) -> dict:
    """Dice of two implants, and the mean distance between their surfaces, both directions pooled, mm."""
    images = [nibabel.load(path) for path in (found, truth)]
    a, b = (np.asarray(image.dataobj) > 0 for image in images)
    box = ndimage.find_objects((a | b).astype(int))[0]
    place = np.diag([-1.0, -1.0, 1.0, 1.0]) @ images[1].affine
    points = [sampled(surface(np.pad(mask[box], 2), place))[0] for mask in (a, b)]
    apart = np.concatenate([cKDTree(points[1 - n]).query(points[n])[0] for n in (0, 1)])
    return {
        "dice": round(float(2 * (a & b).sum() / (a.sum() + b.sum())), 3),
        "error": round(float(apart.mean()), 2),
    }


def examine(case: Path, out: Path) -> dict:
    out.mkdir(parents=True, exist_ok=True)
    skull = case / "defective.nii.gz"
    if not skull.exists():
        skull = out / "skull.nii.gz"
        skull_of_study(case, skull)
    if not (out / "patch" / "report.json").exists():
        run("reconstruct", skull, "--out", out / "patch", "--model", "ct-lite", "--provider", "cpu")
    patch = out / "patch" / "skull-patch.nii.gz"
    design = out / "design"
    if not (design / "implant.json").exists():
        run("implant", skull, patch, "--out", design, "--piece", "1", "--temporal-clearance", CLEARANCE)
    found = check(skull, patch, design)
    report = json.loads((design / "implant.json").read_text())
    found["own"] = {one["name"]: one for one in report["checks"]}
    truth = case / "implant.nii.gz"
    if truth.exists():
        found["designed"] = compared(design / "implant.nii.gz", truth)
        found["predicted"] = compared(out / "patch" / "implant.nii.gz", truth)
    return found


def row(name: str, found: dict) -> str:
    own = found["own"]
    gap, free = found["gap"][2], found["gap that the axis leaves"][2]
    thin, _, thick = found["thickness"]
    thin_there, _, thick_there = found["thickness where there is room"]
    versus = [
        f"{found[kind]['dice']:.3f}, {found[kind]['error']:.2f}" if kind in found else "–"
        for kind in ("designed", "predicted")
    ]
    cells = [
        name,
        f"{found['volume']:.1f}",
        "yes" if found["passes"]["solid"] else "NO",
        "0" if found["passes"]["no overlap"] and found["passes"]["way out"] else "SOME",
        f"{gap:.2f}",
        f"{own['gap']['value']:.2f}",
        f"{free:.2f}",
        f"{own['gap']['details']['excess95'] + float(CLEARANCE):.2f}",
        f"{100 * found['open']:.0f}",
        f"{thin:.2f} to {thick:.2f}",
        f"{thin_there:.2f} to {thick_there:.2f} ({100 * (1 - found['without room']):.0f} %)",
        f"{own['thickness']['value']:.1f}",
        *versus,
    ]
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| case | ml | solid | overlap, collisions | gap p95 mm | engine | less the axis | engine | open % "
    "| thickness p5 to p95 mm | where there is room | thinnest | designed: Dice, error mm | predicted |\n"
    "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- | ---: | --- | --- |"
)


def main() -> int:
    out = Path(sys.argv[1])
    results = {}
    for word in sys.argv[2:]:
        name, _, folder = word.rpartition("=")
        case = Path(folder)
        results[name or case.name] = found = examine(case, out / (name or case.name))
        print(row(name or case.name, found), flush=True)
    (out / "cases.json").write_text(json.dumps(results, indent=1))
    (out / "cases.md").write_text("\n".join([HEAD, *(row(n, f) for n, f in results.items())]) + "\n")
    return 0 if all(all(found["passes"].values()) for found in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

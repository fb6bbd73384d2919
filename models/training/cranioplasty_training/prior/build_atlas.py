"""Build ``models/atlas``: the mean skull that ``align`` fits.

    python -m cranioplasty_training.prior.build_atlas --skulls DIR --template scct.nii --out DIR

The head-CT template only gives the first shape and the landmark positions; the atlas is
the mean of the training subjects (never of validation or test subjects).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..data.splits import TRAIN, skull_path
from ..pose.align import align
from ..pose.atlas import ENCODING_MM, Atlas, Field, write_field
from ..pose.radii import inner_radius_of, radius_of
from ..space import radial
from ..space.canonical import CENTER, F64, MID_X_MM
from ..space.transform import kabsch
from ..space.volume import SkullVolume, load_skull

# Landmarks picked on the template (LPS mm of its own space): the external auditory
# meatus where the bony canal opens, and the supraorbital margin at the notch.
TEMPLATE_LANDMARKS = np.array(
    [[58.0, 27.0, -56.0], [-58.0, 27.0, -56.0], [24.0, -79.0, -20.0], [-24.0, -79.0, -20.0]]
)
TEMPLATE_BONE = 3250.0  # in the template's stretched intensity units
TEMPLATE_SCALE = 0.92  # MNI-like space is larger than life

# Canonical landmark targets (voxels of 0.4 mm, mid-plane at 255.5).
TARGET_VOXELS = np.array([[383.5, 256.0, 0.0], [127.5, 256.0, 0.0], [306.5, 102.0, 0.0], [204.5, 102.0, 0.0]])
GRID_ORIGIN = np.array([-15.6, -15.6, -15.6])
GRID_SPACING = 4.0
GRID_SIZE = 60


def targets() -> F64:
    """Canonical landmark targets in mm (4, 3)."""
    return (TARGET_VOXELS + 0.5) * 0.4


def field_from_radius(radius: F64) -> Field:
    """Signed distance (mm) of the star-shaped solid ``radius`` around ``CENTER``."""
    fine = 1.0
    low = GRID_ORIGIN - 4.0
    count = int((GRID_SIZE - 1) * GRID_SPACING / fine) + 9
    axis = [low[k] + fine * np.arange(count) for k in range(3)]
    grid = np.stack(np.meshgrid(*axis, indexing="ij"), -1)
    offset = grid - CENTER
    level = np.linalg.norm(offset, axis=-1) - radial.sample(radius, offset)
    gradient = np.sqrt(sum(g**2 for g in np.gradient(level, fine)))
    near = level / np.maximum(gradient, 0.5)
    inside = level <= 0
    far = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
    far = (far - np.sign(far) * 0.5) * fine
    blend = np.clip((np.abs(far) - 3.0) / 4.0, 0.0, 1.0)
    sdf = ndimage.gaussian_filter(near * (1 - blend) + far * blend, 1.0 / fine)
    step = int(GRID_SPACING / fine)
    sub = sdf[4::step, 4::step, 4::step][:GRID_SIZE, :GRID_SIZE, :GRID_SIZE]
    sub = np.clip(np.round(sub / ENCODING_MM), -32767, 32767) * ENCODING_MM
    return Field(np.ascontiguousarray(sub), GRID_ORIGIN, GRID_SPACING)


def first_atlas(template: Path) -> Atlas:
    """The template's own outer bone surface, scaled to life size, symmetric."""
    import nibabel as nib

    image = nib.load(str(template))
    lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    lps = np.diag([TEMPLATE_SCALE] * 3 + [1.0]) @ lps
    landmarks = TEMPLATE_LANDMARKS * TEMPLATE_SCALE
    pose = kabsch(landmarks, targets())
    bone = np.asarray(image.dataobj) > TEMPLATE_BONE
    radius, known = radius_of(SkullVolume(bone, lps), pose, None, 0.0)
    radius = radial.smooth(radial.fill(radius, known), 3.0)
    radius = (radius + radial.mirror(radius)) / 2.0
    return Atlas(field_from_radius(radius), None, landmarks @ pose[:3, :3].T + pose[:3, 3], CENTER)


def _combine(maps: list[F64], knowns: list[NDArray[np.bool_]], median: bool) -> F64:
    """Mean or median of radial maps over the subjects that know a direction; symmetric."""
    data = np.ma.array(np.array(maps), mask=~np.array(knowns))
    middle = np.ma.median(data, axis=0) if median else data.mean(0)
    enough = np.sum(knowns, 0) >= max(1, len(maps) // 2)
    out = radial.smooth(radial.fill(np.ma.filled(middle, 0.0), enough), 2.0)
    return (out + radial.mirror(out)) / 2.0


def mean_atlas(skulls: list[SkullVolume], prior: Atlas, log: list[str]) -> Atlas:
    """Align every skull to ``prior``; mean shape, symmetric, landmarks on target."""
    fits = [align(skull, prior) for skull in skulls]
    landmarks = []
    for fit in fits:
        back = fit.rigid @ np.linalg.inv(fit.affine)
        landmarks.append(prior.landmarks @ back[:3, :3].T + back[:3, 3])
        log.append(
            f"residual {fit.residual_mm:.2f} inliers {fit.inlier_fraction:.3f} scales {fit.scales.round(3)}"
        )
    mark = np.mean(landmarks, 0)
    flip = mark[[1, 0, 3, 2]] * [-1, 1, 1] + [2 * MID_X_MM, 0, 0]
    mark = (mark + flip) / 2.0
    move = kabsch(mark, targets())  # a pitch and a shift: the mean landmarks go to the targets
    outer, inner = [], []
    prior_moved = _moved(prior.outer, move)
    for skull, fit in zip(skulls, fits, strict=True):
        pose = move @ fit.rigid
        outer.append(radius_of(skull, pose, prior_moved, 25.0))
        inner.append(inner_radius_of(skull, pose))
    return Atlas(
        field_from_radius(_combine([o[0] for o in outer], [o[1] for o in outer], False)),
        field_from_radius(_combine([o[0] for o in inner], [o[1] for o in inner], True)),
        mark @ move[:3, :3].T + move[:3, 3],
        CENTER,
    )


def _moved(field: Field, move: F64) -> Field:
    """The field resampled after a small rigid motion of its solid."""
    axis = [GRID_ORIGIN[k] + GRID_SPACING * np.arange(GRID_SIZE) for k in range(3)]
    grid = np.stack(np.meshgrid(*axis, indexing="ij"), -1).reshape(-1, 3)
    inverse = np.linalg.inv(move)
    sdf = field.sample(grid @ inverse[:3, :3].T + inverse[:3, 3])
    return Field(sdf.reshape((GRID_SIZE,) * 3), field.origin, field.spacing)


def write(atlas: Atlas, out: Path, train: tuple[str, ...]) -> None:
    """Write ``atlas.json``, ``atlas-outer.bin`` and ``atlas-inner.bin``."""
    assert atlas.inner is not None
    out.mkdir(parents=True, exist_ok=True)

    outer = write_field(out / "atlas-outer.bin", atlas.outer.sdf)
    inner = write_field(out / "atlas-inner.bin", atlas.inner.sdf)
    names = ("leftMeatus", "rightMeatus", "leftSupraorbitalNotch", "rightSupraorbitalNotch")
    meta = {
        "name": "mean-skull",
        "version": "1.1.0",
        "description": "Signed distances (mm, negative inside) to the filled outer surface and to "
        "the brain cavity of the mean skull, canonical frame (Left, Posterior, Superior; mm; "
        "box [0, 204.8)^3)",
        "outer": outer,
        "inner": inner,
        "dtype": "int16",
        "endian": "little",
        "order": "x fastest",
        "scale": ENCODING_MM,
        "grid": {
            "size": list(atlas.outer.sdf.shape),
            "spacing": atlas.outer.spacing,
            "origin": atlas.outer.origin.tolist(),
        },
        "center": atlas.center.tolist(),
        "landmarks": {n: p.round(3).tolist() for n, p in zip(names, atlas.landmarks, strict=True)},
        "landmarkTargets": {n: p.round(3).tolist() for n, p in zip(names, targets(), strict=True)},
        "provenance": {
            "subjects": list(train),
            "source": "label maps of the public SynthSeg repository (BBillot/SynthSeg, commit "
            "66342c1f); frame from the head-CT template of neurolabusc/Clinical (BSD-2-Clause)",
            "method": "mean outer and median inner radius of the aligned training skulls, symmetric",
        },
        "licence": "Apache-2.0",
    }
    (out / "atlas.json").write_text(json.dumps(meta, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skulls", type=Path, required=True)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--iterations", type=int, default=5)
    args = parser.parse_args()
    skulls = [load_skull(skull_path(args.skulls, s)) for s in TRAIN]
    atlas = first_atlas(args.template)
    for k in range(args.iterations):
        log: list[str] = []
        atlas = mean_atlas(skulls, atlas, log)
        for s, line in zip(TRAIN, log, strict=True):
            print(f"iteration {k} skull {s}: {line}")
        print("landmarks", atlas.landmarks.round(1).tolist())
    write(atlas, args.out, TRAIN)


if __name__ == "__main__":
    main()

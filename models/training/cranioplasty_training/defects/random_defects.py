"""Random defects by region of the skull."""

from __future__ import annotations

import math

import numpy as np

from ..space import radial
from ..space.canonical import CENTER, F64
from ..space.transform import rotation_vector
from .defect import Defect, Plate

REGIONS = (
    "bilateral",
    "frontoorbital",
    "parietotemporal",
    "frontal",
    "occipital",
    "random",
)
# What training draws: the regions, and the smooth large pieces high at the back that SkullFix cuts.
DRAWN = (*REGIONS, "plate")
# How often: the orbital roof and rim are the hardest shape to learn.
REGION_SHARES = (0.13, 0.25, 0.15, 0.13, 0.08, 0.11, 0.15)


def _direction(azimuth_deg: float, elevation_deg: float) -> F64:
    """Unit vector: azimuth from Left (+x) toward Posterior (+y), elevation toward Superior."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])


def region_direction(region: str, rng: np.random.Generator) -> F64:
    """Direction from ``CENTER`` of the primary sphere of a defect in ``region``."""
    side = rng.choice([-1.0, 1.0])
    if region == "bilateral":
        azimuth, elevation = rng.uniform(0, 360), rng.uniform(48, 90)
    elif region == "frontoorbital":
        azimuth, elevation = -90 + side * rng.uniform(0, 42), rng.uniform(-14, 12)
    elif region == "parietotemporal":
        azimuth, elevation = 90 - side * rng.uniform(50, 125), rng.uniform(-16, 35)
    elif region == "frontal":
        azimuth, elevation = -90 + side * rng.uniform(12, 60), rng.uniform(10, 55)
    elif region == "occipital":
        azimuth, elevation = 90 + side * rng.uniform(0, 55), rng.uniform(-10, 50)
    else:
        azimuth, elevation = rng.uniform(0, 360), math.degrees(math.asin(rng.uniform(-0.25, 1)))
    return _direction(azimuth, elevation)


def random_plate(radius_map: F64, rng: np.random.Generator) -> Defect:
    """A plate high at the back, mostly across the midline, as SkullFix cuts them; one in three anywhere.

    Ten pieces of its training skulls (every sixth): azimuth 90 +- 10, elevation 67 +- 7 deg, 90 +- 9 mm by
    74 +- 6 mm, 42 +- 7 ml.
    """
    if rng.random() < 0.67:
        azimuth, elevation = 90.0 + rng.normal(0.0, 10.0), rng.normal(67.0, 7.0)
        least, most = 30.0, 42.0
    else:
        azimuth, elevation = rng.uniform(0.0, 360.0), rng.uniform(5.0, 90.0)
        least, most = 24.0, 42.0
    axis = _direction(azimuth, elevation)
    center = CENTER + axis * float(radial.sample(radius_map, axis[None])[0])
    count = int(rng.integers(4, 7))
    turn = rng.uniform(0.0, 2.0 * np.pi)
    angles = turn + 2.0 * np.pi * (np.arange(count) + rng.uniform(-0.2, 0.2, count)) / count
    size = rng.uniform(least, most)
    sides = np.stack([angles, size * rng.uniform(0.8, 1.2, count)], 1)
    axis = rotation_vector(np.deg2rad(rng.normal(size=3) * 6.0)) @ axis
    noise = float(rng.uniform(0.0, 1.5)) if rng.random() < 0.3 else 0.0
    healed = float(rng.uniform(0.0, 2.0)) if rng.random() < 0.3 else 0.0
    nothing = np.zeros((0, 4))
    plate = Plate(center, axis, sides, float(rng.uniform(4.0, 25.0)))
    return Defect("plate", nothing, noise, int(rng.integers(1 << 31)), healed, nothing, plate)


def random_defect(region: str, radius_map: F64, rng: np.random.Generator) -> Defect:
    """A primary sphere on the vault and up to seven secondary spheres on its surface; or a plate."""
    if region == "plate":
        return random_plate(radius_map, rng)

    def on_vault(direction: F64) -> F64:
        return CENTER + direction * float(radial.sample(radius_map, direction[None])[0])

    spheres: list[list[float]] = []

    def cluster(direction: F64, mean: float, spread: float) -> None:
        p = on_vault(direction)
        r = float(np.clip(rng.normal(mean, spread), 12.0, 52.0))
        depth = rng.uniform(-4.0, 6.0)  # the centre a little outside or inside the bone
        c = p + direction * depth
        spheres.append([*c, r])
        for _ in range(rng.integers(0, 8)):
            t = np.cross(direction, rng.normal(size=3))
            t /= max(float(np.linalg.norm(t)), 1e-9)
            q = c + t * r - CENTER
            q /= np.linalg.norm(q)
            spheres.append([*on_vault(q), float(rng.uniform(0.25, 0.7) * r)])

    if region == "bilateral":
        d = region_direction(region, rng)
        if rng.random() < 0.5:
            cluster(d, 36.0, 8.0)
        else:
            e = _direction(rng.uniform(-60, 60) * 1.0, rng.uniform(25, 60))
            cluster(e, 26.0, 7.0)
            cluster(e * [-1, 1, 1] + rng.normal(0, 0.1, 3), 26.0, 7.0)
    else:
        # A third are as large as a decompressive craniectomy.
        cluster(region_direction(region, rng), 40.0 if rng.random() < 0.35 else 28.0, 8.0)
        if region == "random" and rng.random() < 0.25:
            cluster(region_direction(region, rng), 22.0, 6.0)
    islands = np.zeros((0, 4))
    out = np.array(spheres)
    if rng.random() < 0.12:
        d = out[0, :3] - CENTER + rng.normal(0, 8.0, 3)
        islands = np.array([[*on_vault(d / np.linalg.norm(d)), rng.uniform(4.0, 9.0)]])
    if rng.random() < 0.2:  # burr holes
        holes = []
        for _ in range(rng.integers(1, 4)):
            d = region_direction("random", rng)
            holes.append([*on_vault(d), rng.uniform(5.0, 8.0)])
        out = np.concatenate([out, holes])
    return Defect(
        region,
        out,
        float(rng.uniform(0.0, 5.0)) if rng.random() < 0.7 else 0.0,
        int(rng.integers(1 << 31)),
        float(rng.uniform(0.0, 5.0)) if rng.random() < 0.6 else 0.0,
        islands,
    )

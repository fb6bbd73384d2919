"""Checks a designed implant with tools that share no code with the product (trimesh, manifold3d, python-fcl).

    python implant_checks.py SKULL.nii.gz PATCH.nii.gz FOLDER

FOLDER is what `cranioplasty implant` wrote. The bone is the surface at half its voxels, by scikit-image. Prints
one line of JSON; exit code 1 if a check fails.
Install: pip install -r ../implant_requirements.txt
"""

import json
import sys
from pathlib import Path

import fcl
import manifold3d
import nibabel
import numpy as np
import trimesh
from scipy import ndimage
from scipy.spatial import cKDTree
from self_intersections import self_intersections
from skimage import measure

STEP = 0.5
"""How far the implant is moved from one collision test to the next, mm."""
WAY = 30.0
ROUNDED = 0.6
"""Nearer to the outer or inner surface an edge is rounded, mm."""
RIM = 1.0
"""The rim is the wall down to this far below the rounding, mm."""
NEAR = 6.0
"""Farther than this from bone the border is open, mm."""
FACING = 0.5
"""Cosine of the widest angle between the wall's normal and the way to the bone that it faces."""
STEEP = 0.35
"""Cosine of the least angle between the axis and the normal of a wall where the patch ends."""
BRIDGED = 1.5
"""Slits narrower than twice this are no surface of skull and patch, mm."""
TOLERATED = 0.4
"""How much wider than the clearance the gap may be, mm."""


def load_voxels(path: Path, around: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Voxels within a box grown by a margin, and index → LPS mm."""
    image = nibabel.load(path)
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    voxels = np.asarray(image.dataobj) > 0
    inverse = np.linalg.inv(affine)
    corners = np.array(np.meshgrid(*zip(around[0] - margin, around[1] + margin))).reshape(3, -1)
    index = inverse[:3, :3] @ corners + inverse[:3, 3:]
    low = np.maximum(0, np.floor(index.min(1)).astype(int))
    high = np.minimum(voxels.shape, np.ceil(index.max(1)).astype(int) + 1)
    place = affine.copy()
    place[:3, 3] = affine[:3, :3] @ low + affine[:3, 3]
    return voxels[tuple(slice(a, b) for a, b in zip(low, high))], place


def surface(part: np.ndarray, place: np.ndarray) -> trimesh.Trimesh:
    """Surface at half the voxels, LPS mm, open at the box; a light blur takes the stairs, not the shape."""
    soft = ndimage.gaussian_filter(np.pad(part.astype(np.float32), 1, mode="edge"), 0.5)
    # Faces turn outward on a grid that is not mirrored.
    turned = "ascent" if np.linalg.det(place[:3, :3]) > 0 else "descent"
    vertices, faces, _, _ = measure.marching_cubes(soft, 0.5, gradient_direction=turned)
    return trimesh.Trimesh((vertices - 1) @ place[:3, :3].T + place[:3, 3], faces, process=False)


def sampled(mesh: trimesh.Trimesh) -> tuple[np.ndarray, np.ndarray]:
    """Points on a surface, about 12 a square millimetre, and its normals there."""
    points, faces = trimesh.sample.sample_surface(mesh, int(min(900_000, 12 * mesh.area)), seed=1)
    return points, mesh.face_normals[faces]


def bridged(part: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Voxels with slits filled."""
    spacing = np.linalg.norm(place[:3, :3], axis=0)
    padded = np.pad(part, 4, mode="edge")
    grown = ndimage.distance_transform_edt(~padded, sampling=spacing) <= BRIDGED
    closed = ndimage.distance_transform_edt(grown, sampling=spacing) > BRIDGED
    return closed[4:-4, 4:-4, 4:-4] | part


def collision_model(mesh: trimesh.Trimesh) -> fcl.BVHModel:
    model = fcl.BVHModel()
    model.beginModel(len(mesh.vertices), len(mesh.faces))
    model.addSubModel(np.asarray(mesh.vertices), np.asarray(mesh.faces))
    model.endModel()
    return model


def collisions(implant: trimesh.Trimesh, bone: trimesh.Trimesh, axis: np.ndarray) -> list[float]:
    """Ways (mm) along the axis at which the implant touches bone, 0 included."""
    moved = fcl.CollisionObject(collision_model(implant), fcl.Transform())
    still = fcl.CollisionObject(collision_model(bone), fcl.Transform())
    hits = []
    for way in np.arange(0, WAY + STEP / 2, STEP):
        moved.setTransform(fcl.Transform(np.eye(3), axis * way))
        if fcl.collide(moved, still, fcl.CollisionRequest(), fcl.CollisionResult()):
            hits.append(float(way))
    return hits


def closed_faces(implant: trimesh.Trimesh, skull: Path, patch: Path) -> tuple[cKDTree, cKDTree]:
    """Points of the outer and of the inner surface of skull and patch."""
    bone, place = load_voxels(skull, implant.bounds, 9)
    closed, normals = sampled(surface(bridged(bone | load_voxels(patch, implant.bounds, 9)[0], place), place))
    head = nibabel.load(skull)
    middle = np.argwhere(np.asarray(head.dataobj)[::4, ::4, ::4] > 0).mean(0) * 4
    centre = (np.diag([-1.0, -1.0, 1.0, 1.0]) @ head.affine @ np.append(middle, 1))[:3]
    away = closed - centre
    rise = (normals * away).sum(1) / np.linalg.norm(away, axis=1)
    return cKDTree(closed[rise > 0.2]), cKDTree(closed[rise < -0.2])


def border_gaps(
    implant: trimesh.Trimesh, skull: Path, faces_of: tuple[cKDTree, cKDTree], axis: np.ndarray, asked: dict
) -> dict:
    """The gap from the implant's side wall to the bone that it faces, over the whole height of the wall, mm.

    The wall is what lies deeper than the rounding under the outer and the inner surface of skull and patch and
    above the implant's inner face. Of each of its points it is asked whether it could be as near to bone as the
    clearance allows and still be moved out along the axis.
    """
    bone, place = load_voxels(skull, implant.bounds, 9)
    points, faces = trimesh.sample.sample_surface(implant, 80_000, seed=1)
    depth, height = (tree.query(points)[0] for tree in faces_of)
    thick = np.inf if asked["thickness"] == "bone" else asked["thickness"]
    normals = implant.face_normals[faces]
    wall = (depth > ROUNDED) & (height > ROUNDED) & (depth < thick - ROUNDED)
    # An outer surface that runs along the axis may be where the patch ends: a wall if bone lies before it.
    end = (depth <= ROUNDED) & (height > ROUNDED) & (np.abs(normals @ axis) < STEEP)
    points, depth, normals, end = (v[wall | end] for v in (points, depth, normals, end))
    there = sampled(surface(bone, place))[0]
    tree = cKDTree(there)
    gap, nearest = tree.query(points)
    to_bone = (there[nearest] - points) / np.maximum(gap, 1e-6)[:, None]
    faced = (gap < NEAR) & ((to_bone * normals).sum(1) > FACING)
    clearance = asked["clearance"]
    wanted = points + to_bone * np.maximum(0, gap - clearance)[:, None]
    least = np.full(len(points), np.inf)
    for way in np.arange(STEP, 12, STEP):
        least = np.minimum(least, tree.query(wanted + way * axis, distance_upper_bound=2)[0])
    held = (gap > clearance + 0.1) & (least < clearance - 0.1)
    free = faced & ~held

    def quantiles(values: np.ndarray) -> list[float]:
        return [round(float(np.quantile(values, q)), 2) if len(values) else 0.0 for q in (0.05, 0.5, 0.95)]

    return {
        "gap": quantiles(gap[faced]),
        "gap that the axis leaves": quantiles(gap[free]),
        "gap at the rim": quantiles(gap[free & (depth < ROUNDED + RIM)]),
        "held by the axis": round(float((held & faced).sum() / max(1, faced.sum())), 3),
        "open": round(float(1 - faced[~end].mean()), 3),
    }


def thickness(
    implant: trimesh.Trimesh, axis: np.ndarray, away: float, inner: cKDTree
) -> tuple[np.ndarray, np.ndarray]:
    """Wall behind points of the outer surface that are this far from the edge, and the room for it, mm.

    The room is the way to the nearest point of the inner surface of skull and patch.
    """
    points, faces = trimesh.sample.sample_surface(implant, 20000, seed=2)
    normals = implant.face_normals[faces]
    side = points[np.abs(normals @ axis) < 0.35]
    outer = normals @ axis > 0.5
    far = outer & (cKDTree(side).query(points)[0] > away)
    points, normals = points[far], normals[far]
    start = points - 1e-3 * normals
    hits, rays, _ = implant.ray.intersects_location(start, -normals, multiple_hits=False)
    return np.linalg.norm(hits - points[rays], axis=1), inner.query(points[rays])[0]


def check(skull: Path, patch: Path, folder: Path) -> dict:
    report = json.loads((folder / "implant.json").read_text())
    axis = np.array(report["axis"])
    meshes = [trimesh.load(f) for f in sorted(folder.glob("implant*.stl"))]
    asked = report["parameters"]
    result: dict = {"pieces": len(meshes)}
    result["watertight"] = all(m.is_watertight and m.is_winding_consistent for m in meshes)
    result["outward"] = all(m.volume > 0 for m in meshes)
    result["bodies"] = [int(m.body_count) for m in meshes]
    edges = [np.unique(np.sort(m.edges, axis=1), axis=0, return_counts=True)[1] for m in meshes]
    result["manifold"] = all(bool((e == 2).all()) for e in edges)
    kernel = [
        manifold3d.Manifold(
            manifold3d.Mesh(np.asarray(m.vertices, np.float32), np.asarray(m.faces, np.uint32))
        )
        for m in meshes
    ]
    result["kernel"] = [str(k.status()).split(".")[-1] for k in kernel]
    implant = trimesh.util.concatenate(meshes)
    result["volume"] = round(float(implant.volume) / 1000, 3)
    voxels, place = load_voxels(skull, implant.bounds, 0)
    centres = np.argwhere(voxels) @ place[:3, :3].T + place[:3, 3]
    # Only what could be inside.
    close = centres[cKDTree(implant.vertices).query(centres, distance_upper_bound=8)[0] < 8]
    inside = sum(int(m.contains(close).sum()) for m in meshes)
    result["bone voxels inside"] = inside
    result["self-intersections"] = sum(self_intersections(m) for m in meshes)
    result["collisions"] = collisions(implant, surface(*load_voxels(skull, implant.bounds, 35)), axis)
    faces = closed_faces(implant, skull, patch)
    result |= border_gaps(implant, skull, faces, axis, asked)
    walls, room = thickness(implant, axis, 3.0, faces[1])
    clearance = asked["clearance"]
    target = asked["thickness"]
    roomy = room >= (0 if target == "bone" else target)
    for name, values in (("thickness", walls), ("thickness where there is room", walls[roomy])):
        result[name] = [round(float(np.quantile(values, q)), 2) for q in (0.05, 0.5, 0.95)]
    result["without room"] = round(float(1 - roomy.mean()), 3)
    result["passes"] = {
        "solid": result["watertight"]
        and result["manifold"]
        and result["outward"]
        and all(b == 1 for b in result["bodies"])
        and result["self-intersections"] == 0
        and all(k in ("NoError", "Error.NoError") for k in result["kernel"]),
        "no overlap": inside == 0 and 0.0 not in result["collisions"],
        "way out": not result["collisions"],
        "gap": result["gap that the axis leaves"][2] <= clearance + TOLERATED,
        "thickness": target == "bone"
        or (result["thickness"][0] >= target - 0.3 and result["thickness"][2] <= target + 0.3),
    }
    return result


if __name__ == "__main__":
    found = check(*map(Path, sys.argv[1:4]))
    print(json.dumps(found))
    sys.exit(0 if all(found["passes"].values()) else 1)

"""Checks a designed implant with tools that share no code with the product (trimesh, manifold3d, python-fcl).

    python implant_checks.py SKULL.nii.gz FOLDER [CLEARANCE [THICKNESS]]

FOLDER is what `cranioplasty implant` wrote. The bone is the surface at half its voxels, by scikit-image. Prints one line of
JSON; exit code 1 if a check fails. Install: pip install trimesh manifold3d python-fcl scikit-image nibabel scipy rtree
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
from skimage import measure

STEP = 0.5
"""How far the implant is moved from one collision test to the next, mm."""
WAY = 30.0


def load_bone(path: Path, around: np.ndarray, margin: float) -> tuple[np.ndarray, trimesh.Trimesh]:
    """Bone near the implant: its voxel centres and its surface, LPS mm."""
    image = nibabel.load(path)
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    voxels = np.asarray(image.dataobj) > 0
    inverse = np.linalg.inv(affine)
    corners = np.array(np.meshgrid(*zip(around[0] - margin, around[1] + margin))).reshape(3, -1)
    index = inverse[:3, :3] @ corners + inverse[:3, 3:]
    low = np.maximum(0, np.floor(index.min(1)).astype(int))
    high = np.minimum(voxels.shape, np.ceil(index.max(1)).astype(int) + 1)
    part = voxels[tuple(slice(a, b) for a, b in zip(low, high))]
    place = affine.copy()
    place[:3, 3] = affine[:3, :3] @ low + affine[:3, 3]
    centres = np.argwhere(part) @ place[:3, :3].T + place[:3, 3]
    # A light blur takes the stairs, not the shape.
    soft = ndimage.gaussian_filter(np.pad(part.astype(np.float32), 1), 0.5)
    vertices, faces, _, _ = measure.marching_cubes(soft, 0.5)
    vertices = (vertices - 1) @ place[:3, :3].T + place[:3, 3]
    bone = trimesh.Trimesh(vertices, faces, process=True)
    return centres, bone


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


def border_gaps(implant: trimesh.Trimesh, bone: trimesh.Trimesh, axis: np.ndarray) -> np.ndarray:
    """Distance to bone from the outer rim: the topmost points of the side wall under its rounding, one each 2 mm."""
    points, faces = trimesh.sample.sample_surface(implant, 60000, seed=1)
    normals = implant.face_normals[faces]
    outward = np.abs(normals @ axis) < 0.35
    wall = points[outward]
    # On the wall the rim is what has nothing of the wall above it within 2 mm.
    u = np.cross(axis, [1.0, 0, 0] if abs(axis[0]) < 0.8 else [0, 1.0, 0])
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    flat = np.c_[wall @ u, wall @ v]
    height = wall @ axis
    cell = np.round(flat / 2).astype(int)
    rims = []
    for key in np.unique(cell, axis=0):
        members = np.flatnonzero((cell == key).all(1))
        if len(members) < 3:
            continue
        top = np.quantile(height[members], 0.9)
        rims.append(members[np.argmin(np.abs(height[members] - top))])
    rim = wall[rims]
    near = cKDTree(trimesh.sample.sample_surface(bone, 400000, seed=1)[0]).query(rim)[0]
    return near[near < 6]


def thickness(implant: trimesh.Trimesh, axis: np.ndarray, away: float) -> np.ndarray:
    """Wall behind points of the outer surface that are this far from the edge, mm."""
    points, faces = trimesh.sample.sample_surface(implant, 20000, seed=2)
    normals = implant.face_normals[faces]
    side = points[np.abs(normals @ axis) < 0.35]
    outer = normals @ axis > 0.5
    far = outer & (cKDTree(side).query(points)[0] > away)
    points, normals = points[far], normals[far]
    start = points - 1e-3 * normals
    hits, rays, _ = implant.ray.intersects_location(start, -normals, multiple_hits=False)
    return np.linalg.norm(hits - points[rays], axis=1)


def check(skull: Path, folder: Path) -> dict:
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
    centres, bone = load_bone(skull, implant.bounds, 35)
    box = ((centres > implant.bounds[0]) & (centres < implant.bounds[1])).all(1)
    inside = sum(int(m.contains(centres[box]).sum()) for m in meshes)
    result["bone voxels inside"] = inside
    result["collisions"] = collisions(implant, bone, axis)
    gaps = border_gaps(implant, bone, axis)
    result["gap"] = [round(float(np.quantile(gaps, q)), 2) for q in (0.05, 0.5, 0.95)]
    walls = thickness(implant, axis, 3.0)
    result["thickness"] = [round(float(np.quantile(walls, q)), 2) for q in (0.05, 0.5, 0.95)]
    clearance = asked["clearance"]
    target = asked["thickness"]
    result["passes"] = {
        "solid": result["watertight"]
        and result["manifold"]
        and result["outward"]
        and all(b == 1 for b in result["bodies"])
        and all(k in ("NoError", "Error.NoError") for k in result["kernel"]),
        "no overlap": inside == 0 and 0.0 not in result["collisions"],
        "way out": not result["collisions"],
        "gap": result["gap"][2] <= clearance + 0.4,
        "thickness": target == "bone"
        or (result["thickness"][0] >= target - 0.3 and result["thickness"][2] <= target + 0.3),
    }
    return result


if __name__ == "__main__":
    found = check(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(found))
    sys.exit(0 if all(found["passes"].values()) else 1)

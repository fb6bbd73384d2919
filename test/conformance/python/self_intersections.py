"""Counts the pairs of a mesh's triangles that cut each other: boxes that overlap, then edges against triangles."""

import numpy as np
import trimesh

FLAT = 1e-9
"""Touching within this share is no cut."""


def overlapping(mesh: trimesh.Trimesh) -> np.ndarray:
    """Pairs of triangles whose boxes overlap, each once: by sweeping along the longest axis."""
    corners = mesh.triangles
    low, high = corners.min(1), corners.max(1)
    axis = int(np.argmax(mesh.extents))
    order = np.argsort(low[:, axis])
    low, high = low[order], high[order]
    ends = np.searchsorted(low[:, axis], high[:, axis], side="right")
    pairs = []
    for n in range(len(order)):
        others = slice(n + 1, ends[n])
        hit = ((low[others] <= high[n]) & (high[others] >= low[n])).all(1)
        found = np.flatnonzero(hit) + n + 1
        pairs.append(np.c_[np.full(len(found), order[n]), order[found]])
    return np.concatenate(pairs) if pairs else np.empty((0, 2), int)


def pierced(start: np.ndarray, end: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Which stretches pass through the inside of their triangles (Möller and Trumbore 1997)."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    way = end - start
    p = np.cross(way, c - a)
    size = ((b - a) * p).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = start - a
        u = (away * p).sum(1) / size
        q = np.cross(away, b - a)
        v = (way * q).sum(1) / size
        t = ((c - a) * q).sum(1) / size
        inside = (u > FLAT) & (v > FLAT) & (u + v < 1 - FLAT) & (t > FLAT) & (t < 1 - FLAT)
    return inside & (np.abs(size) > 1e-12)


def self_intersections(mesh: trimesh.Trimesh) -> int:
    """Number of pairs of triangles that cut each other or are folded onto each other."""
    pairs = overlapping(mesh)
    first, second = mesh.faces[pairs[:, 0]], mesh.faces[pairs[:, 1]]
    same = first[:, :, None] == second[:, None, :]
    shared = same.sum((1, 2))
    cut = np.zeros(len(pairs), bool)
    # An edge with a shared corner touches the other triangle without cutting it, and is found not inside it.
    for one, other in ((first, second), (second, first)):
        for n in range(3):
            start, end = one[:, n], one[:, (n + 1) % 3]
            own = (other == start[:, None]).any(1) | (other == end[:, None]).any(1)
            ask = np.flatnonzero((shared < 2) & ~own & ~cut)
            v = mesh.vertices
            cut[ask] = pierced(v[start[ask]], v[end[ask]], v[other[ask]])
    normals = mesh.face_normals
    folded = (shared == 2) & ((normals[pairs[:, 0]] * normals[pairs[:, 1]]).sum(1) < -1 + 1e-6)
    return int((cut | folded).sum())

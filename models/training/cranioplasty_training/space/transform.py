"""Rotations and rigid motions."""

from __future__ import annotations

import numpy as np

from .canonical import F64


def rotation_vector(w: F64) -> F64:
    """Rodrigues: rotation matrix of the rotation vector ``w`` (rad)."""
    angle = float(np.linalg.norm(w))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = w / angle
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * k + (1.0 - np.cos(angle)) * (k @ k)


def kabsch(source: F64, target: F64) -> F64:
    """Least-squares rigid (4, 4) with reflection guard: source (N, 3) -> target (N, 3)."""
    a, b = source.mean(0), target.mean(0)
    u, _, vt = np.linalg.svd((source - a).T @ (target - b))
    d = np.sign(np.linalg.det(vt.T @ u.T))
    rotation = vt.T @ np.diag([1.0, 1.0, d]) @ u.T
    out = np.eye(4)
    out[:3, :3] = rotation
    out[:3, 3] = b - rotation @ a
    return out

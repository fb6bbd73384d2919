"""Rotation, shift and three scales that lay a skull onto the atlas, by Gauss-Newton steps.

``extension/src/engine/pose/atlasFit.ts`` computes the same.
"""

from __future__ import annotations

import numpy as np

from ..space.canonical import F64
from ..space.transform import rotation_vector
from .atlas import Field

LOG_SCALE_SIGMA = 0.08
RESIDUAL_SIGMA_MM = 1.5
LM_DAMPING = 1e-4


class AtlasFit:
    """Parameters of T(p) = S R (p - origin) + t."""

    def __init__(self, rotation: F64, origin: F64, t: F64) -> None:
        self.rotation = rotation
        self.origin = origin
        self.t = t
        self.log_scale = np.zeros(3)

    def matrix(self) -> F64:
        out = np.eye(4)
        out[:3, :3] = np.exp(self.log_scale)[:, None] * self.rotation
        out[:3, 3] = self.t - out[:3, :3] @ self.origin
        return out

    def step(self, groups: list[tuple[Field, F64, float]]) -> None:
        """One damped Gauss-Newton step; ``groups``: (field, patient points, Tukey mm)."""
        scale = np.exp(self.log_scale)
        normal = np.zeros((9, 9))
        right = np.zeros(9)
        n = 0.0
        for field, points, tukey in groups:
            q = (points - self.origin) @ self.rotation.T
            d, g = field.sample_gradient(q * scale + self.t)
            w = np.where(np.abs(d) < tukey, (1.0 - (d / tukey) ** 2) ** 2, 0.0)
            gs = g * scale
            jacobian = np.concatenate([np.cross(q, gs), g, gs * q], 1)
            normal += jacobian.T @ (jacobian * w[:, None])
            right -= jacobian.T @ (w * d)
            n += float(w.sum())
        n = max(n, 1.0)
        # The prior on the log scales counts like n/100 points of RESIDUAL_SIGMA_MM.
        prior = n / 100.0 * (RESIDUAL_SIGMA_MM / LOG_SCALE_SIGMA) ** 2
        normal[6:, 6:] += prior * np.eye(3)
        right[6:] -= prior * self.log_scale
        normal += LM_DAMPING * np.diag(np.diag(normal)) + 1e-9 * np.eye(9)
        x = np.linalg.solve(normal, right)
        x[:3] = np.clip(x[:3], -0.2, 0.2)
        x[3:6] = np.clip(x[3:6], -15.0, 15.0)
        x[6:] = np.clip(x[6:], -0.05, 0.05)
        self.rotation = rotation_vector(x[:3]) @ self.rotation
        self.t = self.t + x[3:6]
        self.log_scale = np.clip(self.log_scale + x[6:], -0.25, 0.25)

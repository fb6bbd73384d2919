"""Sizes of a cascade: grids, windows and channels of both networks."""

from __future__ import annotations

from dataclasses import dataclass

from ..space.canonical import BOX_MM


@dataclass(frozen=True)
class Preset:
    """A size of the cascade; spacings in mm, sizes in voxels.

    ``channels`` and ``convs`` are per level of the U-Net, top first.  The coarse network sees the whole
    canonical box, so ``coarse_mm * coarse_size`` is ``BOX_MM``; ``stride`` is the distance of
    neighbouring fine windows at inference.
    """

    name: str
    coarse_mm: float
    coarse_size: int
    fine_mm: float
    window: int
    stride: int
    coarse_channels: tuple[int, ...]
    coarse_convs: tuple[int, ...]
    fine_channels: tuple[int, ...]
    fine_convs: tuple[int, ...]
    # Networks see the shape prior (``shape_prior``) in the place of the bent mean skull, and the fine one
    # how far its surface is.
    shape_prior: bool = False

    @property
    def factor(self) -> int:
        """Fine voxels along a coarse voxel."""
        return round(self.coarse_mm / self.fine_mm)

    @property
    def canonical_size(self) -> int:
        """Fine voxels along the canonical box."""
        return round(BOX_MM / self.fine_mm)


_DEEP = (12, 24, 48, 96, 192)
# The coarse network of `lite`, whose weights others may begin with.
_COARSE = ((8, 16, 32, 64, 96), (1, 2, 2, 2, 2))

PRESETS = {
    p.name: p
    for p in (
        # The paper's sizes (section 2.2): 12 initial channels, 128 voxels, 1.6 and 0.4 mm.
        Preset("base", 1.6, 128, 0.4, 128, 96, _DEEP, (2, 2, 2, 2, 2), _DEEP, (2, 2, 2, 2, 2)),
        # What two CPU cores train in an evening and a browser runs without a GPU.
        Preset(
            *("lite", 3.2, 64, 0.8, 64, 48),
            coarse_channels=(8, 16, 32, 64, 96),
            coarse_convs=(1, 2, 2, 2, 2),
            fine_channels=(8, 16, 32, 64),
            fine_convs=(1, 2, 2, 2),
        ),
        # Fine windows of the paper's resolution on the coarse network of `lite`: with a shape prior the
        # coarse estimate says where bone is missing, not how it curves.
        Preset(
            "prior-base",
            3.2,
            64,
            0.4,
            128,
            96,
            *_COARSE,
            (16, 32, 64, 128, 192),
            (1, 2, 2, 2, 2),
            shape_prior=True,
        ),
        Preset("prior-base-12", 3.2, 64, 0.4, 128, 96, *_COARSE, _DEEP, (1, 2, 2, 2, 2), shape_prior=True),
        Preset("prior-lite", 3.2, 64, 0.8, 64, 48, *_COARSE, (8, 16, 32, 64), (1, 2, 2, 2), shape_prior=True),
        Preset("tiny-prior", 6.4, 32, 1.6, 32, 24, (8, 16), (1, 1), (8, 16), (1, 1), shape_prior=True),
        # For tests of the whole way from a sample to an installed model.
        Preset("tiny", 6.4, 32, 1.6, 32, 24, (8, 16), (1, 1), (8, 16), (1, 1)),
    )
}

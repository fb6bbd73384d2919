"""The multi-branch cascade: one U-Net class for the coarse and the fine network.

Tensors are [N, C, z, y, x] (x fastest), canonical axes Left (x), Posterior (y), Superior (z).
Only operators that run on WebGPU in ONNX Runtime Web: Conv 3D (k3 and k1), InstanceNorm,
ReLU, MaxPool, nearest Resize, Concat, Softmax, Slice.

``extension/src/engine/cascade/manifest.ts`` has the names of the inputs' channels too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..space.canonical import BOX_MM, grid_points
from .presets import Preset


def plain_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Instance norm computed in fp32, whose result has the type and the layout of its input."""
    with torch.autocast(x.device.type, enabled=False):
        v = x.float()
        var, mean = torch.var_mean(v, (2, 3, 4), correction=0, keepdim=True)
        scale = torch.rsqrt(var + eps) * weight.float().reshape(1, -1, 1, 1, 1)
        return ((v - mean) * scale + bias.float().reshape(1, -1, 1, 1, 1)).to(x.dtype)


class Norm(nn.InstanceNorm3d):
    """Instance norm with scale and shift.

    While training it is computed in one of two ways that give the same values and keep the channels-last
    layout: as a group norm of one channel a group, twice as fast on a CPU, or ``plain``, which leaves bf16 in
    bf16 and which a compiler for a GPU fuses.
    """

    plain = False

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        if self.plain:
            return plain_norm(x, self.weight, self.bias, self.eps)
        return F.group_norm(x, self.num_features, self.weight, self.bias, self.eps)


def use_plain_norm(network: nn.Module, plain: bool) -> None:
    """Choose how the norms of a network are computed while it trains."""
    for module in network.modules():
        if isinstance(module, Norm):
            module.plain = plain


class Block(nn.Module):
    """``count`` times 3x3x3 convolution, instance norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, count: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for k in range(count):
            layers += [
                nn.Conv3d(inputs if k == 0 else outputs, outputs, 3, padding=1, bias=False),
                Norm(outputs, affine=True),
                nn.ReLU(inplace=True),
            ]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class Branch(nn.Module):
    """conv-ReLU-conv-softmax; ``forward`` gives the two logits [N, 2, D, H, W].

    The network's inputs have a straight way to the logits: they say to a fraction of a voxel where
    a surface is, which instance norms and poolings on the long way blur.  It starts at zero, and
    its gain lets it learn as fast as the rest, whose weights are a tenth of what it needs.
    """

    GAIN = 8.0

    def __init__(self, channels: int, inputs: int) -> None:
        super().__init__()
        self.first = nn.Conv3d(channels, channels, 3, padding=1)
        self.second = nn.Conv3d(channels, 2, 1)
        self.straight = nn.Conv3d(inputs, 2, 1, bias=False)
        nn.init.zeros_(self.straight.weight)

    def forward(self, x: Tensor, inputs: Tensor) -> Tensor:
        return self.second(F.relu(self.first(x))) + self.straight(self.GAIN * inputs)

    @torch.no_grad()
    def silence(self) -> None:
        """Makes the branch find nothing anywhere; without a loss of its own it stays so."""
        assert self.second.bias is not None
        self.second.weight.zero_()
        self.straight.weight.zero_()
        self.second.bias.copy_(torch.tensor([10.0, -10.0]))


class UNet(nn.Module):
    """U-Net with a skull-patch and an implant branch on shared features.

    ``channels`` per level (top first).  ``convs`` convolutions per encoder level; decoder
    levels have one, after concatenation with the nearest-upsampled, 1x1x1-reduced level below.
    Input [N, inputs, D, H, W]; ``forward`` returns patch and implant logits [N, 2, D, H, W].
    """

    def __init__(self, inputs: int, channels: Sequence[int], convs: Sequence[int]) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        previous = inputs
        for width, count in zip(channels, convs, strict=True):
            self.down.append(Block(previous, width, count))
            previous = width
        self.reduce = nn.ModuleList()
        self.up = nn.ModuleList()
        for level in range(len(channels) - 2, -1, -1):
            self.reduce.append(nn.Conv3d(channels[level + 1], channels[level], 1))
            self.up.append(Block(2 * channels[level], channels[level], 1))
        self.patch = Branch(channels[0], inputs)
        self.implant = Branch(channels[0], inputs)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        inputs = x
        skips: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else F.max_pool3d(x, 2))
            skips.append(x)
        for k, (reduce, up) in enumerate(zip(self.reduce, self.up, strict=True)):
            skip = skips[len(skips) - 2 - k]
            x = F.interpolate(reduce(x), scale_factor=2.0, mode="nearest")
            x = up(torch.cat([skip, x], 1))
        return self.patch(x, inputs), self.implant(x, inputs)


# What the channels of the inputs hold, as the manifest names them.
COARSE_INPUTS = ("skull", "skull mirrored and fitted", "mean skull fitted")
FINE_INPUTS = (*COARSE_INPUTS, "coarse patch", "coarse implant")
PRIOR_COARSE_INPUTS = ("skull", "skull mirrored and fitted", "shape prior")
PRIOR_FINE_INPUTS = (*PRIOR_COARSE_INPUTS, "shape prior distance", "coarse patch", "coarse implant")


def coarse_inputs(preset: Preset) -> tuple[str, ...]:
    """What the coarse network sees."""
    return PRIOR_COARSE_INPUTS if preset.shape_prior else COARSE_INPUTS


def fine_inputs(preset: Preset) -> tuple[str, ...]:
    """What the fine network sees."""
    return PRIOR_FINE_INPUTS if preset.shape_prior else FINE_INPUTS


def coarse_network(preset: Preset) -> UNet:
    """Input [N, 3, D, H, W]: occupancy of defective skull, its fitted mirror image and what continues it."""
    return UNet(len(coarse_inputs(preset)), preset.coarse_channels, preset.coarse_convs)


def fine_network(preset: Preset) -> UNet:
    """Input [N, 5 or 6, D, H, W]: the same (and the distance to what continues it), upsampled coarse patch
    and implant."""
    return UNet(len(fine_inputs(preset)), preset.fine_channels, preset.fine_convs)


class SeparateBranches(nn.Module):
    """Two single-branch networks as one: the patch of the first and the implant of the second.

    What the paper compares the multi-branch network with.  Of the coarse estimates each sees only its
    own, as in its training.
    """

    def __init__(self, patch: UNet, implant: UNet, channels: Sequence[str]) -> None:
        super().__init__()
        self.networks = nn.ModuleList([patch, implant])
        for k, other in enumerate(("coarse implant", "coarse patch")):
            seen = torch.tensor([float(c != other) for c in channels]).reshape(1, -1, 1, 1, 1)
            self.register_buffer(f"seen_{k}", seen)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        patch, implant = self.networks
        return patch(x * self.get_buffer("seen_0"))[0], implant(x * self.get_buffer("seen_1"))[1]


def foreground(logits: Tensor) -> Tensor:
    """Softmax foreground probability [N, 1, D, H, W], as the sigmoid of the logits' difference: the same
    numbers, and half the time of a softmax over two channels in WebGPU."""
    return torch.sigmoid(logits[:, 1:2] - logits[:, 0:1])


class Export(nn.Module):
    """The network as exported: probabilities instead of logits."""

    def __init__(self, network: UNet | SeparateBranches) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        patch, implant = self.network(x)
        return foreground(patch), foreground(implant)


def segmentation_loss(
    logits: Tensor, target: Tensor, known: Tensor | None = None, entropy_weight: float = 1.0
) -> Tensor:
    """Soft Dice plus mean cross-entropy; ``target`` [N, 1, D, H, W] in 0..1.

    Dice rewards volume, and where the surface is not certain it is best served by the larger shape.
    Cross-entropy asks for the probability itself, whose one half lies in the middle of what the surface
    can be; averaged over a window that is mostly air it is weak, so ``entropy_weight`` may raise it.
    ``known`` [N] is 0 for samples without a truth for this shape, which then teach nothing.
    """
    logits = logits.float()
    p = foreground(logits)
    dims = (1, 2, 3, 4)
    inter = (p * target).sum(dims)
    total = (p * p).sum(dims) + (target * target).sum(dims)
    dice = 1.0 - (2.0 * inter + 1.0) / (total + 1.0)
    # log p - log(1-p) of the two-class softmax is the difference of the logits.
    margin = logits[:, 1:2] - logits[:, 0:1]
    entropy = F.binary_cross_entropy_with_logits(margin, target, reduction="none").mean(dims)
    loss = dice + entropy_weight * entropy
    return loss.mean() if known is None else (loss * known).sum() / known.sum().clamp(min=1.0)


def upsample_at(coarse: Tensor, corners: Iterable[tuple[float, float, float]], preset: Preset) -> Tensor:
    """Coarse probabilities [N, C, n, n, n] at the voxel centres of each sample's fine window.

    Trilinear, align_corners=False, border replicated: the same values as upsampling the whole
    volume and cropping.  Returns [N, C, w, w, w].
    """
    size = (preset.window,) * 3
    grids = [grid_points(c, preset.fine_mm, size, coarse.device) / BOX_MM * 2.0 - 1.0 for c in corners]
    return F.grid_sample(
        coarse, torch.stack(grids), mode="bilinear", padding_mode="border", align_corners=False
    )

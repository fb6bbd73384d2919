from __future__ import annotations

import torch

from cranioplasty_training.cascade.model import (
    Norm,
    plain_norm,
    segmentation_loss,
    upsample_at,
    use_plain_norm,
)
from cranioplasty_training.cascade.presets import PRESETS


def test_upsampling_convention() -> None:
    coarse = torch.rand(1, 1, 64, 64, 64)
    whole = torch.nn.functional.interpolate(
        coarse[..., :20, :20, :20], scale_factor=4, mode="trilinear", align_corners=False
    )
    crop = upsample_at(coarse, [(3.2, 4.0, 0.8)], PRESETS["lite"])
    assert torch.allclose(crop[0, 0], whole[0, 0, 1:65, 5:69, 4:68], atol=1e-4)


def test_the_loss_leaves_out_what_is_not_known() -> None:
    torch.manual_seed(0)
    logits, target = torch.randn(2, 2, 4, 4, 4), torch.rand(2, 1, 4, 4, 4).round()
    first = segmentation_loss(logits[:1], target[:1])
    assert torch.allclose(segmentation_loss(logits, target, torch.tensor([1.0, 0.0])), first)
    assert torch.allclose(segmentation_loss(logits, target, torch.ones(2)), segmentation_loss(logits, target))
    assert float(segmentation_loss(logits, target, torch.zeros(2))) == 0.0


def test_the_plain_norm_is_the_group_norm() -> None:
    torch.manual_seed(1)
    x = torch.randn(2, 5, 12, 10, 8).contiguous(memory_format=torch.channels_last_3d)
    norm = Norm(5, affine=True)
    with torch.no_grad():
        norm.weight.uniform_()
        norm.bias.uniform_()
    results = []
    for plain in (False, True):
        use_plain_norm(norm, plain)
        a = x.clone(memory_format=torch.preserve_format).requires_grad_()
        y = norm(a)
        assert y.is_contiguous(memory_format=torch.channels_last_3d)
        (y * torch.arange(8.0)).sum().backward()
        results.append((y.detach(), a.grad, norm.weight.grad.clone()))
        norm.zero_grad()
    for one, other, off in zip(*results, (1e-5, 1e-4, 1e-2), strict=True):
        assert torch.allclose(one, other, rtol=0.0, atol=off)
    assert torch.allclose(results[0][0], norm.eval()(x), atol=1e-5)
    assert plain_norm(x.bfloat16(), norm.weight, norm.bias, norm.eps).dtype == torch.bfloat16

"""Networks as ONNX files, written and read back."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from .model import Export, SeparateBranches, UNet

OPSET = 18
TOLERANCE = 1e-4


def store_half(model: onnx.ModelProto, least: int = 256) -> None:
    """Store the weights as fp16, cast back to fp32 when the model is loaded: half the download, and
    every operator still computes in fp32."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < least:
            continue
        name = tensor.name
        half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}_fp16"))
        casts.append(
            onnx.helper.make_node(
                "Cast", [tensor.name], [name], name=f"{name}_cast", to=onnx.TensorProto.FLOAT
            )
        )
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def export_network(network: UNet | SeparateBranches, inputs: int, size: int, path: Path) -> float:
    """Write ``path`` with static shape [1, inputs, size, size, size]; returns the largest error
    of ONNX Runtime against torch on random data, both with the weights as they are stored."""
    # Where a run only begins with a model's weights nobody needs to run it.
    import onnxruntime

    network = copy.deepcopy(network)
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(p.half().float())
    module = Export(network).eval()
    x = torch.rand(1, inputs, size, size, size)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module,
        (x,),
        str(path),
        input_names=["input"],
        output_names=["patch", "implant"],
        opset_version=OPSET,
        dynamo=False,
    )
    model = onnx.load(str(path))
    store_half(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    with torch.no_grad():
        expected = module(x)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(["patch", "implant"], {"input": x.numpy()})
    error = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(got, expected, strict=True))
    if error > TOLERANCE:
        raise RuntimeError(f"{path.name}: ONNX Runtime differs from torch by {error:g}")
    return error


def exported_weights(path: Path) -> dict[str, Tensor]:
    """Parameters of a network as ``export_network`` wrote it, by their names in the network, as float32."""
    graph = onnx.load(str(path)).graph
    tensors = {
        t.name.removesuffix("_fp16"): torch.from_numpy(onnx.numpy_helper.to_array(t).astype(np.float32))
        for t in graph.initializer
    }
    # The exporter stores equal parameters once.
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
    return {name.removeprefix("network."): value for name, value in tensors.items()}

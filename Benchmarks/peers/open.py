"""Opens a saved model as a Python program would: hashes, dictionaries of ids, arrays."""

import hashlib
import json
import sys
import time
from pathlib import Path

from saved import tensors
from worker import serve


def opened(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, record in manifest["files"].items():
        with open(folder / name, "rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != record["sha256"]:
                sys.exit(f"{name} is damaged")
    ids = {
        name: {line: row for row, line in enumerate((folder / name).read_bytes().split(b"\n")[:-1])}
        for name in ("users.txt", "items.txt")
    }
    return ids, tensors(folder / "histories.safetensors"), tensors(folder / "retriever.safetensors")


def one_round():
    start = time.perf_counter()
    opened(Path(sys.argv[1]))
    return {"seconds": time.perf_counter() - start}


serve({}, one_round)

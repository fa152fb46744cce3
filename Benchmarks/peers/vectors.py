"""Vectors to search: unit vectors around random centres, the same in every process that asks for the same sizes.

    vectors.py FOLDER --items N --queries N --dimension 64 --centres N
"""

import argparse
import json
import os

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--items", type=int, required=True)
parser.add_argument("--queries", type=int, default=1000)
parser.add_argument("--dimension", type=int, default=64)
parser.add_argument("--centres", type=int, required=True)
parser.add_argument("--count", type=int, default=100, help="how many neighbours the truth holds")


def unit(rows):
    return np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def make(options):
    generator = np.random.default_rng(7)
    shape = (options.centres, options.dimension)
    centres = unit(generator.standard_normal(shape, dtype=np.float32))

    def draw(count):
        noise = generator.standard_normal((count, options.dimension), dtype=np.float32) / np.sqrt(options.dimension)
        return unit(centres[generator.integers(0, options.centres, count)] + noise)

    return draw(options.items), draw(options.queries)


def truth(items, queries, count):
    """The `count` items with the largest inner products, by brute force in blocks."""
    best = []
    for block in range(0, len(queries), 100):
        scores = queries[block:block + 100] @ items.T
        top = np.argpartition(-scores, count, axis=1)[:, :count]
        best.append(np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1), 1))
    return np.concatenate(best).astype(np.int32)


def load(folder):
    """The items, queries and true neighbours that `make` left in a folder."""
    with open(os.path.join(folder, "shape.json")) as file:
        shape = json.load(file)
    items, queries = (
        np.fromfile(os.path.join(folder, name), np.float32).reshape(-1, shape["dimension"])
        for name in ("items.f32", "queries.f32")
    )
    return items, queries, np.fromfile(os.path.join(folder, "truth.i32"), np.int32).reshape(len(queries), -1)


def recall(found, true):
    """The share of the true neighbours that were found."""
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, true)]))


if __name__ == "__main__":
    options = parser.parse_args()
    shape = vars(options)
    marker = os.path.join(options.folder, "shape.json")
    made = {key: value for key, value in shape.items() if key != "folder"}
    if not os.path.exists(marker) or json.load(open(marker)) != made:
        os.makedirs(options.folder, exist_ok=True)
        items, queries = make(options)
        items.tofile(os.path.join(options.folder, "items.f32"))
        queries.tofile(os.path.join(options.folder, "queries.f32"))
        truth(items, queries, options.count).tofile(os.path.join(options.folder, "truth.i32"))
        with open(marker, "w") as file:
            json.dump(made, file)

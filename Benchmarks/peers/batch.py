"""The recommendations of every user of a saved model, written into a file by Python.

    batch.py FOLDER --answers FILE --out FILE --way implicit|pytorch|pytorch-blocks --k 50 --threads N

`implicit` and `pytorch` ask user by user; `pytorch-blocks` scores 512 users at a time.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # implicit runs threads of its own, and says that BLAS must not

import numpy as np  # noqa: E402

import saved  # noqa: E402
from worker import serve  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--answers", type=Path, required=True, help="Corral's answers, which must be the same")
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--way", choices=["implicit", "pytorch", "pytorch-blocks"], required=True)
parser.add_argument("--k", type=int, default=50)
parser.add_argument("--threads", type=int, required=True)
options = parser.parse_args()


class Implicit:
    """The vectors of a saved model in `implicit`, which folds a user in as Corral does."""

    def __init__(self, folder):
        import scipy.sparse as sparse
        from implicit.als import AlternatingLeastSquares

        vectors = saved.tensors(folder / "retriever.safetensors")
        als = json.loads((folder / "manifest.json").read_text())["settings"]["als"]
        self.users, self.items = saved.ids(folder / "users.txt"), saved.ids(folder / "items.txt")
        self.model = AlternatingLeastSquares(
            factors=vectors["items"].shape[1], regularization=als["regularisation"], alpha=1.0, use_gpu=False,
            num_threads=options.threads)
        self.model.user_factors, self.model.item_factors = vectors["users"].copy(), vectors["items"].copy()
        rows = saved.histories(folder)
        indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        values = np.full(indptr[-1], als["alpha"], np.float32)
        self.met = sparse.csr_matrix((values, np.concatenate(rows), indptr), (len(rows), len(self.items)))
        self.met.sum_duplicates()

    def lists(self):
        for user in range(len(self.users)):
            items, scores = self.model.recommend(user, self.met[user], N=options.k, recalculate_user=True)
            yield self.users[user], [self.items[item] for item in items.tolist()], scores.tolist()


class PyTorch:
    """The twin of a saved retriever, user by user or some hundred at a time."""

    def __init__(self, folder):
        import torch

        from twin import Twin

        torch.set_num_threads(options.threads)
        self.twin = Twin(folder)

    def lists(self):
        names = self.twin.users
        if options.way == "pytorch":
            for name in names:
                yield name, *self.twin.recommend(name, options.k)
            return
        for start in range(0, len(names), 512):
            users = range(start, min(start + 512, len(names)))
            for user, items, scores in zip(users, *self.twin.recommend_many(users, options.k)):
                yield names[user], [self.twin.items[item] for item in items], scores


peer = (Implicit if options.way == "implicit" else PyTorch)(options.folder)


def one_round():
    started = time.perf_counter()
    with open(options.out, "w") as file:
        file.write("user,item,rank,score\n")
        for name, items, scores in peer.lists():
            file.writelines(
                f"{name},{item},{rank},{score}\n" for rank, (item, score) in enumerate(zip(items, scores), start=1))
    return {"seconds": time.perf_counter() - started}


def check():
    """Leaves unless the file that this side writes is Corral's, up to rounding."""
    one_round()

    def read(file):
        rows = [line.split(",") for line in file.read_text().splitlines()[1:]]
        return [row[0] for row in rows], [row[1] for row in rows], np.array([float(row[3]) for row in rows])

    own, theirs = read(options.out), read(options.answers)
    same = np.mean(np.array(own[1]) == np.array(theirs[1])) if own[0] == theirs[0] else 0
    furthest = np.abs(own[2] - theirs[2]).max() if own[0] == theirs[0] else np.inf
    if same < 0.98 or furthest > 1e-3:
        sys.exit(f"the same place has the same item in {same:.3f} of the rows, and scores are up to {furthest} apart")


check()
serve({"users": len(saved.ids(options.folder / "users.txt"))}, one_round)

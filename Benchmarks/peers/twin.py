"""A saved two-tower model, with DeepFM over it where it has a ranker, in eager PyTorch: the same weights, the same scores."""

import csv
import json
import sys

import torch
from torch.nn import functional

import saved

TOLERANCE = 1e-4  # of a score, beside the largest of its list


class Twin:
    """Answers requests of known users: scores all items, leaves out those met, takes the best."""

    def __init__(self, folder):
        self.folder = folder
        self.users, self.items = saved.ids(folder / "users.txt"), saved.ids(folder / "items.txt")
        self.positions = {name: row for row, name in enumerate(self.users)}
        self.histories = [torch.from_numpy(row.astype("int64")) for row in saved.histories(folder)]
        weights, settings = saved.tensors_and_settings(folder / "retriever.safetensors")
        weights = {name: torch.from_numpy(values.copy()) for name, values in weights.items()}
        shape = json.loads(settings["retriever"])
        known = {"items.weight", "history.weight", "history.ages", "serving.placed", "serving.prior"}
        if shape["model"] != "two-tower" or shape["similarity"] != "cosine" or set(weights) - known:
            sys.exit(f"no twin of {shape} with {sorted(weights)}")
        self.history_table = weights.get("history.weight", weights["items.weight"])
        self.ages = weights["history.ages"].exp()
        self.item_vectors = functional.normalize(weights["items.weight"])
        self.prior = weights.get("serving.prior")
        self.unplaced = weights["serving.placed"] == 0 if "serving.placed" in weights else None
        self.candidates = json.loads((folder / "manifest.json").read_text())["settings"]["evaluate"]["candidates"]
        file = folder / "ranker.safetensors"
        self.ranker = Ranker(file) if file.exists() else None

    @torch.inference_mode()
    def retrieved(self, history):
        """The scores of all items."""
        last = history[-len(self.ages):].flip(0)
        weights = self.ages[: len(last)]
        query = (self.history_table[last] * weights.unsqueeze(1)).sum(0) / weights.sum()
        scores = self.item_vectors @ functional.normalize(query, dim=0)
        if self.prior is not None:
            scores += self.prior
        if self.unplaced is not None:
            scores[self.unplaced] = -torch.inf
        return scores

    @torch.inference_mode()
    def recommend(self, name, count):
        """The ids of the best items and their scores, as lists."""
        user = self.positions[name]
        history = self.histories[user]
        scores = self.retrieved(history)
        scores[history] = -torch.inf
        best = scores.topk(count if self.ranker is None else self.candidates)
        if self.ranker is not None:
            ranked = self.ranked(user, best.indices, best.values).topk(count)
            return [self.items[item] for item in best.indices[ranked.indices].tolist()], ranked.values.tolist()
        return [self.items[item] for item in best.indices.tolist()], best.values.tolist()

    def ranked(self, user, items, retrieved):
        """The ranker's scores of items for one user, or each for its own, with the retriever's share where it is stacked."""
        scores = self.ranker(user, items)
        if self.ranker.stacked is None:
            return scores
        return scores + self.ranker.stacked * (retrieved if self.prior is None else retrieved - self.prior[items])

    @torch.inference_mode()
    def recommend_many(self, users, count):
        """The same for many users at once: positions of items, and scores."""
        length = len(self.ages)
        rows = [self.histories[user] for user in users]
        last = torch.stack([functional.pad(row[-length:].flip(0), (0, length - len(row[-length:]))) for row in rows])
        lengths = torch.tensor([min(len(row), length) for row in rows])
        weights = self.ages * (torch.arange(length) < lengths.unsqueeze(1))
        queries = (self.history_table[last] * weights.unsqueeze(2)).sum(1) / weights.sum(1, keepdim=True)
        scores = functional.normalize(queries) @ self.item_vectors.T
        if self.prior is not None:
            scores += self.prior
        if self.unplaced is not None:
            scores[:, self.unplaced] = -torch.inf
        met = torch.repeat_interleave(torch.arange(len(rows)), torch.tensor([len(row) for row in rows]))
        scores[met, torch.cat(rows)] = -torch.inf
        best = scores.topk(count if self.ranker is None else self.candidates)
        if self.ranker is None:
            return best.indices.tolist(), best.values.tolist()
        owners = torch.tensor(users).repeat_interleave(self.candidates)
        ranked = self.ranked(owners, best.indices.flatten(), best.values.flatten())
        ranked = ranked.view(len(rows), -1).topk(count)
        return best.indices.gather(1, ranked.indices).tolist(), ranked.values.tolist()

    def score(self, name, items):
        """The scores of some items by their ids."""
        user = self.positions[name]
        rows = torch.tensor([self.item_positions[item] for item in items])
        retrieved = self.retrieved(self.histories[user])[rows]
        return retrieved if self.ranker is None else self.ranked(user, rows, retrieved)

    def check(self, answers):
        """Leaves unless Corral gave every item of a file of answers the score that it has here.

        The share of the best items here that Corral found too.
        """
        self.item_positions = {name: row for row, name in enumerate(self.items)}
        given = {}
        with open(answers) as file:
            for row in csv.DictReader(file):
                given.setdefault(row["user"], []).append((row["item"], float(row["score"])))
        found = total = 0
        for name, rows in given.items():
            items, scores = zip(*rows)
            own, theirs = self.score(name, items), torch.tensor(scores)
            if (own - theirs).abs().max() > TOLERANCE * theirs.abs().max().clamp(min=1):
                sys.exit(f"user {name}: Corral says {theirs.tolist()}, the twin {own.tolist()}")
            found += len(set(items) & set(self.recommend(name, len(items))[0]))
            total += len(items)
        recall = found / total
        if recall < 0.9:
            sys.exit(f"Corral finds only {recall:.3f} of the twin's items: they are not the same model")
        return recall


class Ranker:
    """DeepFM over the embeddings of a user and an item."""

    def __init__(self, file):
        weights, settings = saved.tensors_and_settings(file)
        self.weights = {name: torch.from_numpy(values.copy()) for name, values in weights.items()}
        record = json.loads(settings["ranker"])
        self.stacked = record.get("stacked")  # the weight of the retriever's scores
        self.depth = len([name for name in weights if name.startswith("mlp.") and name.endswith(".weight")])
        known = {"users.weight", "items.weight"}
        known |= {f"mlp.{layer}.{part}" for layer in range(self.depth) for part in ("weight", "bias")}
        if record["settings"]["model"] != "deepfm" or set(weights) != known:
            sys.exit(f"no twin of {record} with {sorted(weights)}")

    @torch.inference_mode()
    def __call__(self, user, candidates):
        """The scores of candidates for one user, or each for its own."""
        items = self.weights["items.weight"][candidates]
        users = self.weights["users.weight"][user].expand_as(items)
        x = torch.cat([users, items], 1)
        for layer in range(self.depth):
            x = functional.linear(x if layer == 0 else x.relu(), self.weights[f"mlp.{layer}.weight"],
                                  self.weights[f"mlp.{layer}.bias"])
        return x[:, 0] + (users * items).sum(1)

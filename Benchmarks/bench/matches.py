"""What is compared with what: the two command lines of every match, and the lines of the table that it fills."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sizes:
    """How much work a run does."""

    rounds: int = 7
    search_items: int = 1_000_000
    search_queries: int = 1000
    single_queries: int = 50
    graph_items: int = 200_000
    graph_queries: int = 1000
    table_items: int = 1_000_000
    small_table_items: int = 10_000
    steps: int = 20
    sweeps: int = 5
    trained_users: int = 0  # of the sequence models; 0: all
    recbole_batches: int = 5
    ranker_steps: int = 10
    drawn_items: int = 1_000_000
    few_drawn_items: int = 100_000
    opened_users: int = 2_000_000  # of saved models
    opened_items: int = 1_000_000
    exact_draws: int = 64  # queries that the exact draws of a round are for
    served_items: int = 1_000_000
    requests: int = 10_000
    peer_requests: int = 200  # of those that score all served items
    divided_items: int = 108_025  # as many as KuaiRand has
    divided_requests: int = 200


QUICK = Sizes(
    rounds=3, search_items=100_000, search_queries=200, single_queries=20, graph_items=20_000, graph_queries=200,
    table_items=200_000, steps=5, sweeps=2, trained_users=512, recbole_batches=1, ranker_steps=3,
    drawn_items=100_000, few_drawn_items=10_000, exact_draws=16,
    opened_users=200_000, opened_items=100_000, served_items=100_000, requests=1000, peer_requests=100,
    divided_items=20_000, divided_requests=50,
)


@dataclass(frozen=True)
class Line:
    """One line of the table.

    `name` finds its bar in thresholds.json. `figure` is the key of the seconds in the answers: of each round, or of
    the set-up when `once`. One figure covers `work` units, or as many as the fact of that name says.
    """

    name: str
    title: str
    unit: str
    work: object = 1
    figure: str = "seconds"
    once: bool = False
    shows: tuple = ()  # facts and answers to print beside the line


@dataclass(frozen=True)
class Match:
    """Two commands that do the same work with the same threads."""

    left: list
    right: list
    right_name: str
    threads: int
    lines: list
    left_name: str = "Corral"


class Matches:
    """Builds every match for one data file, one folder of vectors and one choice of sizes."""

    def __init__(self, binary, python, peers, sizes, log_file, vectors):
        self.binary, self.python, self.peers = binary, python, peers
        self.sizes, self.log_file, self.vectors = sizes, log_file, vectors

    def corral(self, case, *words):
        return [self.binary, case, *words]

    def peer(self, script, *words):
        return [self.python, self.peers / f"{script}.py", *words]

    def parse(self):
        line = Line("parse", "parse .inter, ids numbered", "row", "rows", shows=("read_csv_seconds",))
        left, right = self.corral("parse", self.log_file), self.peer("parse", self.log_file)
        return [Match(left, right, "pandas", 2, [line])]

    def als(self):
        return [
            Match(
                self.corral("als", self.log_file, "--solver", solver, "--threads", 2, "--sweeps", self.sizes.sweeps),
                self.peer("als", self.log_file, "--solver", solver, "--threads", 2, "--sweeps", self.sizes.sweeps),
                "implicit", 2,
                [Line(f"als-{solver}", f"ALS sweep, 64 factors, {title}", "sweep")],
            )
            for solver, title in (("cg", "3 CG steps"), ("cholesky", "Cholesky"))
        ]

    def evaluate(self):
        words = (self.log_file, "--threads", 2)
        return [
            Match(
                self.corral("evaluate", *words), self.peer("evaluate", *words), "RecBole", 2,
                [Line("evaluate", "full-rank evaluation, seen masked", "user", work="users")],
            )
        ]

    def exact(self):
        matches = []
        for threads in (1, 2):
            for path, name in (("blas", "Faiss Flat, BLAS forced"), ("default", "Faiss Flat, default")):
                words = (self.vectors("exact"), "--threads", threads, "--mode", "batch")
                words += ("--queries", self.sizes.search_queries)
                line = Line(f"exact-batch-{path}-{threads}", self._exact_title("batch"), "query")
                matches.append(
                    Match(self.corral("flat", *words), self.peer("flat", *words, "--path", path), name, threads, [line])
                )
        words = (self.vectors("exact"), "--threads", 1, "--mode", "single", "--queries", self.sizes.single_queries)
        line = Line("exact-single", self._exact_title("one at a time"), "query")
        return matches + [Match(self.corral("flat", *words), self.peer("flat", *words), "Faiss Flat", 1, [line])]

    def _exact_title(self, mode):
        return f"exact search, {self.sizes.search_items:,} x 64, {mode}"

    def hnsw(self):
        words = (self.vectors("graph"), "--threads", 2)
        size = f"{self.sizes.graph_items:,} x 64"
        return [
            Match(
                self.corral("hnsw", *words), self.peer("hnsw", *words), "hnswlib", 2,
                [
                    Line("hnsw-build", f"HNSW build, {size}", "vector", self.sizes.graph_items, "build_seconds", True),
                    Line("hnsw-query", "HNSW query, 1 thread, recall@100 >= .95", "query", shows=("recall", "ef")),
                ],
            )
        ]

    def step(self):
        def words(items):
            return ("--items", items, "--threads", 2, "--steps", self.sizes.steps)

        def label(items):
            return f"{items:,}-row table"

        large, small = self.sizes.table_items, self.sizes.small_table_items
        # Growth is that of the table alone: both sides' batches name the same number of items.
        named = ("--named", small)
        line = Line("step-growth", f"two-tower step, {label(large)}, same batches", "step")
        matches = [
            Match(
                self.corral("step", *words(large), *named), self.corral("step", *words(small), *named),
                label(small), 2, [line], left_name=label(large),
            )
        ]
        # Tables that grow while they train: new users and items before each step, against none.
        line = Line("step-growing", f"two-tower step, {label(large)}, 10 new users and items", "step")
        matches.append(
            Match(
                self.corral("step", *words(large), "--growing", 10), self.corral("step", *words(large)),
                "fixed tables", 2, [line], left_name="growing tables",
            )
        )
        for items in (large, small):
            for optimizer, name in (("adam", "PyTorch, fused Adam"), ("sparse", "PyTorch, SparseAdam")):
                size = "large" if items == large else "small"
                line = Line(f"step-{optimizer}-{size}", f"two-tower step, {label(items)}", "step")
                right = self.peer("step", *words(items), "--optimizer", optimizer)
                matches.append(Match(self.corral("step", *words(items)), right, name, 2, [line]))
        return matches

    def item2vec(self):
        matches = []
        for threads in (1, 2):
            words = (self.log_file, "--threads", threads)
            line = Line(f"item2vec-{threads}", "item2vec, 64 x 5 negatives, window 5", "word")
            matches.append(
                Match(self.corral("item2vec", *words), self.peer("item2vec", *words), "gensim", threads, [line])
            )
        return matches

    def bpr(self):
        """An epoch each: 64 dimensions, batches of 2,048 pairs, one uniform negative, Adam."""
        settings = self.settings(
            "bpr-mf", **{"retriever.dimension": 64, "train.batch": 2048, "negatives.count": 1}
        )
        line = Line("bpr", "BPR-MF epoch, batches of 2,048", "example")
        left = self.corral("train", self.log_file, *settings, "--threads", 2)
        right = self.peer("train", self.log_file, "--model", "bpr", "--threads", 2)
        return [Match(left, right, "RecBole", 2, [line])]

    def sasrec(self):
        """Positions are targets: RecBole has one in every row of its prefixes, the others one in every position."""
        one = {"loss.kind": "bce", "negatives.kind": "uniform", "negatives.count": 1, "negatives.sharing": "example"}
        shared = {"loss.kind": "softmax", "negatives.kind": "uniform", "negatives.count": 1000}
        shared |= {"negatives.sharing": "batch"}
        short = {"retriever.history": 50, "retriever.heads": 2, "retriever.feedForward": 256}
        long = {"retriever.history": 200, "retriever.heads": 1, "retriever.feedForward": 64}

        def match(name, title, shape, loss, right, right_name):
            settings = self.settings(
                "sasrec", **{"retriever.dimension": 64, "retriever.layers": 2, "retriever.dropout": 0.2},
                **{"train.batch": 128, "loss.temperature": 1}, **shape, **loss,
            )
            left = self.corral("train", self.log_file, *settings, "--users", self.sizes.trained_users, "--threads", 2)
            return Match(left, right, right_name, 2, [Line(name, title, "position")])

        words = (self.log_file, "--threads", 2)
        recbole = self.peer("train", *words, "--model", "sasrec", "--batches", self.sizes.recbole_batches)
        eager = (*words, "--users", self.sizes.trained_users)
        return [
            match("sasrec-recbole", "SASRec, 50 positions, 1 negative", short, one, recbole, "RecBole"),
            match(
                "sasrec-eager-bce", "SASRec, 200 positions, BCE, 1 negative", long, one,
                self.peer("sasrec", *eager, "--loss", "bce"), "PyTorch, fused Adam",
            ),
            match(
                "sasrec-eager-softmax", "SASRec, 200 positions, softmax, 1,000 negatives", long, shared,
                self.peer("sasrec", *eager, "--loss", "softmax", "--negatives", 1000), "PyTorch, fused Adam",
            ),
        ]

    def ranker(self):
        matches = []
        names = {"deepfm": "DeepFM", "dcn": "DCN", "dcn-v2": "DCN-v2", "din": "DIN", "bst": "BST"}
        for model, name in names.items():
            words = ("--model", model, "--steps", self.sizes.ranker_steps, "--threads", 2)
            lines = [
                Line(f"ranker-{model}-train", f"{name} step, 512 x 21 candidates", "step"),
                Line(f"ranker-{model}-score", f"{name}, 100 candidates scored", "query", 128, "scoring"),
            ]
            matches.append(
                Match(self.corral("ranker", *words), self.peer("ranker", *words), "PyTorch, fused Adam", 2, lines)
            )
        return matches

    def proposals(self):
        """20 negatives of each of 512 queries, through the multi-index; the exact draws have fewer queries."""

        def index(items):
            return self.corral("proposals", "--kind", "multi-index", "--items", items, "--batches", 20, "--threads", 2)

        many, few = self.sizes.drawn_items, self.sizes.few_drawn_items
        exact = ("--items", many, "--queries", self.sizes.exact_draws, "--threads", 2)
        title = f"20 negatives by softmax from {many:,} items"
        label = f"{few:,} items"
        return [
            Match(
                index(many), self.corral("proposals", "--kind", "softmax", *exact), "the exact softmax", 2,
                [Line("proposals-exact", title, "query", shows=("build_seconds", "refresh_seconds"))],
                left_name="multi-index",
            ),
            Match(
                index(many), self.peer("proposals", *exact), "PyTorch, the exact softmax", 2,
                [Line("proposals-pytorch", title, "query")], left_name="multi-index",
            ),
            Match(
                index(many), index(few), label, 2, [Line("proposals-growth", title, "query")],
                left_name=f"{many:,} items",
            ),
        ]

    def cooperation(self):
        def step(method):
            return self.corral("cooperation", "--method", method, "--steps", self.sizes.ranker_steps, "--threads", 2)

        return [
            Match(
                step("corr"), step("independent"), "trained apart", 2,
                [Line("cooperation", "MF + DeepFM by CoRR, 1,024 x 20 negatives", "step")],
            )
        ]

    def clusters(self):
        """Pairs of a history of 50 items and a target of its cluster, and all targets of passes over histories."""

        def side(*words):
            return self.corral("clusters", "--steps", self.sizes.steps, "--threads", 2, *words)

        def told(task, *words, model="sasrec"):
            return side("--model", model, "--task", task, *words)

        def match(name, title, left, right, right_name, left_name="Corral"):
            return Match(left, right, right_name, 2, [Line(name, title, "target")], left_name=left_name)

        plain, large = side(), self.sizes.table_items
        return [
            match("clusters-hadamard", "hadamard, (prefix, target) pairs", told("hadamard"), plain, "plain SASRec"),
            match("clusters-prepend", "prepend, (prefix, target) pairs", told("prepend"), plain, "plain SASRec"),
            match("clusters-mmoe", "MMoE, 4 experts, pairs", told("mmoe", model="mmoe"), plain, "plain SASRec"),
            match(
                "clusters-passes", "hadamard, a pass for each cluster", told("hadamard", "--passes", "--batch", 32),
                side("--passes", "--batch", 32), "plain SASRec, a pass for all",
            ),
            match(
                "clusters-count", "hadamard, 100 clusters", told("hadamard", "--clusters", 100), told("hadamard"),
                "10 clusters", "100 clusters",
            ),
            match(
                "clusters-catalogue", f"hadamard, {large:,} items", told("hadamard", "--items", large),
                told("hadamard", "--items", 10_000), "10,000 items", f"{large:,} items",
            ),
        ]

    def open(self):
        users, items = self.sizes.opened_users, self.sizes.opened_items
        matches = []
        for kind in ("popularity", "implicit-als"):
            folder = self.peers.parent / "data" / f"model-{kind}-{users}"
            if not folder.exists():
                self._run(self.corral("open", folder, "--kind", kind, "--make", "--users", users, "--items", items))
            line = Line(f"open-{kind}", f"open {kind}, {users:,} users, {items:,} items", "step")
            left, right = self.corral("open", folder, "--kind", kind, "--threads", 2), self.peer("open", folder)
            matches.append(Match(left, right, "Python", 2, [line]))
        return matches

    def served(self):
        """The models that are served: a pair over the log, and a retriever of a large catalogue with its graph."""
        items = self.sizes.served_items
        large = self.peers.parent / "data" / f"model-served-{items}"
        if not large.exists():
            self._run(self.corral("serve", large, "--make", "--items", items))
        pair = ["retriever.model=two-tower", "ranker.model=deepfm", "rankerTraining.train.epochs=1"]
        return {"pair": self._trained("pair", pair), "hnsw": large}

    def serve(self):
        """Requests to a pair over the log, and to a retriever of a large catalogue through its graph."""
        items, requests, folders = self.sizes.served_items, self.sizes.requests, self.served()
        matches = []
        for name, folder, title, asked in (
            ("pair", folders["pair"], "two-tower, then DeepFM", requests),
            ("hnsw", folders["hnsw"], f"two-tower, HNSW over {items:,} items", self.sizes.peer_requests),
        ):
            words = ("--answers", self._answers(folder), "--requests", asked, "--threads", 2)
            shows = (("p50_ms_one", "p99_ms_one"), ("p50_ms_two", "p99_ms_two", "recall"))
            lines = [
                Line(f"serve-{name}-{clients}", f"{title}, {clients} client{s}", "request", 1, figure, shows=shown)
                for clients, s, figure, shown in ((1, "", "one", shows[0]), (2, "s", "two", shows[1]))
            ]
            left = self.corral("serve", folder, "--requests", requests, "--threads", 2)
            matches.append(Match(left, self.peer("serve", folder, *words), "PyTorch", 2, lines))
        return matches

    def batch(self):
        """The best 50 items of every user, in a CSV file."""
        matches = []
        ways = (
            ("implicit", "implicit-als", "implicit, user by user"),
            ("pytorch", "two-tower", "PyTorch, user by user"),
            ("pytorch-blocks", "two-tower", "PyTorch, 512 users at a time"),
        )
        for way, model, name in ways:
            folder = self._trained(model, [f"retriever.model={model}"])
            out = self.peers.parent / "data" / "batch"
            words = ("--answers", self._answers(folder, "--all", "-k", 50), "--out", f"{out}-{way}.csv", "--way", way)
            matches.append(
                Match(
                    self.corral("batch", folder, "--out", f"{out}.csv", "--threads", 2),
                    self.peer("batch", folder, *words, "--threads", 2), name, 2,
                    [Line(f"batch-{way}", f"{model}, every user's best 50 in a file", "user", work="users")],
                )
            )
        return matches

    def divided(self):
        """Lists of 500 shared out among clusters, one request at a time, beside one index of all items."""
        items, requests = self.sizes.divided_items, self.sizes.divided_requests

        def lists(kind, clusters, threads=1):
            words = ("--items", items, "--requests", requests, "--kind", kind, "--clusters", clusters)
            return self.corral("divided", *words, "--threads", threads)

        matches = []
        for kind, name in (("exact", "exact"), ("hnsw", "HNSW")):
            title = f"500 of {items:,} x 64, {name}, in 15 clusters"
            for threads in (1, 2):
                line = Line(f"divided-{kind}-{threads}", title, "request", shows=("recall",))
                matches.append(
                    Match(
                        lists(kind, 15, threads), lists(kind, 0), "one index, 1 thread", threads, [line],
                        left_name="clusters",
                    )
                )
            for clusters in (15, 25, 50, 100):
                line = Line(
                    f"divided-{kind}-{clusters}-clusters", f"500 of {items:,} x 64, {name}, in {clusters} clusters",
                    "request", shows=("recall",),
                )
                matches.append(
                    Match(lists(kind, clusters), lists(kind, 10), "10 clusters", 1, [line], left_name=str(clusters))
                )
        return matches

    def _trained(self, name, settings):
        """A model of the log, trained once for a few epochs: what it is worth does not matter here."""
        folder = self.peers.parent / "data" / f"model-{name}-{Path(self.log_file).stem}"
        if not folder.exists():
            values = ["train.epochs=2", "als.sweeps=3", *settings]
            words = [word for value in values for word in ("--set", value)]
            self._run([self.binary.parent / "corral", "train", "--data", self.log_file, "--out", folder, *words])
        return folder

    def _answers(self, folder, *words):
        """A file of what the command recommends from a model: to some users unless `words` say to whom."""
        out = folder.with_name(f"{folder.name}-answers.csv")
        if not words:
            users = folder.with_name(f"{folder.name}-users.txt")
            users.write_text("".join((folder / "users.txt").read_text().splitlines(keepends=True)[:200:4]))
            words = ("--users", users, "-k", 10)
        self._run([self.binary.parent / "corral", "recommend", folder, *words, "--out", out])
        return out

    @staticmethod
    def _run(words):
        subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def settings(model, **values):
        """The options that name a retriever and change some of its defaults."""
        changes = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
        return ["--model", model, *changes]


GROUPS = [
    "parse", "als", "evaluate", "exact", "hnsw", "step", "item2vec", "bpr", "sasrec", "ranker", "proposals",
    "cooperation", "clusters", "open", "serve", "batch", "divided",
]

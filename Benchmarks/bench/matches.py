"""What is compared with what: the two command lines of every match, and the lines of the table that it fills."""

from dataclasses import dataclass


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


QUICK = Sizes(
    rounds=3, search_items=100_000, search_queries=200, single_queries=20, graph_items=20_000, graph_queries=200,
    table_items=200_000, steps=5, sweeps=2,
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
        for items in (large, small):
            for optimizer, name in (("adam", "PyTorch, fused Adam"), ("sparse", "PyTorch, SparseAdam")):
                size = "large" if items == large else "small"
                line = Line(f"step-{optimizer}-{size}", f"two-tower step, {label(items)}", "step")
                right = self.peer("step", *words(items), "--optimizer", optimizer)
                matches.append(Match(self.corral("step", *words(items)), right, name, 2, [line]))
        return matches


GROUPS = ["parse", "als", "evaluate", "exact", "hnsw", "step"]

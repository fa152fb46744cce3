"""`implicit`'s alternating least squares: seconds a sweep (users, then items).

    als.py FILE.inter --solver cg|cholesky --threads N --factors 64 --sweeps 5
"""

import argparse
import os
import warnings

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # it runs threads of its own, and says that BLAS must not

import numpy as np  # noqa: E402
import scipy.sparse as sparse  # noqa: E402
from implicit.als import AlternatingLeastSquares  # noqa: E402

from dataset import training_pairs  # noqa: E402
from worker import serve  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--solver", choices=["cg", "cholesky"], required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--factors", type=int, default=64)
parser.add_argument("--sweeps", type=int, default=5)
options = parser.parse_args()
warnings.filterwarnings("ignore")

users, items = training_pairs(options.file)
matrix = sparse.csr_matrix((np.ones(len(users), np.float32), (users, items)))


def one_round():
    model = AlternatingLeastSquares(
        factors=options.factors, regularization=0.05, alpha=1.0, iterations=options.sweeps,
        use_cg=options.solver == "cg", num_threads=options.threads, random_state=1, use_gpu=False,
    )
    seconds = []
    model.fit(matrix, show_progress=False, callback=lambda _, spent, *__: seconds.append(spent))
    return {"seconds": float(np.median(seconds))}


serve({"interactions": matrix.nnz}, one_round)

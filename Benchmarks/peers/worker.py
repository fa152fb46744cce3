"""The other end of bench/side.py: set up, say so, then one round for every line of input."""

import json
import sys


def serve(facts, one_round):
    """Prints `facts`, then the result of `one_round()` for each line read."""
    print(json.dumps(facts), flush=True)
    for _ in sys.stdin:
        print(json.dumps(one_round()), flush=True)

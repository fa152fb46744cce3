"""Starts a server and lets schemathesis ask it: api.py SCHEMATHESIS CASES."""

import subprocess
import sys

from server import Folder, Server, fail, say, small_models

tool, cases = sys.argv[1], int(sys.argv[2])
with Folder() as folder:
    server = Server(small_models(folder, 1)[0], folder / "api.store", "--quiet")
    document = f"http://127.0.0.1:{server.port}/openapi.json"
    routes = server.ask("GET", "/openapi.json")[1]["paths"]
    count = sum(len(methods) for methods in routes.values())
    each = max(1, -(-cases // count))
    say(f"{count} operations, up to {each} cases each")
    code = subprocess.run(
        [tool, "run", document, "--max-examples", str(each), "--checks", "all", "--phases", "examples,fuzzing",
         "--seed", "1", "--continue-on-failure"]
    ).returncode
    alive = server.process.poll() is None
    ended = server.stop() if alive else server.process.returncode
    if not alive or ended != 0:
        fail(f"the server ended with {ended}")
    sys.exit(code)

"""Starts a server and lets schemathesis ask it: api.py SCHEMATHESIS CASES [SEED]."""

import subprocess
import sys

from server import Folder, Server, fail, say, small_models

# All checks hold as they are, but for two. Data that the document allows may also get 422, which says that it names what
# this model or this experiment does not have (a feature, an arm): no document can say that of each model. And a stranger
# is a user like others, so lists of one who was deleted are answers: without events, or of what is popular.
# Each of the two ways to bring a key gets it, so that the checks can take it away and make up others.
KEY = "0123456789abcdef-admin"
SETTINGS = f"""
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429", "503"]
[auth.openapi.key]
api_key = "{KEY}"
[auth.openapi.bearer]
bearer = "{KEY}"
[[operations]]
include-path-regex = "^/v1/users/[^/]+/(events|recommendations)|^/api/(user/[^/]+/feedback|recommend|feedback)"
checks.use_after_free.enabled = false
"""

tool, cases = sys.argv[1], int(sys.argv[2])
seed = sys.argv[3] if len(sys.argv) > 3 else "1"
with Folder() as folder:
    server = Server(
        small_models(folder, 1)[0], folder / "api.store", "--quiet", environment={"CORRAL_ADMIN_KEY": KEY}
    )
    document = f"http://127.0.0.1:{server.port}/openapi.json"
    routes = server.ask("GET", "/openapi.json")[1]["paths"]
    count = sum(len(methods) for methods in routes.values())
    each = max(1, -(-cases // count))
    say(f"{count} operations, up to {each} cases each")
    settings = folder / "schemathesis.toml"
    settings.write_text(SETTINGS)
    code = subprocess.run(
        [tool, "--config-file", settings, "run", document, "--max-examples", str(each),
         "--phases", "examples,coverage,fuzzing,stateful", "--seed", seed, "--continue-on-failure"],
        cwd=folder,
    ).returncode
    alive = server.process.poll() is None
    ended = server.stop() if alive else server.process.returncode
    if not alive or ended != 0:
        fail(f"the server ended with {ended}")
    sys.exit(code)

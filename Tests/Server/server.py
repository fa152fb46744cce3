"""A `corral serve` in a process of its own, over a small model, for the checks of this folder."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CORRAL = Path(os.environ.get("CORRAL", ROOT / ".build/release/corral"))


def say(text):
    print(text, file=sys.stderr, flush=True)


def fail(text):
    say(f"FAILED: {text}")
    sys.exit(1)


def corral(*words):
    subprocess.run([str(word) for word in (CORRAL, *words)], check=True, stdout=subprocess.DEVNULL)


def small_models(folder, count=2):
    """Models of the same catalogue, trained from different seeds."""
    log = folder / "films"
    corral("data", "synthesize", log, "--users", 400, "--items", 300, "--interactions", 12000, "--seed", 1)
    models = []
    for seed in range(1, count + 1):
        models.append(folder / f"model-{seed}")
        corral("train", "--data", log, "--set", "train.epochs=2", "--set", f"train.seed={seed}", "--quiet",
               "--out", models[-1])
    return models


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server that can be asked, killed and started again over the same store; `tls` says whom to trust."""

    def __init__(self, model, store, *words, port=None, environment=None, tls=None):
        self.model, self.store, self.words, self.tls = model, store, words, tls
        self.port = port or free_port()
        self.environment = os.environ | (environment or {})
        self.log = Path(f"{store}.log")
        self.start()

    def start(self):
        words = [CORRAL, "serve", self.model, "--listen", f"127.0.0.1:{self.port}", "--store", self.store, *self.words]
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [str(word) for word in words], stdout=log, stderr=log, env=self.environment,
                # A file that may not grow is an error to it, as on a full disk, not its end.
                preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            )
        for _ in range(1200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("the server is not ready after a minute")

    def ask(self, method, path, body=None, headers=None, timeout=30):
        """The status and the body of an answer, as JSON where it is that."""
        if self.tls:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.tls)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body)
            head = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, data, head | (headers or {}))
            answer = connection.getresponse()
            text = answer.read()
            is_json = (answer.getheader("Content-Type") or "").startswith("application/json")
            return answer.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Ends it as an operator would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def memory(self):
        """The bytes that it has resident."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Folder:
    """A folder that is gone afterwards."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="corral-check-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

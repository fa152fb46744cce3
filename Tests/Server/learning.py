"""Kills a learner and a server that learns, fills their disk, and counts what was learned.

    learning.py [--stream N] [--server N] [--seed N]

Each event must be learned once: the count of an item is that of its events. Where steps are always full, the
weights end with the same bytes as those of a run that was never killed.
"""

import argparse
import json
import random
import resource
import shutil
import signal
import struct
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from server import CORRAL, Folder, Server, fail, say, small_models

# The files of a checkpoint that follow from the stream alone.
LEARNED = ["weights.safetensors", "optimiser.safetensors", "training.safetensors", "histories.safetensors",
           "users.txt", "items.txt", "item-features.safetensors"]


def counts(model):
    """How often each item was learned, by its id."""
    folder = Path(f"{model}.live/checkpoint")
    with open(folder / "training.safetensors", "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        begin, end = header["counts"]["data_offsets"]
        file.seek(8 + length + begin)
        numbers = struct.unpack(f"<{(end - begin) // 8}q", file.read(end - begin))
    return Counter(dict(zip((folder / "items.txt").read_text().splitlines(), numbers)))


def tally(model):
    return json.loads(Path(f"{model}.live/checkpoint/state.json").read_text())["tally"]


def made_up_log(path, events, chance):
    """Events of known and new users with known and new items, and how often each item occurs."""
    learned = Counter()
    with open(path, "w") as log:
        log.write("user,item,type\n")
        for number in range(events):
            user = str(chance.randrange(1, 500 + number // 50))
            item = str(chance.randrange(1, 320 + number // 40))
            log.write(f"{user},{item},click\n")
            learned[item] += 1
    return learned


def stream(model, log, *words, limit=None):
    """A learner over a log: its process."""
    words = [CORRAL, "stream", model, "--from", log, "--once", "--quiet", "--set", "learn.batch=64",
             "--set", "patience=0", "--set", "checkpoint.seconds=0", "--set", "checkpoint.steps=3",
             "--set", "publish.seconds=0.1", "--set", "predict.share=0.05", *words]

    def bound():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    return subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True, preexec_fn=bound)


def finished(process):
    _, errors = process.communicate()
    if process.returncode != 0:
        fail(f"a learner ended with {process.returncode}: {errors[-1000:]}")


def killed_stream(models, folder, times, chance):
    """A learner is killed again and again, at its start, in steps, checkpoints and publications."""
    log = folder / "log.csv"
    learned = made_up_log(log, 400 * times, chance)
    for name in ("whole", "killed", "full"):
        shutil.copytree(models[0], folder / name)
    before = counts_of_model(models[0], folder, log)
    finished(stream(folder / "whole", log))
    kills = 0
    while kills < times:
        process = stream(folder / "killed", log)
        try:
            process.wait(chance.uniform(0.02, 0.6))
            finished(process)
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
    finished(stream(folder / "killed", log))
    compare(folder, "killed")
    # The model knows users by features too, so that the first event of somebody new teaches as well.
    if tally(folder / "killed")["beginnings"]:
        fail("first events taught nothing")
    now = counts(folder / "killed")
    wrong = {item for item in now if now[item] != before[item] + learned[item]}
    if wrong:
        fail(f"{len(wrong)} items were not learned as often as they occurred")
    say(f"killed stream: {kills} kills, {sum(learned.values()):,} examples each learned once, the same bytes")

    # A disk that is full while a checkpoint is written: the last one stays, and the next run goes on from it.
    process = stream(folder / "full", log, limit=20_000)
    _, errors = process.communicate()
    if process.returncode != 1 or "space" not in errors and "larger than is allowed" not in errors:
        fail(f"a full disk ended a learner with {process.returncode}: {errors[-500:]}")
    finished(stream(folder / "full", log))
    compare(folder, "full")
    say("full disk: the learner says so, and a later run ends with the same bytes")


def counts_of_model(model, folder, log):
    """How often each item was a target in the training of a model: what a learner of no event starts with."""
    place, empty = folder / "start", folder / "empty.csv"
    shutil.copytree(model, place)
    empty.write_text(log.open().readline())
    finished(stream(place, empty))
    return counts(place)


def compare(folder, name):
    for file in LEARNED:
        paths = [folder / f"{place}.live/checkpoint/{file}" for place in ("whole", name)]
        if paths[0].read_bytes() != paths[1].read_bytes():
            fail(f"{file} of '{name}' differs from that of a run that was never stopped")


def killed_server(models, folder, times, chance):
    """A server that learns is killed while events come in; what was acknowledged is learned once."""
    model = folder / "served"
    shutil.copytree(models[0], model)
    server = Server(
        model, folder / "served.store", "--learn", "--set", "live.patience=0.1", "--set", "live.publish.seconds=0.3",
        "--set", "live.checkpoint.seconds=0.1", "--set", "live.learn.batch=32")
    sent, lock, stopping = Counter(), threading.Lock(), threading.Event()

    def send(sender):
        own, number = random.Random(sender), 0
        while not stopping.is_set():
            number += 1
            # Users of the model: each of their events is an example.
            event = {"id": f"{sender}-{number}", "user": str(own.randrange(1, 400)),
                     "item": f"new-{own.randrange(30)}" if own.random() < 0.3 else str(own.randrange(1, 300)),
                     "type": "click"}
            while True:
                try:
                    status, _ = server.ask("POST", "/v1/events", event, timeout=5)
                except Exception:  # noqa: BLE001: a killed server ends in many ways
                    status = None
                if status == 200:
                    with lock:
                        sent[event["item"]] += 1
                    break
                if stopping.is_set():
                    # Whether it arrived is not known.
                    with lock:
                        sent["?"] += 1
                    return
                time.sleep(0.02)

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(2)]
    for sender in senders:
        sender.start()
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 2))
        server.kill()
        server.start()
    time.sleep(2)
    stopping.set()
    for sender in senders:
        sender.join()
    total = sum(sent.values())
    for _ in range(600):
        learning = server.ask("GET", "/v1/admin/status")[1].get("learning") or {}
        if learning.get("lag") == 0 and learning.get("examples", 0) >= total - sent["?"]:
            break
        time.sleep(0.2)
    if server.stop() != 0:
        fail("the server did not stop cleanly")
    # What was taken in the last moment waits for a step; a learner of the store learns it.
    finished(subprocess.Popen(
        [str(word) for word in (
            CORRAL, "stream", model, "--from", server.store, "--once", "--quiet", "--set", "learn.batch=32")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
    start = counts_of_model(models[0], folder / "of-server", folder / "log.csv")
    now, uncertain = counts(model), sent.pop("?", 0)
    differing = {item: now[item] - start[item] - sent[item] for item in now}
    if any(extra < 0 for extra in differing.values()) or sum(differing.values()) > uncertain:
        fail(f"items were learned otherwise than they were sent: {[d for d in differing.items() if d[1]][:10]}")
    say(f"killed server: {times} kills, {total:,} events acknowledged, each learned once")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stream", type=int, default=50, help="kills of a learner")
    parser.add_argument("--server", type=int, default=10, help="kills of a server that learns")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with Folder() as folder:
        models = small_models(folder, 1)
        killed_stream(models, folder, chosen.stream, chance)
        if chosen.server:
            (folder / "of-server").mkdir()
            killed_server(models, folder, chosen.server, chance)


if __name__ == "__main__":
    main()

"""Kills, damages and starves a server, and counts what it lost.

    faults.py [--ingest N] [--reload N] [--seed N]

Nothing that was acknowledged may be lost or counted twice, and no answer may be of another version than it says.
"""

import argparse
import random
import resource
import shutil
import socket
import sqlite3
import threading
import time
from pathlib import Path

from server import Folder, Server, fail, say, small_models


def events(server, user):
    """All events of a user that were sent, not those of the model."""
    found, after = [], 0
    while True:
        status, page = server.ask("GET", f"/v1/users/{user}/events?after={after}&limit=1000")
        if status == 404:
            return found
        if status != 200:
            fail(f"events of {user}: {status} {page}")
        rows = page["events"]
        if not rows:
            return found
        found += [row for row in rows if row.get("id")]
        after = rows[-1]["position"]


def killed_in_ingest(models, folder, times, chance):
    """Senders post numbered events while the server is killed; each acknowledged one must be there once."""
    server = Server(models[0], folder / "ingest.store")
    accepted, positions, number = {}, {}, 0
    lock, stopping = threading.Lock(), threading.Event()

    def send(sender):
        nonlocal number
        while not stopping.is_set():
            with lock:
                number += 1
                name = f"e{number}"
            event = {"id": name, "user": f"sender-{sender}", "item": "1", "type": "click"}
            for _ in range(200):  # the same event again until it is acknowledged
                if stopping.is_set():
                    return
                try:
                    status, answer = server.ask("POST", "/v1/events", event, timeout=5)
                except (OSError, ValueError, Exception) as error:  # noqa: B014: a killed server ends in many ways
                    if isinstance(error, SystemExit):
                        raise
                    time.sleep(0.02)
                    continue
                if status in (200, 201, 202):
                    with lock:
                        accepted[name] = sender
                        positions[name] = answer["events"][0]["position"]
                    break
                if status != 503:
                    fail(f"an event got {status}: {answer}")

    senders = [threading.Thread(target=send, args=(sender,), daemon=True) for sender in range(4)]
    for sender in senders:
        sender.start()
    for round_ in range(times):
        time.sleep(chance.uniform(0.0, 0.15))
        server.kill()
        server.start()
        if (round_ + 1) % 100 == 0:
            say(f"  {round_ + 1} kills, {len(accepted):,} events acknowledged")
    stopping.set()
    for sender in senders:
        sender.join()
    stored = [row for sender in range(4) for row in events(server, f"sender-{sender}")]
    names = [row["id"] for row in stored]
    if len(names) != len(set(names)):
        fail(f"{len(names) - len(set(names))} events are stored twice")
    lost = set(accepted) - set(names)
    if lost:
        fail(f"{len(lost)} acknowledged events are lost, such as {sorted(lost)[:3]}")
    moved = [row["id"] for row in stored if positions.get(row["id"], row["position"]) != row["position"]]
    if moved:
        fail(f"{len(moved)} events have another position than was said")
    server.stop()
    say(f"ingest: {times} kills, {len(accepted):,} events acknowledged, none lost, none twice, none moved")


def killed_in_reload(models, folder, times, chance):
    """The model is replaced and the server is killed while it opens the new one."""
    server = Server(models[0], folder / "reload.store")
    versions = set()
    for round_ in range(times):
        new = models[(round_ + 1) % 2]
        asker = threading.Thread(target=lambda: quietly(server, new), daemon=True)
        asker.start()
        time.sleep(chance.uniform(0.0, 0.2))
        server.kill()
        asker.join()
        server.start()
        status, answer = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})
        if status != 200 or len(answer["items"]) != 5:
            fail(f"after a kill in a reload: {status} {answer}")
        versions.add(answer["model"])
    server.stop()
    if len(versions) != 1:
        fail(f"a killed server answers as {versions}")
    say(f"reload: {times} kills, every start answers with the model it was started with")


def quietly(server, model):
    try:
        server.ask("POST", "/v1/admin/reload", {"model": str(model)})
    except Exception:  # noqa: BLE001: it is killed meanwhile
        pass


def damaged_model(models, folder):
    """A model with a changed byte is refused by name; the old one serves on."""
    server = Server(models[0], folder / "damaged.store")
    before = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})[1]
    bad = folder / "bad-model"
    shutil.copytree(models[1], bad)
    weights = bad / "retriever.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    status, answer = server.ask("POST", "/v1/admin/reload", {"model": str(bad)})
    if status < 400 or status >= 500 or "bad-model" not in answer["error"]["message"]:
        fail(f"a damaged model: {status} {answer}")
    after = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})[1]
    if after["model"] != before["model"] or after["items"] != before["items"]:
        fail("a damaged model changed the answers")
    server.stop()
    say(f"damaged model: {status}, the old one serves on")


def locked_store(models, folder):
    """While another process holds the database, answers go on; events wait or are refused, and none is lost."""
    server = Server(models[0], folder / "locked.store")
    file = next(Path(server.store).glob("*.sqlite"))
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    replies = []

    def send():
        event = {"id": "locked", "user": "sender-locked", "item": "1", "type": "click"}
        replies.append(server.ask("POST", "/v1/events", event, timeout=60)[0])

    sender = threading.Thread(target=send)
    sender.start()
    slowest = 0.0
    for _ in range(100):
        started = time.monotonic()
        status, answer = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})
        slowest = max(slowest, time.monotonic() - started)
        if status != 200 or len(answer["items"]) != 5:
            fail(f"an answer while the store is locked: {status} {answer}")
    holder.execute("ROLLBACK")
    holder.close()
    sender.join()
    if replies[0] not in (200, 503):
        fail(f"an event to a locked store got {replies[0]}")
    stored = [row["id"] for row in events(server, "sender-locked")]
    if (replies[0] == 200) != (stored == ["locked"]):
        fail(f"the event got {replies[0]}, and stored is {stored}")
    server.stop()
    say(f"locked store: 100 answers, the slowest in {1000 * slowest:.0f} ms; the event got {replies[0]}")


def full_disk(models, folder):
    """Where files cannot grow, events are refused and answers go on; with room again, events are taken."""
    server = Server(models[0], folder / "full.store")
    largest = max(file.stat().st_size for file in Path(server.store).iterdir())
    hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (largest + (256 << 10), hard))
    accepted, refused, number = [], 0, 0
    while refused < 20 and number < 20_000:
        batch = [
            {"id": f"full-{number + place}", "user": "sender-full", "item": "1", "type": "click"} for place in range(100)
        ]
        number += len(batch)
        status, answer = server.ask("POST", "/v1/events", batch)
        if status == 200:
            accepted += [event["id"] for event in batch]
        elif status == 503:
            refused += 1
        else:
            fail(f"an event on a full disk got {status}: {answer}")
        status, answer = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})
        if status != 200 or len(answer["items"]) != 5:
            fail(f"an answer on a full disk: {status} {answer}")
    if not refused:
        fail("the disk was never full")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    event = {"id": "full-last", "user": "sender-full", "item": "1", "type": "click"}
    status, answer = server.ask("POST", "/v1/events", event)
    if status != 200:
        fail(f"an event with room again got {status}: {answer}")
    server.kill()
    server.start()
    stored = [row["id"] for row in events(server, "sender-full")]
    if stored != accepted + ["full-last"]:
        fail(f"{len(accepted) + 1} events were acknowledged, {len(stored)} are stored")
    server.stop()
    say(f"full disk: {len(accepted)} events taken, {refused} requests refused, then taken again; none lost")


def slow_client(models, folder):
    """A client that sends a byte a second is cut off; others are answered meanwhile."""
    server = Server(models[0], folder / "slow.store")
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    text = b"POST /v1/recommend HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{\"user\""
    started = time.monotonic()
    alive = set(range(len(slow)))
    place = 0
    while alive and time.monotonic() - started < 120:
        for number in list(alive):
            try:
                slow[number].sendall(text[place % len(text): place % len(text) + 1])
                slow[number].setblocking(False)
                try:
                    if slow[number].recv(4096) is not None:
                        alive.discard(number)
                except BlockingIOError:
                    pass
                slow[number].setblocking(True)
            except OSError:
                alive.discard(number)
        place += 1
        status, _ = server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})
        if status != 200:
            fail(f"beside slow clients an answer got {status}")
        time.sleep(1)
    for one in slow:
        one.close()
    if alive:
        fail(f"{len(alive)} slow clients still hold a connection after two minutes")
    server.stop()
    say(f"slow clients: all 50 cut off within {time.monotonic() - started:.0f} s, others answered meanwhile")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ingest", type=int, default=50, help="kills while events come in")
    parser.add_argument("--reload", type=int, default=10, help="kills while a model is opened")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with Folder() as folder:
        models = small_models(folder)
        damaged_model(models, folder)
        locked_store(models, folder)
        full_disk(models, folder)
        slow_client(models, folder)
        killed_in_reload(models, folder, chosen.reload, chance)
        killed_in_ingest(models, folder, chosen.ingest, chance)


if __name__ == "__main__":
    main()

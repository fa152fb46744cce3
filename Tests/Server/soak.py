"""Hours of traffic in minutes: requests and events by wrk, a reload every few seconds, memory watched.

    soak.py [--seconds N] [--reloads N]

Memory must be flat once the store's page cache (64 MB) is full, and every status that comes must be a documented one.
The second half is what counts: at 2,000 requests a second the cache is full after a minute.
"""

import argparse
import json
import subprocess
import threading
import time

from server import ROOT, Folder, Server, fail, say, small_models


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--reloads", type=int, default=60)
    chosen = parser.parse_args()
    with Folder() as folder:
        models = small_models(folder)
        server = Server(models[0], folder / "soak.store", "--quiet")
        users = folder / "users.txt"
        users.write_text("".join(f"{number}\n" for number in range(1, 401)))
        script = ROOT / "Tests/Server/mixed.lua"
        words = ["wrk", "-t", 1, "-c", 16, "-d", f"{chosen.seconds}s", "-s", script, f"http://127.0.0.1:{server.port}"]
        load = subprocess.Popen([str(word) for word in (*words, "--", users)], stdout=subprocess.PIPE, text=True)
        samples, versions = [], set()
        stopping = threading.Event()

        def watch():
            while not stopping.wait(1):
                samples.append(server.memory())

        threading.Thread(target=watch, daemon=True).start()
        pause = chosen.seconds / (chosen.reloads + 1)
        for number in range(chosen.reloads):
            time.sleep(pause)
            status, answer = server.ask("POST", "/v1/admin/reload", {"model": str(models[(number + 1) % 2])})
            if status != 200:
                fail(f"a reload got {status}: {answer}")
            versions.add(server.ask("POST", "/v1/recommend", {"user": "1", "k": 5})[1]["model"])
        out = load.communicate()[0].strip().splitlines()[-1]
        stopping.set()
        counts = json.loads(out)
        code = server.stop()
        early, first, last = samples[len(samples) // 10], samples[len(samples) // 2], samples[-1]
        most = max(samples)
        say(f"{counts['requests']:,} requests ({counts['events']:,} events), {chosen.reloads} reloads, statuses "
            f"{counts['statuses']}; memory {early >> 20} MB after a tenth, {first >> 20} at half, {last >> 20} at the end, "
            f"{most >> 20} at most")
        if code != 0:
            fail(f"the server ended with {code}")
        if len(versions) != 2:
            fail(f"two models were swapped, and the answers name {versions}")
        wrong = {status for status in counts["statuses"] if status not in ("200", "503")}
        if wrong or counts["failed"]:
            fail(f"undocumented: statuses {wrong}, {counts['failed']} connections failed")
        if last > 1.05 * first + (8 << 20) or most > early + (96 << 20):
            fail("memory grows")


if __name__ == "__main__":
    main()

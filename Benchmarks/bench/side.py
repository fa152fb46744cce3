"""One side of a comparison: a process that sets itself up once and then measures one round whenever it is asked.

The process prints one JSON object when it is ready and one for every line that it reads, and leaves when its input
ends. So two sides can take turns on a quiet machine, and what setting up costs is paid once and not timed.
"""

import json
import os
import subprocess
import sys

# glibc gives large blocks back to the system after every step unless told otherwise, which would credit whoever
# sets this with an environment variable. Both sides run with it.
KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}


class SideFailed(Exception):
    """A side stopped before it answered; the text is the end of what it wrote."""


class Side:
    def __init__(self, command, threads, log):
        self.command = [str(word) for word in command]
        self.log = open(log, "w+")
        environment = dict(os.environ, **KEEP_MEMORY)
        environment |= {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True
        )
        self.facts = {}

    def ready(self):
        """Waits for the set-up; the facts that it printed."""
        self.facts = self._answer()
        return self.facts

    def round(self):
        """One measurement."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self._answer()

    def finish(self):
        """Ends the process; the most memory that it ever had resident, in MB."""
        self.process.stdin.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return round(usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)

    def stop(self):
        """Ends the process whatever it is doing, if it still runs."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _answer(self):
        for line in self.process.stdout:
            # Libraries print banners to standard output; an answer is the only line that is an object.
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        self.log.seek(0)
        tail = " | ".join(self.log.read().strip().splitlines()[-4:])
        raise SideFailed(f"{' '.join(self.command[:3])} ended with {self.process.returncode}: {tail}")

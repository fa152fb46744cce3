"""What the machine was doing while the benchmark ran."""

import os
import platform
import time


def _busy_seconds():
    """Seconds that all cores spent working since boot, or None where the system does not say."""
    try:
        with open("/proc/stat") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
    except OSError:
        return None
    user, nice, system, _, _, interrupts, soft, _ = fields
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def load():
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 2)


class Watch:
    """Measures how many cores were busy with anything between its making and `busy_cores()`."""

    def __init__(self):
        self.started, self.busy = time.monotonic(), _busy_seconds()

    def busy_cores(self):
        if self.busy is None:
            return None
        return round((_busy_seconds() - self.busy) / (time.monotonic() - self.started), 2)


def description():
    """The machine in a few words."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            name = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {"cpu": name, "cores": os.cpu_count(), "system": platform.platform(terse=True)}

"""A headless Chromium, driven over a pipe by its own protocol: the standard library is enough for that."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time


def find():
    """The path of a Chromium on this machine; None without one."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


class Browser:
    """One page of a browser of its own, with everything that it reports."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="corral-chromium-")
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        # The browser reads from its descriptor 3 and writes to 4: the shell puts them there.
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "sh", program, "--headless=new",
             "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.session = None
        self.count = 0
        self.replies = {}
        self.events = []
        self.arrived = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        pages = self.command("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in pages if target["type"] == "page")
        self.session = self.command("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.command(f"{part}.enable")

    def _read(self):
        rest = b""
        while block := os.read(self.answers, 1 << 16):
            *messages, rest = (rest + block).split(b"\0")
            with self.arrived:
                for message in map(json.loads, messages):
                    if "id" in message:
                        self.replies[message["id"]] = message
                    else:
                        self.events.append(message)
                self.arrived.notify_all()

    def command(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        with self.arrived:
            if not self.arrived.wait_for(lambda: message["id"] in self.replies, 60):
                raise TimeoutError(f"Chromium does not answer {method}")
            reply = self.replies.pop(message["id"])
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply["result"]

    def run(self, script):
        """The value of a JavaScript expression, awaited."""
        reply = self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(f"{script}: {reply['exceptionDetails']}")
        return reply["result"].get("value")

    def wait(self, script, seconds=30):
        """Waits until an expression holds."""
        end = time.monotonic() + seconds
        while not self.run(f"Boolean({script})"):
            if time.monotonic() > end:
                problem = self.run("document.getElementById('problem-text')?.textContent")
                raise AssertionError(f"never came true: {script} (the page says: {problem!r})")
            time.sleep(0.05)

    def press(self, key, code=None, text=None, modifiers=0):
        """Presses and releases a key of the keyboard."""
        codes = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "Escape": 27}
        common = {"key": key, "code": code or key, "windowsVirtualKeyCode": codes.get(key, 0),
                  "modifiers": modifiers}
        text = "\r" if key == "Enter" else text
        self.command("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.command("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, element, text):
        """Writes into a field as a keyboard does, in place of what stands there."""
        self.run(f"document.getElementById({json.dumps(element)}).focus()")
        self.run("document.activeElement.select?.()")
        if text:
            self.command("Input.insertText", text=text)
        else:
            self.run("document.activeElement.value = ''")

    def size(self, width, height):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=width < 700)

    def scheme(self, name):
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def screenshot(self, path):
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture))

    def messages(self):
        """What stands in the console, as (kind, text)."""
        found = []
        for event in list(self.events):
            details = event["params"]
            if event["method"] == "Runtime.consoleAPICalled":
                found.append((details["type"], json.dumps(details["args"])))
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(("exception", json.dumps(details["exceptionDetails"])))
            elif event["method"] == "Log.entryAdded":
                entry = details["entry"]
                found.append((entry["source"], f"{entry['text']} {entry.get('url', '')}"))
            elif event["method"] == "Page.javascriptDialogOpening":
                found.append(("dialog", details["message"]))
        return found

    def addresses(self):
        """Every address that the page asked for."""
        return [event["params"]["request"]["url"] for event in list(self.events)
                if event["method"] == "Network.requestWillBeSent"]

    def close(self):
        try:
            self.command("Browser.close")
            self.process.wait(20)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

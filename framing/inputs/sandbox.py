"""A child process in which the parsers of untrusted bytes run, under limits of CPU time, wall time and memory.

The child lives on from one request to the next, since importing a parser costs a hundred times a parse; it is
replaced when it dies and after `LIFETIME` requests. A request is a JSON line and the bytes; the answer a length and JSON.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
import time
from functools import lru_cache
from importlib import import_module
from typing import IO, Any

from framing.schema import InputError, MissingExtra

CPU_SECONDS = 30  # of one request
WALL_SECONDS = 60
MEMORY = 2 << 30  # bytes of address space
LIFETIME = 500  # requests
_LENGTH = struct.Struct("<Q")
_EXTRAS = {"pages": "html", "feeds": "feeds", "listings": "html"}


class Sandbox:
    """One child and the lock that lets one thread at a time ask it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._asked = 0

    def ask(self, head: dict[str, Any], raw: bytes) -> Any:
        """The child's answer, None where it died or overran its time."""
        with self._lock:
            child = self._ready()
            alarm = threading.Timer(WALL_SECONDS, child.kill)
            alarm.start()
            try:
                answer = self._exchange(child, json.dumps({**head, "size": len(raw)}).encode() + b"\n" + raw)
            finally:
                alarm.cancel()
            if answer is None:
                self.close()
            return answer

    def _ready(self) -> subprocess.Popen[bytes]:
        self._asked += 1
        if self._child is not None and (self._child.poll() is not None or self._asked > LIFETIME):
            self.close()
        if self._child is None:
            command = [sys.executable, "-P", "-m", "framing.inputs.sandbox"]
            pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            self._child, self._asked = subprocess.Popen(command, **pipes), 1
        return self._child

    def _exchange(self, child: subprocess.Popen[bytes], request: bytes) -> Any:
        assert child.stdin and child.stdout
        try:
            child.stdin.write(request)
            child.stdin.flush()
            size = child.stdout.read(_LENGTH.size)
            answer = child.stdout.read(_LENGTH.unpack(size)[0]) if len(size) == _LENGTH.size else b""
            return json.loads(answer) if answer else None
        except (BrokenPipeError, ValueError):
            return None

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


@lru_cache(maxsize=1)
def _shared() -> Sandbox:
    return Sandbox()


def parse(module: str, where: str, raw: bytes, **about: Any) -> Any:
    """What `framing.inputs.<module>.parse(raw, **about)` gives, run in the child.

    Raises `InputError` where it refuses the bytes, fails or overruns its limits.
    """
    answer = _shared().ask({"module": module, "about": about}, raw)
    if answer is None:
        raise InputError(where, "cannot be parsed within its limits of time and memory", "save its text instead")
    if "missing" in answer:
        raise MissingExtra(where, _EXTRAS[module])
    if "refused" in answer:
        raise InputError(where, answer["refused"], "check the file")
    return answer["found"]


def _limit_cpu() -> None:
    import resource

    soft = int(time.process_time()) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _answer(head: dict[str, Any], raw: bytes) -> dict[str, Any]:
    try:
        module = import_module(f"framing.inputs.{head['module']}")
        return {"found": module.parse(raw, **head["about"])}
    except ImportError as problem:
        return {"missing": problem.name or str(problem)}
    except InputError as problem:
        return {"refused": problem.problem}


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in requests:
        head = json.loads(line)
        _limit_cpu()
        answer = json.dumps(_answer(head, requests.read(head["size"]))).encode()
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)

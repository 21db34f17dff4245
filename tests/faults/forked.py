"""Running a function in a process of its own, without paying for its imports again: a fork of this one.

For programs with a single thread. The child writes lines through a pipe; what it wrote before it was killed counts.
"""

from __future__ import annotations

import os
import select
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass

Write = Callable[[str], None]
"""Write one line to the parent: there when this returns."""


@dataclass(slots=True)
class Child:
    """A process that runs. `lines` grows as it writes."""

    pid: int
    pipe: int
    lines: list[str]
    rest: bytes = b""
    status: int | None = None

    def read(self, seconds: float) -> bool:
        """Take what it wrote, waiting at most so long for the first of it; False once it has closed the pipe."""
        ready, _, _ = select.select([self.pipe], [], [], seconds)
        if not ready:
            return True
        data = os.read(self.pipe, 1 << 16)
        *lines, self.rest = (self.rest + data).split(b"\n")
        self.lines += [line.decode() for line in lines]
        return bool(data)

    def wait(self) -> int:
        """Read to the end and wait for its death; the result is its exit code, or minus the signal that ended it."""
        while self.read(60):
            pass
        os.close(self.pipe)
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


def start(work: Callable[[Write], None]) -> Child:
    """Run `work` in a child. A failure in it becomes lines that begin with `bug`, and exit code 1."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading, [])
    os.close(reading)

    def write(line: str) -> None:
        data = line.encode() + b"\n"
        while data:
            data = data[os.write(writing, data) :]

    code = 1
    try:
        work(write)
        code = 0
    except BaseException:
        for line in traceback.format_exc().splitlines():
            write(f"bug {line}")
    finally:
        os._exit(code)


def run(work: Callable[[Write], None]) -> tuple[int, list[str]]:
    """Run `work` in a child to its end; its exit code (minus the signal that ended it) and its lines."""
    child = start(work)
    return child.wait(), child.lines

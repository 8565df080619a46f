"""The processes that one run supervises: web, worker, beat; and the commands it runs once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from academy.embedded.errors import EmbeddedError, failed
from academy.embedded.home import Home
from academy.embedded.interrupts import Signals
from academy.embedded.processes import MARK, die_with_parent

REPOSITORY = Path(__file__).resolve().parents[2]
LARGEST_LOG = 10_000_000
SHORTEST_LIFE = 10.0  # a process that ends sooner than this ends again: starting it once more helps nobody
MOST_KILLS_IN_A_ROW = 5


@dataclass
class Child:
    name: str
    command: list[str]
    home: Home
    inherits: tuple[int, ...] = ()
    started_at: float = 0.0
    short_lives: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def log_file(self) -> Path:
        return self.home.logs / f"{self.name}.log"

    def start(self) -> None:
        """In a session of its own, so that Ctrl-C reaches the supervisor alone and the stop has an order."""
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.old"))
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=REPOSITORY,
                env=environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.inherits,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        self.started_at = time.monotonic()

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, seconds: float) -> None:
        """Its whole session is gone afterwards: whatever it started ends with it."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(seconds, 0.1))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart_or_fail(self) -> None:
        """What ran for a while, or was killed, is started again; what cannot run ends everything, with its reason."""
        short = time.monotonic() - self.started_at < SHORTEST_LIFE
        self.short_lives = self.short_lives + 1 if short else 0
        killed = self.process is not None and self.process.returncode < 0
        if self.short_lives > (MOST_KILLS_IN_A_ROW if killed else 0):
            raise self.failure()
        self.wait_or_kill(0)
        self.start()

    def failure(self) -> EmbeddedError:
        return failed(f"{self.name} の起動", f"Starting {self.name} ({self.log_file})", self.end_of_log())

    def end_of_log(self) -> str:
        return self.log_file.read_bytes()[-4000:].decode("utf-8", errors="replace")


def environment(home: Home) -> dict[str, str]:
    return {
        **os.environ,
        "ACADEMY_HOME": str(home.root),
        "DJANGO_SETTINGS_MODULE": "academy.settings",
        "PYTHONUNBUFFERED": "1",
        MARK: str(home.root),
    }


def manage(home: Home, signals: Signals, *arguments: str) -> None:
    """Runs a management command to its end; a stop asked for in between ends it, and its transaction with it."""
    command = Child(f"manage-{arguments[0]}", [sys.executable, str(REPOSITORY / "manage.py"), *arguments], home)
    command.start()
    try:
        while not command.ended:
            if signals.wait(0.5):
                raise EmbeddedError("中断しました。", "Stopped before it was ready.")
    finally:
        command.ask_to_stop()
        command.wait_or_kill(5)
    if command.process is not None and command.process.returncode:
        raise failed(
            f"manage.py {arguments[0]} ", f"manage.py {arguments[0]} ({command.log_file})", command.end_of_log()
        )


def web(home: Home, listener: int) -> Child:
    """Loaded once and then forked; each of the two processes serves eight requests at a time. The threads beyond wait for a
    place or turn requests away (`api.admission`), so that an answer comes soon in a rush too."""
    options = ["--bind", f"fd://{listener}", "--workers", "2", "--worker-class", "gthread", "--threads", "40"]
    options += ["--preload", "--graceful-timeout", "5", "--timeout", "60", "--name", f"academy-{home.digest}"]
    options += ["--no-control-socket", "--access-logfile", "-"]
    return Child("web", [sys.executable, "-m", "gunicorn", *options, "academy.wsgi:application"], home, (listener,))


def worker(home: Home) -> Child:
    options = ["--concurrency", "2", "--hostname", f"academy-{home.digest}@localhost", "--loglevel", "INFO"]
    options += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Child("worker", [*_celery(), "worker", *options], home)


def beat(home: Home) -> Child:
    schedule = home.root / f"beat-{home.digest}"
    options = ["--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO"]
    return Child("beat", [*_celery(), "beat", *options], home)


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "academy"]

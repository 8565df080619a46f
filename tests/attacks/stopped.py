"""Processes that stop in the middle of what they do, so that a test can kill them there.

`python -m tests.attacks.stopped` is a worker that does what waits; `gunicorn --config python:tests.attacks.stopped …`
are web workers. The first that comes to the place named by STOP_AT stops; the others go on.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until the test fails because no process came to the stop


@dataclass(frozen=True)
class Stop:
    """The place where a process stops, as the test sees it."""

    told: int
    environment: dict[str, str]

    def kill(self) -> None:
        """Wait until a process has stopped there, and kill it."""
        ready, _, _ = select.select([self.told], [], [], PATIENCE)
        assert ready, "no process came to the stop"
        os.kill(int(os.read(self.told, 20)), signal.SIGKILL)

    def kill_worker(self, **environment: str) -> None:
        """Start a worker, and kill it at the stop."""
        environment = {**os.environ, **self.environment, **environment}
        with subprocess.Popen([sys.executable, "-m", __name__], cwd=REPOSITORY, env=environment) as worker:
            self.kill()
        assert worker.returncode == -signal.SIGKILL


@contextmanager
def stopping(at: str) -> Iterator[Stop]:
    with tempfile.TemporaryDirectory(prefix="academy-stop-") as folder:
        os.mkfifo(f"{folder}/told")
        told = os.open(f"{folder}/told", os.O_RDWR | os.O_NONBLOCK)
        try:
            yield Stop(told, {"STOP_AT": at, "STOP_IN": folder})
        finally:
            os.close(told)


# What follows happens in the process that is killed.


def post_fork(server: object, worker: object) -> None:
    """A web worker of gunicorn begins."""
    arrange(os.environ["STOP_AT"])


def arrange(at: str) -> None:
    """Have this process stop at a place.

    With `:committed` what was written before is a transaction of its own: the control of a guard that is one transaction.
    """
    from django.core.mail.backends.smtp import EmailBackend

    from academy.operations import mails
    from enrollments.operations import assigning, batches, decision_notices, publishing

    place, _, committed = at.partition(":")
    do = _commit_and_stop if committed else _stop
    match place:
        case "job":  # its work is done, but not written down as done
            _after(assigning, "_result", do)
            _after(batches, "_result", do)
        case "decision_written":
            _after(publishing, "_write", do)
        case "decision_numbered":
            _after(publishing, "_number", do)
        case "decision_told":
            _after(decision_notices, "tell", do)
        case "mail_sent":  # but not marked as sent
            _after(EmailBackend, "send_messages", do, call=3)
        case "mail_marked":  # the control: marked before it is sent
            send = mails._send
            mails._send = lambda mail, server: mails._mark(mail, "", final=True) or send(mail, server)
            _after(mails, "_mark", do, call=5)  # twice for each mail, and once for the third
        case _:
            raise LookupError(at)


def _after(owner: Any, name: str, do: Callable[[], None], *, call: int = 1) -> None:
    """Do something after the so-and-so-manieth call of a function."""
    function, calls = getattr(owner, name), list[None]()

    @wraps(function)
    def stopping_function(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        calls.append(None)
        if len(calls) == call:
            do()
        return result

    setattr(owner, name, stopping_function)


def _stop() -> None:
    folder = Path(os.environ["STOP_IN"])
    try:
        (folder / "taken").touch(exist_ok=False)
    except FileExistsError:
        return
    with (folder / "told").open("w") as told:
        told.write(str(os.getpid()))
    threading.Event().wait()


def _commit_and_stop() -> None:
    from django.db import connection

    connection.connection.commit()
    _stop()


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "academy.settings"
    django.setup()

    from academy import tasks
    from enrollments import tasks as of_seats

    arrange(os.environ["STOP_AT"])
    if of_seats.__all__:  # importing makes the kinds of jobs known
        tasks.run_waiting_jobs()
        tasks.send_mails()

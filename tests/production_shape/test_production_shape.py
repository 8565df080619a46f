"""The production topology as real processes: web, two workers and beat on Redis and a database named by its address."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from academy.embedded import processes
from academy.embedded.home import Home

REPOSITORY = Path(__file__).resolve().parents[2]
REDIS = shutil.which("redis-server")
CELERY = ["-m", "celery", "--app", "academy"]
WORKER = [*CELERY, "--workdir", str(REPOSITORY), "worker", "--include", "tests.production_shape.ping"]

pytestmark = pytest.mark.skipif(REDIS is None, reason="redis-server is not on PATH")


def _server() -> dict[str, str]:
    """How to reach the suite's server, whatever its databases are called."""
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    host, port = database.get("HOST") or options.get("host", ""), database.get("PORT") or options.get("port", "")
    return {"host": str(host), "port": str(port or 5432), "user": database["USER"], "password": database["PASSWORD"]}


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of a database on the suite's server: empty, or where the suite keeps a migrated one, a copy of it."""
    server, name = _server(), f"production_shape_{secrets.token_hex(4)}"
    copied = sql.Identifier(settings.DATABASES["default"]["TEST"].get("TEMPLATE") or "template1")
    with closing(psycopg.connect(make_conninfo(**server, dbname="postgres"), autocommit=True)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copied))
        try:
            where = urlencode({"host": server["host"], "port": server["port"]})
            yield f"postgresql://{quote(server['user'])}:{quote(server['password'])}@/{name}?{where}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass
class Machines:
    """Starts processes with the environment of production, and ends them all."""

    folder: Path
    environment: dict[str, str]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *command: str, inherits: tuple[int, ...] = ()) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                list(command),
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=inherits,
                start_new_session=True,
            )
        return self.running[name]

    def python(self, name: str, *arguments: str, inherits: tuple[int, ...] = ()) -> "subprocess.Popen[bytes]":
        return self.start(name, sys.executable, *arguments, inherits=inherits)

    def do(self, name: str, *arguments: str) -> None:
        assert self.python(name, *arguments).wait(timeout=120) == 0, self.log(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def until_logged(self, name: str, words: str) -> None:
        assert processes.wait_until(lambda: words in self.log(name), 60), self.log(name)

    def kill_all(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def machines(django_db_setup: None) -> Iterator[Machines]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="academy-shape-"))).resolve()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ACADEMY_", "DJANGO_"))}
        machines = Machines(folder, {**inherited, processes.MARK: str(folder)})
        machines.environment |= {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "localhost",
            "EMAIL_URL": "smtp://127.0.0.1:1",  # nobody answers, and nobody waits for it
            "EMAIL_FROM": "academy@example.jp",
            "SECURE_SSL_REDIRECT": "false",  # this test is its own proxy, without TLS
            "ACADEMY_HOME": str(folder / "home"),
            "DATABASE_URL": stack.enter_context(scratch_database()),
            "CELERY_BROKER_URL": f"redis+socket://{folder}/redis",
            "PYTHONUNBUFFERED": "1",
        }
        stack.callback(machines.kill_all)
        yield machines


def answer(port: int, path: str, host: str = "localhost") -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status


def workers_of_done_jobs(machines: Machines) -> list[int]:
    with closing(psycopg.connect(machines.environment["DATABASE_URL"])) as connection:
        rows = connection.execute("SELECT (result->>'worker')::int FROM academy_job WHERE status = 'done'").fetchall()
    return [row[0] for row in rows]


def start_everything(machines: Machines, listener: socket.socket) -> None:
    redis = ["--port", "0", "--unixsocket", str(machines.folder / "redis"), "--save", "", "--dir", str(machines.folder)]
    machines.start("redis", str(REDIS), *redis)
    machines.do("migrate", "manage.py", "migrate", "--no-input", "--verbosity", "0")
    bind = ["--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--no-control-socket"]
    web = ["-m", "gunicorn", *bind, "--workers", "2", "academy.wsgi:application"]
    machines.python("web", *web, inherits=(listener.fileno(),))
    for name in ("first", "second"):
        machines.python(name, *WORKER, "--concurrency", "1", "--hostname", f"{name}@localhost", "--loglevel", "INFO")
    machines.python("beat", *CELERY, "beat", "--schedule", str(machines.folder / "beat"), "--pidfile", "")
    for name in ("first", "second"):
        machines.until_logged(name, "ready.")


def test_the_production_processes_work_together(machines: Machines) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
        start_everything(machines, listener)
        assert answer(port, "/healthz/") == 200
        assert answer(port, "/healthz/", host="elsewhere.example") == 400

        machines.do("jobs", "-m", "tests.production_shape.ping", "4")
        assert processes.wait_until(lambda: len(workers_of_done_jobs(machines)) == 4, 30), machines.log("first")

        killed, survivor = machines.running["first"], machines.running["second"]
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        machines.do("more-jobs", "-m", "tests.production_shape.ping", "4")
        assert processes.wait_until(lambda: len(workers_of_done_jobs(machines)) == 8, 30), machines.log("second")
        assert set(workers_of_done_jobs(machines)) <= {killed.pid, survivor.pid}
        assert workers_of_done_jobs(machines).count(survivor.pid) >= 4
        assert answer(port, "/healthz/") == 200

        stop_everything(machines)


def stop_everything(machines: Machines) -> None:
    """Each ends by itself when asked, and takes what it started along."""
    for name in ("beat", "second", "web", "redis"):
        machines.running[name].terminate()
        assert machines.running[name].wait(timeout=30) == 0, machines.log(name)
    assert processes.wait_until(lambda: not processes.survivors(Home(machines.folder)), 5)

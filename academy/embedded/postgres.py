"""Starting and stopping the embedded PostgreSQL server with `pg_ctl`, and its role and database.

The server listens on a Unix socket in a folder of its own and on no TCP port. It needs nothing of Django.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from academy.embedded import storage
from academy.embedded.cluster import DEMO, SUPERUSER, Purpose, ensure_cluster
from academy.embedded.errors import EmbeddedError, failed
from academy.embedded.home import PORT, Home
from academy.embedded.placement import Placement, place, recorded
from academy.embedded.processes import alive, command_line, process_ids, wait_until, working_folder

DATABASE = ROLE = "academy"
SECONDS_TO_START = 60
SECONDS_TO_VANISH = 5.0
SECONDS_TO_STOP = 30
LARGEST_LOG = 10_000_000


@dataclass(frozen=True)
class Server:
    home: Home
    placement: Placement
    purpose: Purpose

    @property
    def address(self) -> str:
        """For `psql` and for people; the password stands in the home's secrets."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={self.placement.socket_folder}"

    def connect(self, database: str = DATABASE, role: str = ROLE) -> "psycopg.Connection[tuple[object, ...]]":
        secret = "superuser_password" if role == SUPERUSER else "database_password"
        return psycopg.connect(
            host=str(self.placement.socket_folder),
            port=PORT,
            dbname=database,
            user=role,
            password=self.home.secret(secret),
            connect_timeout=10,
            autocommit=True,
        )

    def postmaster(self) -> int | None:
        """The process id of the running server; a number left by a killed one is no server."""
        pid = _recorded_postmaster(self.placement.data_folder)
        return pid if pid is not None and _is_postmaster(pid, self.placement.data_folder) else None

    def start(self) -> None:
        """Running already (left by a killed supervisor): used as it is. Otherwise started and waited for."""
        if self.postmaster() is not None:
            return
        _clear_remains(self.placement)
        options = [f"--pgdata={self.placement.data_folder}", f"--log={self.placement.log_file}"]
        self._shorten_log()
        started = self._pg_ctl("start", "--wait", f"--timeout={SECONDS_TO_START}", "--silent", *options)
        if started:
            raise failed("PostgreSQL の起動", "Starting PostgreSQL", f"{started}\n{self._end_of_log()}")

    def stop(self) -> None:
        """Open connections are ended, every committed change is on disk, no process is left."""
        pid = self.postmaster()
        if pid is None:
            return
        options = ["--mode=fast", "--wait", f"--timeout={SECONDS_TO_STOP}", "--silent"]
        if self._pg_ctl("stop", *options, f"--pgdata={self.placement.data_folder}") and alive(pid):
            # Crash recovery at the next start is safe; a server that nobody can stop is not.
            self._pg_ctl("stop", "--mode=immediate", "--wait", "--silent", f"--pgdata={self.placement.data_folder}")
        # pg_ctl returns when the pid file is gone, a moment before the process is.
        if not wait_until(lambda: not alive(pid), SECONDS_TO_VANISH):
            raise failed("PostgreSQL の停止", "Stopping PostgreSQL", self._end_of_log())

    def _pg_ctl(self, *arguments: str) -> str:
        """What a failed call said; "" after success."""
        done = self.placement.account.run([self.placement.binaries.program("pg_ctl"), *arguments])
        return "" if done.returncode == 0 else done.stdout or f"pg_ctl: exit code {done.returncode}"

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.placement.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-6:])
        except FileNotFoundError:
            return ""

    def _shorten_log(self) -> None:
        log = self.placement.log_file
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            self.placement.account.run(["mv", "-f", log, log.with_suffix(".log.old")])

    def ensure_database(self) -> None:
        """The role (no superuser; may create databases for tests) and its database are there, with our password."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            self._create_database()

    def _create_database(self) -> None:
        try:
            with closing(self.connect(SUPERUSER, SUPERUSER)) as connection:
                _create_role(connection, self.home.secret("database_password"))
                if not _exists(connection, "pg_database", "datname", DATABASE):
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                    )
        except psycopg.OperationalError as error:
            raise self._refused(error) from error

    def _refused(self, error: psycopg.OperationalError) -> EmbeddedError:
        return EmbeddedError(
            f"データベースに接続できません。{self.home.secrets} のパスワードが {self.placement.server_folder} のものと違う場合は、"
            "元に戻すか、その二つのフォルダーを消してやり直してください。",
            f"The database does not let us in. If the passwords in {self.home.secrets} are not those of "
            f"{self.placement.server_folder}, bring them back, or delete both folders to start afresh.\n{error}".rstrip(),
        )


def _create_role(connection: "psycopg.Connection[tuple[object, ...]]", password: str) -> None:
    role = sql.Identifier(ROLE)
    if not _exists(connection, "pg_roles", "rolname", ROLE):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None


def start(home: Home, purpose: Purpose = DEMO) -> Server:
    """Makes what is missing, starts the server and returns when it answers. The caller holds the home's lock."""
    with storage.readable_refusals(home.root):
        storage.prepare_home(home)
        placement = place(home)
        server = Server(home, placement, purpose)
        if server.postmaster() is None:
            ensure_cluster(home, placement, purpose)
        with ExitStack() as undo:
            undo.callback(server.stop)
            server.start()
            server.ensure_database()
            undo.pop_all()
    return server


def find_server(home: Home) -> Server | None:
    """The server of a home, running or not; None before the first start."""
    placement = recorded(home)
    return Server(home, placement, DEMO) if placement else None


def stop(home: Home) -> bool:
    """Whether there was a running server to stop."""
    server = find_server(home)
    if server is None or server.postmaster() is None:
        return False
    server.stop()
    return True


@contextmanager
def server_for_tests(home: Home, purpose: Purpose) -> Iterator[Server]:
    """A private server for a test suite; one that a killed suite left running is used again."""
    with storage.locked(home):
        server = start(home, purpose)
        try:
            yield server
        finally:
            server.stop()


def _recorded_postmaster(data_folder: Path) -> int | None:
    try:
        first_line = (data_folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
        return abs(int(first_line))
    except (FileNotFoundError, ValueError):
        return None


def _is_postmaster(pid: int, data_folder: Path) -> bool:
    """Process ids are used again, after a restart of a container at once: the process must be at our data."""
    if not alive(pid):
        return False
    folder = working_folder(pid)
    return folder == data_folder if folder is not None else str(data_folder) in command_line(pid)


def _clear_remains(placement: Placement) -> None:
    """After `kill -9` of the server: its orphans end, and a process id that is no server's any more is forgotten.

    PostgreSQL itself only asks whether the id is taken: by another program, or by a dead server that nobody buried.
    """
    data_folder, socket_file = placement.data_folder, placement.socket_folder / f".s.PGSQL.{PORT}"
    traces = [data_folder / "postmaster.pid", socket_file.with_name(f"{socket_file.name}.lock"), socket_file]
    if any(trace.exists() for trace in traces) and _end_orphaned_backends(data_folder):
        pid = _recorded_postmaster(data_folder)
        if process_ids() or pid is None or alive(pid):
            placement.account.run(["rm", "-f", *traces])


def _end_orphaned_backends(data_folder: Path) -> bool:
    """Backends of a killed server still hold its shared memory. They are known by their working folder."""

    def backends() -> list[int]:
        return [pid for pid in process_ids() if _is_backend(pid, data_folder)]

    for number, seconds in ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        for pid in backends():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not backends(), seconds):
            return True
    return False


def _is_backend(pid: int, data_folder: Path) -> bool:
    return working_folder(pid) == data_folder and "postgres" in command_line(pid)

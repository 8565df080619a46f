"""One run of the whole system on one machine: PostgreSQL, web, worker and beat, from one start to one clean stop."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from academy.embedded import checks, children, postgres, processes, storage
from academy.embedded.children import Child
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home
from academy.embedded.interrupts import Signals, caught
from academy.embedded.postgres import Server

HEALTH = "/healthz/"
SECONDS_TO_ANSWER = 90.0
SECONDS_TO_STOP = 12.0
SAY = Callable[[str], None]


def run(home: Home, *, prepare: "Callable[[Server, Signals], None]", say: SAY) -> None:
    """Starts everything, says where to look, and returns after a clean stop. `prepare` brings the database up to date."""
    checks.check_platform()
    port = checks.port_from_environment()
    with storage.locked(home), caught() as signals:
        checks.check_space(home)
        say_survivors(home, say)
        with _listening(port) as listener, _database(home, say) as server:
            prepare(server, signals)
            _forget_wake_ups(home)
            with _supervised(home) as team:
                _start_all(home, team, listener, signals)
                if not signals.stop_asked:
                    say(welcome(port, server))
                _watch(team, server, signals)
                say("止めています… / Stopping…")


def say_survivors(home: Home, say: SAY) -> None:
    with storage.readable_refusals(home.root):
        count = processes.end_survivors(home)
    if count:
        say(f"前回の残りのプロセスを {count} 個止めました。/ Ended {count} processes left by an earlier run.")


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    listener = checks.listen(port)
    try:
        yield listener
    finally:
        listener.close()


@contextmanager
def _database(home: Home, say: SAY) -> Iterator[Server]:
    server = postgres.start(home)
    try:
        storage.anchor_business_clock(home)
        if server.placement.elsewhere:
            say(place_elsewhere(server))
        yield server
    finally:
        server.stop()


def place_elsewhere(server: Server) -> str:
    folder = server.placement.elsewhere
    return (
        f"データベース用の利用者が {server.home.root} に入れないため、データは {folder} にあります。\n"
        f"The database's account cannot enter {server.home.root}: its data are in {folder}."
    )


def _forget_wake_ups(home: Home) -> None:
    """Messages only wake workers up: those of an earlier run are void, the work itself is in the database."""
    for message in home.broker.glob("*.msg"):
        with suppress(FileNotFoundError):
            message.unlink()


@contextmanager
def _supervised(home: Home) -> Iterator[list[Child]]:
    """Whatever happens inside, every child is gone afterwards: all are asked at once, then waited for."""
    team: list[Child] = []
    try:
        yield team
    finally:
        for child in team:
            child.ask_to_stop()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in team:
            child.wait_or_kill(deadline - time.monotonic())
        processes.remember(home, [])


def _start_all(home: Home, team: list[Child], listener: socket.socket, signals: Signals) -> None:
    """The web server first: on a small machine the others would slow its first answer down."""
    port = int(listener.getsockname()[1])
    web = children.web(home, listener.fileno())
    _add(home, team, web)
    _until_it_answers(web, port, signals)
    if not signals.stop_asked:
        _add(home, team, children.worker(home))
        _add(home, team, children.beat(home))


def _add(home: Home, team: list[Child], child: Child) -> None:
    team.append(child)
    child.start()
    _remember(home, team)


def _remember(home: Home, team: list[Child]) -> None:
    processes.remember(home, [child.process.pid for child in team if child.process])


def _until_it_answers(web: Child, port: int, signals: Signals) -> None:
    """The question waits in the open port until the web server takes it, in a thread so that a stop is still heard."""
    answered = threading.Event()
    asking = threading.Thread(target=_ask, args=(port, answered), daemon=True)
    asking.start()
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not answered.is_set():
        if signals.wait(0.02):
            return
        if web.ended or (not asking.is_alive() and not answered.is_set()) or time.monotonic() > deadline:
            raise web.failure()


def _ask(port: int, answered: threading.Event) -> None:
    """Until the health page says that the database is reachable."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        try:
            with opener.open(f"http://{checks.HOST}:{port}{HEALTH}", timeout=SECONDS_TO_ANSWER):
                answered.set()
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            threading.Event().wait(0.1)


def _watch(team: list[Child], server: Server, signals: Signals) -> None:
    """Until a stop is asked for: what ends is started again, the database server too."""
    while not signals.wait(1.0):
        for child in [child for child in team if child.ended]:
            child.restart_or_fail()
            _remember(server.home, team)
        if server.postmaster() is None:
            server.start()


def stop(home: Home, say: SAY) -> None:
    """Ends what runs on this home: a supervisor, its processes, the database server."""
    running = storage.in_use(home)
    if running:
        _end_supervisor(home)
    with storage.locked(home):
        say_survivors(home, say)
        running = postgres.stop(home) or running
    say("止めました。/ Stopped." if running else "動いていません。/ Nothing is running.")


def _end_supervisor(home: Home) -> None:
    """It stops its processes itself; it is known by the lock it holds, not by a number alone."""
    pid = storage.lock_holder(home)
    if pid is not None:
        processes.ask_to_stop(pid)
    if not processes.wait_until(lambda: not storage.in_use(home), SECONDS_TO_STOP + postgres.SECONDS_TO_STOP):
        raise EmbeddedError(
            f"止められません: {home.root} はプロセス {pid} が使っています。",
            f"It does not stop: {home.root} is in use by process {pid}.",
        )


def welcome(port: int, server: Server) -> str:
    site, data = f"http://{checks.HOST}:{port}", server.placement.server_folder
    return f"""
デジタルアカデミーが動いています。/ The Digital Academy is running.

  API 文書 / API pages    {site}/api/v1/docs/
  スキーマ / schema        {site}/api/v1/schema/
  管理画面 / admin         {site}/admin/
  ログ / logs              {server.home.logs}

  利用者 / accounts        hr  hr2  bureau-hr  staff  ict  ict2  head  trainer  auditor
  パスワード / password    demo

  Ctrl-C で止まります。データは {data} に残ります。
  Ctrl-C stops it. The data stay in {data}.
"""

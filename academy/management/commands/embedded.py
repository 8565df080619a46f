"""`manage.py embedded run|start|stop`: the whole system, or its PostgreSQL alone, on this machine."""

import argparse

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from academy.embedded import checks, children, postgres, storage, supervisor
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home
from academy.embedded.interrupts import Signals
from academy.embedded.postgres import Server

DEMO_DATA = "load_demo"
DEMO_MARK = "academy_demo_loaded"  # beside the data, so that it goes when they go


class Command(BaseCommand):
    help = "run: everything until Ctrl-C; start: PostgreSQL alone, in the background; stop: whatever runs."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("action", choices=["run", "start", "stop"])

    def handle(self, *_args: object, **options: str) -> None:
        home: Home = settings.HOME
        try:
            if settings.DATABASE_URL:
                raise EmbeddedError(
                    "DATABASE_URL が指定されているので、組み込みのデータベースは使いません。",
                    "DATABASE_URL is set, so the embedded database is not used. Unset it first.",
                )
            {"run": self.run, "start": self.start, "stop": self.stop}[options["action"]](home)
        except EmbeddedError as error:
            raise CommandError(str(error)) from error

    def run(self, home: Home) -> None:
        supervisor.run(home, prepare=self.prepare, say=self.say)

    def start(self, home: Home) -> None:
        checks.check_platform()
        if storage.in_use(home) and (server := postgres.find_server(home)) and server.postmaster():
            self.say(server.address)
            return
        with storage.locked(home):
            checks.check_space(home)
            server = postgres.start(home)
            storage.anchor_business_clock(home)
        if server.placement.elsewhere:
            self.say(supervisor.place_elsewhere(server))
        self.say(server.address)

    def stop(self, home: Home) -> None:
        supervisor.stop(home, self.say)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def prepare(self, server: Server, signals: Signals) -> None:
        """The schema and the demonstration data are there before the first request."""
        if has_unapplied_migrations(server):
            self.say("データベースを準備しています… / Preparing the database…")
            children.manage(server.home, signals, "migrate", "--no-input", "--verbosity", "0")
        mark = server.placement.data_folder / DEMO_MARK
        if DEMO_DATA in get_commands() and not mark.exists():
            self.say("デモデータを作っています… / Making the demonstration data…")
            children.manage(server.home, signals, DEMO_DATA)
            server.placement.account.write(mark, "")


def has_unapplied_migrations(server: Server) -> bool:
    """Asked in this process: starting Django once more only to learn that nothing is to do costs a second."""
    connection.settings_dict.update(
        HOST=str(server.placement.socket_folder), PASSWORD=server.home.secret("database_password")
    )
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()

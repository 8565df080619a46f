"""Making a database cluster: whole or not there. What a killed first run left behind is thrown away."""

from dataclasses import dataclass, field

from academy.embedded.errors import EmbeddedError, failed
from academy.embedded.home import PORT, Home
from academy.embedded.placement import Placement

SUPERUSER = "postgres"
ACCESS = "local all all scram-sha-256\n"

SAFE_SETTINGS = {
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
# A test server's data are thrown away: after a power cut there is nothing to recover.
TEST_SETTINGS = {
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
}


@dataclass(frozen=True)
class Purpose:
    """What a server is for decides how it is set, not where or by whom it is run."""

    settings: dict[str, str] = field(default_factory=lambda: SAFE_SETTINGS)
    sync_after_initdb: bool = True


DEMO = Purpose()
TEST = Purpose(settings=TEST_SETTINGS, sync_after_initdb=False)


def ensure_cluster(home: Home, placement: Placement, purpose: Purpose) -> None:
    """The data folder is there, complete and of our version; its configuration is ours at every start."""
    if placement.data_folder.exists():
        _refuse_other_version(placement)
    else:
        _initialise(home, placement, purpose)
    placement.account.write(placement.data_folder / "postgresql.conf", configuration(placement, purpose))
    placement.account.write(placement.data_folder / "pg_hba.conf", ACCESS)


def _initialise(home: Home, placement: Placement, purpose: Purpose) -> None:
    """Everything is made under another name first: only a finished cluster is called `data`."""
    account, folder = placement.account, placement.server_folder
    partial, password_file = folder / "data.new", folder / "superuser_password"
    account.run(["rm", "-rf", partial, password_file])
    account.write(password_file, home.secret("superuser_password") + "\n")
    options = ["--locale=C", "--encoding=UTF8", "--auth=scram-sha-256", f"--username={SUPERUSER}"]
    options += [] if purpose.sync_after_initdb else ["--no-sync"]
    made = account.run(
        [placement.binaries.program("initdb"), *options, f"--pwfile={password_file}", f"--pgdata={partial}"]
    )
    account.run(["rm", "-f", password_file])
    if made.returncode:
        account.run(["rm", "-rf", partial])
        raise failed("データベースの作成", f"Making the database in {folder}", made.stdout)
    moved = account.run(["mv", partial, placement.data_folder])
    if moved.returncode:
        raise failed("データベースの作成", f"Making the database in {folder}", moved.stdout)


def _refuse_other_version(placement: Placement) -> None:
    made_by = (placement.data_folder / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = placement.binaries.major_version()
    if made_by != str(ours):
        raise EmbeddedError(
            f"{placement.data_folder} は PostgreSQL {made_by} のデータですが、手元のプログラムは {ours} です。"
            f"版 {made_by} で pg_dump してから移すか、ACADEMY_HOME で新しい場所を指定してください。",
            f"{placement.data_folder} was made by PostgreSQL {made_by}; the programs here are {ours}. "
            f"Dump it with version {made_by} and restore it, or set ACADEMY_HOME to a new folder.",
        )


def configuration(placement: Placement, purpose: Purpose) -> str:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(placement.socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "default_text_search_config": "pg_catalog.simple",
        "log_min_messages": "warning",
        # A refused row is never quoted: it may hold names.
        "log_error_verbosity": "terse",
        "update_process_title": "on",
        **purpose.settings,
    }
    lines = "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())
    return f"# Written at every start by `manage.py embedded`; changes made here are lost.\n{lines}"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

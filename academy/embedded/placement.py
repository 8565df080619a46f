"""Where the server's data, socket and programs lie: in the home, or in a private folder that its account can reach.

Only root meets the second case: the server then runs as another account, which may not pass the folders above the home
or above the programs. No mode outside the home is widened for it.
"""

import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from academy.embedded import binaries, storage
from academy.embedded.account import Account
from academy.embedded.binaries import Binaries
from academy.embedded.errors import EmbeddedError
from academy.embedded.home import Home

SYSTEM_FOLDERS = (Path("/var/lib"), Path("/var/db"))
PRIVATE_NAME = "academy-embedded"


@dataclass(frozen=True)
class Placement:
    account: Account
    binaries: Binaries
    server_folder: Path  # owned by the server's account: the data, the log, the beginnings of a first run
    socket_folder: Path
    elsewhere: Path | None  # said to whoever runs the command

    @property
    def data_folder(self) -> Path:
        return self.server_folder / "data"

    @property
    def log_file(self) -> Path:
        return self.server_folder / "server.log"


def place(home: Home) -> Placement:
    """Finds the recorded place again, or chooses one and records it before anything is written there."""
    account, programs = Account.of_server(), binaries.find()
    base = _recorded_base(home) or _choose_base(home, account)
    if account.drops and programs.tree and not account.may_execute(programs.program("postgres")):
        programs = binaries.copy_to(programs, base / "programs")
    placement = Placement(account, programs, base / "postgres", _socket_folder(home, base), _unless_home(home, base))
    account.own_folder(placement.server_folder)
    account.own_folder(placement.socket_folder)
    # A folder inside the home is recorded as such, so that a home that was moved or copied keeps to itself.
    where = "" if base == home.root else str(base)
    data, sockets = str(placement.data_folder), str(placement.socket_folder)
    storage.record(home, {"base": where, "socket_folder": sockets, "data_folder": data})
    return placement


def recorded(home: Home) -> Placement | None:
    """The place of a server that an earlier command made; nothing is created."""
    base = _recorded_base(home)
    if base is None or not (base / "postgres").is_dir():
        return None
    programs = binaries.find()
    copied = base / "programs" / binaries.WHEEL / binaries.INSTALLATION / "bin"
    if copied.is_dir():
        programs = Binaries(copied, tree=())
    sockets = _socket_folder(home, base)
    return Placement(Account.of_server(), programs, base / "postgres", sockets, _unless_home(home, base))


def _unless_home(home: Home, base: Path) -> Path | None:
    return None if base == home.root else base


def _recorded_base(home: Home) -> Path | None:
    """A copy of a home does not share the folder of its original."""
    where = home.state().get("base")
    if where is None:
        return None
    base = Path(where) if where else home.root
    return base if base.is_dir() and (not where or home.digest in base.name) else None


def _choose_base(home: Home, account: Account) -> Path:
    if not account.drops or account.may_enter(home.root):
        return home.root
    name = f"{home.digest}-{secrets.token_hex(4)}"  # a home deleted by hand never meets the data of its predecessor
    for parent in (folder.resolve() for folder in SYSTEM_FOLDERS):
        if _only_root_writes(parent) and account.may_enter(parent):
            return _private_folder(parent / PRIVATE_NAME, name, account)
    folder = Path(tempfile.mkdtemp(prefix=f"{PRIVATE_NAME}-", suffix=f"-{name}"))
    folder.chmod(0o711)
    return folder


def _only_root_writes(folder: Path) -> bool:
    """Nobody else can have prepared the name that is about to be used there."""
    if folder.is_symlink() or not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    status = folder.stat()
    return status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _private_folder(shared: Path, name: str, account: Account) -> Path:
    """Others may pass through to what they own inside, and see no names."""
    if not shared.exists():
        shared.mkdir()
        shared.chmod(0o711)
    if not _only_root_writes(shared) or not account.may_enter(shared):
        raise EmbeddedError(
            f"{shared} を使えません。root だけが書き込めるフォルダーにしてください。",
            f"{shared} cannot be used: it must be a folder that root alone can write to.",
        )
    folder = shared / name
    folder.mkdir()
    folder.chmod(0o711)
    return folder


def _socket_folder(home: Home, base: Path) -> Path:
    return base / "run" if base != home.root else home.default_socket_folder

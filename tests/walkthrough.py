"""The walk-through of the README: its commands, run by bash as they stand there, and what they print.

A block of commands is followed by a block of what it prints. `python -m tests.walkthrough http://127.0.0.1:8000/api/v1`
runs them against a fresh `make run` and writes what they print into the README, for a person to review.
"""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- walk-through -->", "<!-- end of the walk-through -->"
BLOCK = re.compile(r"```bash\n(?P<commands>.*?)```\n(?:\n```text\n(?P<printed>.*?)```\n)?", re.DOTALL)
MARK = "--- end of block ---"


def section() -> str:
    return README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def blocks() -> list[tuple[str, str]]:
    """The commands of each block, and what the README says they print."""
    return [(found["commands"], found["printed"] or "") for found in BLOCK.finditer(section())]


def play(api: str, folder: Path) -> list[str]:
    """Run all blocks in one bash, in an empty folder; what each printed."""
    script = "set -u\n" + "".join(f"{commands}\necho '{MARK}'\n" for commands, _ in blocks())
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "API": api, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.stderr:
        raise AssertionError(f"the walk-through complained:\n{done.stderr}\n{done.stdout}")
    return [printed.lstrip("\n") for printed in done.stdout.split(f"{MARK}\n")[:-1]]


def write(printed: list[str]) -> None:
    answers = iter(printed)

    def fill(found: re.Match[str]) -> str:
        text = next(answers)
        shown = f"\n```text\n{text}```\n" if text else ""
        return f"```bash\n{found['commands']}```\n{shown}"

    README.write_text(
        README.read_text(encoding="utf-8").replace(section(), BLOCK.sub(fill, section())), encoding="utf-8"
    )


if __name__ == "__main__":
    write(play(sys.argv[1], Path.cwd()))

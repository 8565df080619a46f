"""The settings refuse what they do not understand, and refuse to start insecurely."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOUND = {
    "DATABASE_URL": "postgres://academy:x@db.example/academy",
    "CELERY_BROKER_URL": "redis://broker.example/0",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "academy.example",
    "EMAIL_URL": "smtp+tls://academy:secret-7f3a@mail.example:587",
    "EMAIL_FROM": "academy@example.jp",
}


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import academy.settings as s; print(s.ACADEMY_ENV, s.BUSINESS_OFFSET.days)"],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_what_it_needs() -> None:
    done = load(**SOUND)
    assert (done.returncode, done.stdout.split()) == (0, ["production", "0"]), done.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"CELERY_BROKER_URL": ""}, "CELERY_BROKER_URL"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "PostgreSQL"),
        ({"ACADEMY_TODAY": "2022-06-28"}, "ACADEMY_TODAY"),
        ({"ACADEMY_TODYA": "2022-06-28"}, "ACADEMY_TODYA"),
        ({"ACADEMY_ENV": "staging"}, "ACADEMY_ENV"),
        ({"EMAIL_URL": ""}, "EMAIL_URL"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL"),
        ({"EMAIL_URL": "pop3://academy:secret-7f3a@mail.example"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL"),
        ({"EMAIL_FROM": ""}, "EMAIL_FROM"),
        ({"EMAIL_FROM": "Academy <academy@example.jp>"}, "EMAIL_FROM"),
        ({"PUBLIC_URL": "academy.example.jp"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://academy.example.jp"}, "PUBLIC_URL"),
        ({"ACADEMY_DIGEST_HOUR": "24"}, "ACADEMY_DIGEST_HOUR"),
    ],
)
def test_production_is_refused_without(changed: dict[str, str], said: str) -> None:
    done = load(**{**SOUND, **changed})
    assert done.returncode != 0
    assert said in done.stderr.splitlines()[-1]
    assert "secret-7f3a" not in done.stderr


def test_business_time_can_be_moved_outside_production(tmp_path: Path) -> None:
    moved = {"ACADEMY_TODAY": "2022-06-28", "ACADEMY_TODAY_SET_ON": "2022-07-08"}
    done = load(ACADEMY_ENV="demo", ACADEMY_HOME=str(tmp_path), **moved)
    assert done.stdout.split() == ["demo", "-10"], done.stderr


def test_a_date_that_is_none_is_refused(tmp_path: Path) -> None:
    done = load(ACADEMY_ENV="demo", ACADEMY_HOME=str(tmp_path), ACADEMY_TODAY="28.06.2022")
    assert "YYYY-MM-DD" in done.stderr.splitlines()[-1]

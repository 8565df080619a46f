"""The README's walk-through, replayed against a live server over a freshly loaded demo."""

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from tests import walkthrough


@pytest.mark.django_db(transaction=True)
def test_the_commands_print_what_the_readme_says(
    live_server: LiveServer, business_time: object, tmp_path: Path
) -> None:
    assert shutil.which("curl"), "the walk-through is written with curl"
    call_command("load_demo", verbosity=0)
    printed = walkthrough.play(f"{live_server.url}/api/v1", tmp_path)
    for (commands, promised), found in zip(walkthrough.blocks(), printed, strict=True):
        assert found == promised, commands


def test_every_block_says_what_it_prints() -> None:
    assert len(walkthrough.blocks()) >= 8
    assert all(promised for _, promised in walkthrough.blocks())

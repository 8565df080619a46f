"""`manage.py load_framework FILE`: read a version of the skill map from a file, and publish it if asked."""

import argparse
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from academy.errors import DomainError
from skills.models import FrameworkStatus
from skills.operations import frameworks


class Command(BaseCommand):
    help = "スキルマップの版をファイル(YAML・JSON)から読み込む / Read a version of the skill map from a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--publish", action="store_true", help="公開する / publish it")

    def handle(self, *_args: object, path: Path, publish: bool, **_options: object) -> None:
        try:
            framework = frameworks.load_framework(path=path, by=None)
            if publish and framework.status == FrameworkStatus.DRAFT:
                framework = frameworks.publish_framework(framework_id=framework.pk, by=None)
        except DomainError as refusal:
            faults = [f"{path}: {fault.pointer or '/'}: {fault.code}: {fault.text}" for fault in refusal.faults]
            raise CommandError("\n".join([str(refusal.detail), *faults])) from refusal
        self.stdout.write(f"{framework}: {framework.status}")

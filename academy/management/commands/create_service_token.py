"""`manage.py create_service_token NAME SCOPE…`: an account for a machine, and its token, shown once."""

import argparse
import re
from typing import Any

from django.core.management import BaseCommand, CommandError

from academy.models import User, UserKind
from academy.operations.accounts import create_service_token

SCOPE = re.compile(r"[a-z-]+:(read|write)")


class Command(BaseCommand):
    help = "サービスアカウントのトークンを作る / make a token for a service account"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("scopes", nargs="+", metavar="scope", help="enrollments:read, roles:write, …")

    def handle(self, *args: Any, **options: Any) -> None:
        for scope in options["scopes"]:
            if not SCOPE.fullmatch(scope):
                raise CommandError(
                    f"{scope}: 範囲は「場所:read」か「場所:write」です。/ A scope is part:read or part:write."
                )
        if User.objects.filter(username=options["name"]).exclude(kind=UserKind.SERVICE).exists():
            raise CommandError(f"{options['name']}: 職員の ID です。/ This is a person's account.")
        issued = create_service_token(username=options["name"], scopes=options["scopes"], by=None)
        self.stdout.write(issued.secret)

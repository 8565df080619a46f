#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"設定に誤りがあります。/ The settings are refused: {error}")
    except OperationalError as error:
        # A failed connection has no SQLSTATE; what a server refused has one.
        if os.environ.get("DATABASE_URL") or getattr(error.__cause__, "sqlstate", None):
            raise
        sys.exit(
            'データベースが見つかりません。make run を実行してください。/ No database server answers: run "make run".'
        )


if __name__ == "__main__":
    main()

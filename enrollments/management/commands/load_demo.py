from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enrollments.demo.load import DemoRefused, load_demo


class Command(BaseCommand):
    help = "アカデミーの最初の四半期をデモとして読み込む / Load the academy's first quarter as a demonstration"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = load_demo()
        except DemoRefused as refusal:
            raise CommandError(f"{refusal.text.ja} / {refusal.text.en}") from refusal
        if not outcome.loaded:
            self.stdout.write("デモデータは読込済みです。 / The demonstration is loaded already.")
            return
        self.stdout.write("デモデータを読み込みました。 / The demonstration is loaded.")
        for label, count in outcome.rows.items():
            self.stdout.write(f"  {label}: {count}")

"""`manage.py check_invariants`: recounts seats, quotas, the queue, offers and approvals; 1 where anything is broken."""

import sys
from typing import Any

from django.core.management import BaseCommand

from enrollments.invariants import INVARIANTS, violations


class Command(BaseCommand):
    help = "席・枠・待ち行列を数え直す / recount seats, quotas and the queue; exits with 1 where anything is broken"

    def handle(self, *args: Any, **options: Any) -> None:
        broken = violations()
        for violation in broken:
            said = violation.invariant
            self.stdout.write(f"{said.code}: {said.text.ja} / {said.text.en}")
            for public_id in violation.ids:
                self.stdout.write(f"  {said.kind} {public_id}")
        if broken:
            sys.exit(1)
        self.stdout.write(f"{len(INVARIANTS)} 件とも問題なし / all hold")

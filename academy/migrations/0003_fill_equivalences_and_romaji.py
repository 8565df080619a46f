"""What the new columns say of the rows that were there: ranks on the common scale without an end, readings in Latin letters."""

from typing import Any

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.romaji import romaji_key

AT_A_TIME = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    equivalence = apps.get_model("academy", "GradeEquivalence")
    grades = apps.get_model("academy", "Grade").objects.exclude(equivalent_rank=None).order_by("pk")
    equivalence.objects.bulk_create(
        equivalence(grade=grade, rank=grade.equivalent_rank, certainty="guess", during=DateRange(None, None))
        for grade in grades
    )
    staff = apps.get_model("academy", "Staff")
    waiting = []
    for person in staff.objects.order_by("pk").only("family_kana", "given_kana").iterator(AT_A_TIME):
        person.romaji_folded = romaji_key(person.family_kana + person.given_kana)
        waiting.append(person)
        if len(waiting) == AT_A_TIME:
            staff.objects.bulk_update(waiting, ["romaji_folded"])
            waiting = []
    staff.objects.bulk_update(waiting, ["romaji_folded"])


class Migration(migrations.Migration):
    dependencies = [("academy", "0002_dated_facts_and_rosters")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

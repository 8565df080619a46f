"""The quotas of a session, all at once: for whom how many seats are kept until when, and how many they get at the most."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from academy.access import grades_visible_to, organizations_visible_to
from academy.admin import Button, MomentField, RowField
from academy.admin.grids import GridForm, GridRow
from academy.models.organizations import BUREAU_LEVEL
from academy.text import Text, bilingual
from courses import access
from courses.models import Session
from courses.operations.plans import MOST
from courses.operations.quotas import OVER, Quota
from enrollments.operations.quotas import set_quotas

MOST_QUOTAS = 500


class QuotaRow(GridRow):
    key = "seats"
    organization = RowField(label=bilingual("組織", "Organisation"), required=False)
    grade = RowField(label=bilingual("職層", "Grade"), required=False)
    new_recruits = forms.BooleanField(label=bilingual("新規採用", "New recruits"), required=False)
    seats = forms.IntegerField(label=bilingual("確保", "Kept"), min_value=0, max_value=MOST, required=False)
    ceiling = forms.IntegerField(label=bilingual("上限", "Ceiling"), min_value=0, max_value=MOST, required=False)
    release_at = MomentField(label=bilingual("開放", "Released"), required=False)


class QuotasForm(GridForm):
    grid, grid_row, most = "quotas", QuotaRow, MOST_QUOTAS
    grid_title = bilingual("枠", "Quotas")

    def standing(self) -> Iterable[Quota]:
        rows = self.row.quotas.select_related("organization", "grade")
        return [
            Quota(each.organization, each.seats, each.grade, each.new_recruits, each.ceiling, each.release_at)
            for each in rows.order_by("organization__position", "organization__code", "grade__rank", "pk")
        ]

    def offered(self) -> Mapping[str, Iterable[Any]]:
        """Organisations of today, and those that have a quota."""
        seen = organizations_visible_to(self.viewer).filter(kind__in=BUREAU_LEVEL)
        known = seen.filter(during__contains=self.viewer.day) | seen.filter(
            pk__in=self.row.quotas.values("organization")
        )
        grades = grades_visible_to(self.viewer).select_related("ladder")
        return {
            "organization": known.order_by("position", "code"),
            "grade": grades.order_by("ladder__code", "rank", "code"),
        }

    def save(self) -> Session:
        return set_quotas(session_id=self.row.pk, quotas=[Quota(**each) for each in self.given], by=self.by)


def takes_quotas(session: Session) -> bool:
    return session.status not in OVER


QUOTAS = Button("quotas", Text("枠を決める", "Set the quotas"), QuotasForm, access.may_schedule, takes_quotas)

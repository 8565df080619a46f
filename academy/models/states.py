"""Life cycles: a state changes only through `move_to`, one statement that updates the rows and writes their steps.

A life cycle is a `TextChoices` enum and, beside it, a transition table `{old: {new, …}}`. The database holds the same
table in a trigger (`legal_transitions`), so no path can make a step that is not listed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

import pgtrigger
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from academy.clock import BusinessNow
from academy.errors import IllegalTransition
from academy.models.accounts import User
from academy.text import Text, in_both

Transitions = Mapping[str, Iterable[str]]
S = TypeVar("S", bound="Stateful")


class LegalTransitions(pgtrigger.FSM):
    operation = pgtrigger.UpdateOf("status")


def legal_transitions(name: str, transitions: Transitions) -> pgtrigger.Trigger:
    """Asked of rows whose state a statement sets: thousands of rows that change otherwise are not slowed down."""
    pairs = [(str(old), str(new)) for old, news in transitions.items() for new in news]
    return LegalTransitions(name=name, field="status", transitions=sorted(pairs))


class Step(models.Model):
    """One change of a state: from what, to what, by whom, why and when. Concrete steps add the `subject`."""

    id = models.BigAutoField(primary_key=True)
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_default=BusinessNow())

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Moved:
    pk: int
    old: str


class StatefulQuerySet(models.QuerySet[S]):
    def move_to(self, new: str, *, by: User | None, reason: str = "", **also: Any) -> list[Moved]:
        """Move every row of the set to `new` and write a step for each; all of them or none.

        `also` are further columns to set in the same statement. A row whose state does not allow the move makes
        the whole call fail with `IllegalTransition`. Returns the rows with the state they had.
        """
        moved, refused = self._move(str(new), by, reason, also)
        if refused:
            raise IllegalTransition(old=self._label(refused), new=self._label(str(new)))
        return moved

    def _label(self, status: str) -> Text:
        field: Any = self.model._meta.get_field("status")
        labels = dict(field.choices or ())
        return in_both(labels.get(status, status))

    def _move(self, new: str, by: User | None, reason: str, also: dict[str, Any]) -> tuple[list[Moved], str]:
        meta, step = self.model._meta, self.model.step_model()._meta
        connection = connections[self.db]
        quote = connection.ops.quote_name
        fields: dict[Any, Any] = {meta.get_field(name): value for name, value in also.items()}
        sets = "".join(f", {quote(field.column)} = %s" for field in fields)
        values = [field.get_db_prep_save(value, connection) for field, value in fields.items()]
        try:
            chosen, chosen_params = self.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # the ORM knows without asking that no row can match
            return [], ""
        sources = [str(old) for old, news in self.model.TRANSITIONS.items() if new in {str(item) for item in news}]
        # Only identifiers of our own models are put into the text; every value is a parameter.
        statement = f"""
            WITH target AS MATERIALIZED (
                SELECT id, status FROM {quote(meta.db_table)} WHERE id IN ({chosen}) ORDER BY id FOR NO KEY UPDATE
            ), moved AS (
                UPDATE {quote(meta.db_table)} AS row SET status = %s{sets}
                FROM target WHERE row.id = target.id AND target.status = ANY(%s) RETURNING row.id, target.status
            ), stepped AS (
                INSERT INTO {quote(step.db_table)} (subject_id, old, new, by_id, reason, at)
                SELECT id, status, %s, %s, %s, academy_now() FROM moved
            )
            SELECT target.id, target.status, moved.id IS NOT NULL FROM target LEFT JOIN moved ON moved.id = target.id
        """
        params = [*chosen_params, new, *values, sources, new, by.pk if by else None, reason]
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            rows = cursor.fetchall()
        refused = next((status for _, status, done in rows if not done), "")
        return [Moved(pk, status) for pk, status, done in rows if done], refused

    def write_first_steps(self, *, by: User | None, reason: str = "") -> None:
        """The step from nothing for rows that were just inserted."""
        model: Any = self.model.step_model()
        rows = self.values_list("pk", "status")
        model.objects.bulk_create([model(subject_id=pk, old="", new=new, by=by, reason=reason) for pk, new in rows])


class Stateful(models.Model):
    TRANSITIONS: ClassVar[Transitions]

    class Meta:
        abstract = True

    @classmethod
    def step_model(cls) -> type[Step]:
        return cast("type[Step]", cls._meta.get_field("steps").related_model)

"""Rosters take turns, and may take their time."""

from django.db import connection

from academy.operations.base import take_turn


def take_time() -> None:
    """Many rows are one long transaction of short statements; its time-outs are not those of a request."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '10min'")


def take_turn_of_rosters() -> None:
    """One roster is applied or undone at a time: two that overlap would each compare with what the other changes."""
    take_time()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2min'")  # whoever comes second waits for its turn
    take_turn("rosters")

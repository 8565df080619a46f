"""The demonstration, loaded twice for a module: once to be compared with, once to be looked at."""

import hashlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models, transaction
from pytest_django.plugin import DjangoDbBlocker

from academy.models import AuditEvent
from enrollments.demo.load import Outcome, load_demo

APPS = ("academy", "skills", "courses", "enrollments")
# Keys differ between databases; the audit trail tells of the load itself, in real time.
KEYS = {"id", "exclusive_venue_id"}


def tables() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models() if model is not AuditEvent]


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a table without database keys: a row that is pointed at stands by its public id."""
    names = []
    for field in model._meta.concrete_fields:
        if field.name in KEYS:
            continue
        target = field.related_model
        if isinstance(target, type):
            names.append(f"{field.name}__public_id" if hasattr(target, "public_id") else f"{field.name}_id")
        else:
            names.append(field.name)
    return names


def digest_of_rows() -> dict[str, str]:
    found = {}
    for model in tables():
        rows = sorted(repr(row) for row in model._default_manager.values_list(*columns(model)))
        found[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


class _Rollback(Exception):
    pass


@pytest.fixture(scope="module")
def first_digest(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The rows of a load that was undone before the one that the other tests look at."""
    found: dict[str, str] = {}
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                load_demo()
                found = digest_of_rows()
                raise _Rollback
        except _Rollback:
            return found


@pytest.fixture(scope="module")
def loaded(first_digest: dict[str, str], django_db_blocker: DjangoDbBlocker) -> Iterator[Outcome]:
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield load_demo()
                raise _Rollback
        except _Rollback:
            pass

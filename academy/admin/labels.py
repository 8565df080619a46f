"""What kinds of rows and their columns are called on the admin site, in both languages.

Not on the models: a name that stands there becomes part of migrations.
"""

from typing import cast

from django.apps import apps
from django.db.models import Field, Model

from academy.text import bilingual

Name = tuple[str, str]


def name_app(label: str, ja: str, en: str) -> None:
    apps.get_app_config(label).verbose_name = bilingual(ja, en)


def name_rows(model: type[Model], ja: str, en: str, *, one: str = "", **columns: Name) -> None:
    """Name a kind of row (`one`: a single one in English), and those of its columns that are shown."""
    model._meta.verbose_name, model._meta.verbose_name_plural = bilingual(ja, one or en), bilingual(ja, en)
    for column, names in columns.items():
        cast("Field[object, object]", model._meta.get_field(column)).verbose_name = bilingual(*names)

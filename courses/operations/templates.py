"""Templates of sessions: made from one that went well, named, and removed."""

from typing import TypedDict, Unpack

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses import pattern_documents
from courses.models import Session, SessionTemplate
from courses.operations.programs import check_title
from courses.operations.sessions.copies import parts_of_template
from courses.operations.sessions.drafts import slots_of
from courses.patterns import parts_of
from courses.titles import pattern_of

LONGEST_TITLE = 200


class TemplateNames(TypedDict, total=False):
    name_ja: str
    name_en: str


@operation
def create_template(*, session_id: int, by: User | None, **names: Unpack[TemplateNames]) -> SessionTemplate:
    """Keep what a session is like, without its days and people, under a name that its course has once."""
    source = Session.objects.get(pk=session_id)
    template = SessionTemplate(
        course_id=source.course_id,
        title_ja=pattern_of(source.title_ja, source),
        title_en=pattern_of(source.title_en, source),
        selection=source.selection,
        capacity=source.capacity,
        minimum=source.minimum,
        pattern=pattern_documents.written(parts_of(slots_of(source))),
        **names,
    )
    faults = Faults()
    _check(template, faults)
    parts_of_template(template, faults)
    faults.refuse()
    template.save(force_insert=True)
    note(template, session=source.public_id, meetings=len(template.pattern))
    return template


@operation
def rename_template(*, template_id: int, by: User | None, **names: Unpack[TemplateNames]) -> SessionTemplate:
    """Change the names of a template; what it keeps stays as it was taken."""
    template = SessionTemplate.objects.select_for_update(no_key=True).get(pk=template_id)
    for name, value in names.items():
        setattr(template, name, value)
    faults = Faults()
    _check(template, faults)
    faults.refuse()
    template.save(update_fields=list(names))
    return template


@operation
def delete_template(*, template_id: int, by: User | None) -> None:
    """Remove a template; the sessions that were drafted from it stay."""
    template = SessionTemplate.objects.select_for_update().get(pk=template_id)
    note(template, course=template.course.public_id)
    template.delete()


def _check(template: SessionTemplate, faults: Faults) -> None:
    check_title(template.name_ja, faults, at="/name_ja")
    for name in ("title_ja", "title_en"):
        if len(getattr(template, name)) > LONGEST_TITLE:
            faults.add("/session", "title_too_long", "名称が長すぎます。", "The title is too long with its places.")

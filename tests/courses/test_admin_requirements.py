"""What a course asks for and raises, by mouse: rows that are all given at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academy.models import AuditEvent
from courses.models import Course, CourseSkill, Prerequisite
from tests import stage
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.office import address, office_of, page_of, press, text
from tests.skills import small_map


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


def rows(name: str, *given: dict[str, Any], before: int = 0) -> dict[str, Any]:
    sent: dict[str, Any] = {f"{name}-TOTAL_FORMS": str(len(given)), f"{name}-INITIAL_FORMS": str(before)}
    for number, row in enumerate(given):
        sent |= {f"{name}-{number}-{field}": str(value) for field, value in row.items()}
    return sent


def row_faults(answer: Any) -> list[dict[str, list[str]]]:
    """What stands at the fields of each row."""
    assert answer.status_code == 200, answer
    return [
        {name: list(map(str, found)) for name, found in each.items()} for each in answer.context["form"].rows.errors
    ]


def required_by(course: Course) -> list[tuple[str, int | None]]:
    found = Prerequisite.objects.filter(course=course).order_by("pk")
    return list(found.values_list("required__code", "within_years"))


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_prerequisites_are_set_as_a_whole(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    course, video = catalogue.seminar, catalogue.video
    other = stage.course(catalogue.central, title_ja="基礎講座")
    given = rows("prerequisites", {"course": video.public_id, "within_years": 10}, {}, {"course": other.public_id})
    assert press(office, course, "prerequisites", **given).status_code == 302
    assert required_by(course) == [("video", 10), (other.code, None)]
    page = text(office.get(page_of(course)))
    assert "動画講座 10 基礎講座" in page
    form = office.get(address(course, "do", "prerequisites")).context["form"]
    assert [each.initial for each in form.rows.initial_forms] == [
        {"course": video, "within_years": 10}, {"course": other, "within_years": None},
    ]  # fmt: skip
    fewer = rows("prerequisites", {"course": video.public_id, "DELETE": "on"}, {"course": other.public_id}, before=2)
    assert press(office, course, "prerequisites", **fewer).status_code == 302
    assert required_by(course) == [(other.code, None)]
    assert AuditEvent.objects.filter(action="courses.set_prerequisites", by=cast.hr).count() == 2


def test_what_is_refused_of_prerequisites_stands_in_its_row(catalogue: Catalogue, office: Client) -> None:
    course, video = catalogue.seminar, catalogue.video

    def wrong(*given: dict[str, Any]) -> list[dict[str, list[str]]]:
        return row_faults(press(office, course, "prerequisites", **rows("prerequisites", *given)))

    twice = wrong({"course": video.public_id}, {}, {"course": video.public_id})
    assert twice == [{}, {}, {"course": ["同じ講座が二度あります。"]}]
    assert wrong({"course": course.public_id}) == [{"course": ["自分自身を前提にできません。"]}]
    assert wrong({"course": "", "within_years": 3}) == [{"course": ["この項目は必須です。"]}]
    assert wrong({"course": video.public_id, "within_years": 0})[0].keys() == {"within_years"}
    Prerequisite.objects.create(course=video, required=course)
    circle = press(office, course, "prerequisites", **rows("prerequisites", {"course": video.public_id}))
    assert list(circle.context["form"].errors) == ["__all__"]
    assert required_by(course) == []


def test_more_rows_keep_what_was_entered(catalogue: Catalogue, office: Client) -> None:
    entered = rows("prerequisites", {"course": catalogue.video.public_id, "within_years": 7})
    page = press(office, catalogue.seminar, "prerequisites", **entered, _more="1")
    form = page.context["form"]
    assert (len(form.rows.forms), form.rows.forms[0]["within_years"].value()) == (11, "7")
    assert required_by(catalogue.seminar) == []


def test_skills_are_set_as_a_whole(catalogue: Catalogue, cast: Cast, office: Client, tmp_path: Path) -> None:
    course, (first, second, _) = catalogue.seminar, small_map.items(small_map.published(tmp_path))
    given = rows("skills", {"item": first.public_id, "level": 2}, {}, {"item": second.public_id, "level": 1})
    assert press(office, course, "skills", **given).status_code == 302
    found = CourseSkill.objects.filter(course=course).order_by("item__number")
    assert list(found.values_list("item", "level")) == [(first.pk, 2), (second.pk, 1)]
    assert f"{first.number} {first.name_ja} 2" in text(office.get(page_of(course)))

    def wrong(*given: dict[str, Any]) -> list[dict[str, list[str]]]:
        return row_faults(press(office, course, "skills", **rows("skills", *given)))

    assert wrong({"item": first.public_id, "level": 9}) == [{"level": ["このスキルマップにない段階です。"]}]
    assert wrong({"item": first.public_id}) == [{"level": ["この項目は必須です。"]}]
    assert wrong({"item": course.public_id, "level": 1})[0].keys() == {"item"}, "what is not offered does not exist"
    assert CourseSkill.objects.filter(course=course).count() == 2
    assert press(office, course, "skills", **rows("skills")).status_code == 302
    assert not CourseSkill.objects.exists()


def test_only_who_plans_the_course(catalogue: Catalogue, cast: Cast) -> None:
    bureau, trainer = office_of(cast.bureau_hr), office_of(cast.trainer)
    for button in ("prerequisites", "skills"):
        assert bureau.get(address(catalogue.video, "do", button)).status_code == 200
        assert bureau.get(address(catalogue.seminar, "do", button)).status_code == 404
        assert trainer.get(address(catalogue.seminar, "do", button)).status_code in {403, 404}
    english = office_of(cast.hr, "en").get(page_of(catalogue.seminar))
    assert {"Set the prerequisites", "Set the skills"} <= {each["label"] for each in english.context["buttons"]}


def test_a_form_of_rows_takes_the_statements_of_one(catalogue: Catalogue, office: Client) -> None:
    one, many = catalogue.video, catalogue.seminar
    asked = [stage.course() for _ in range(12)]
    Prerequisite.objects.create(course=one, required=asked[0])
    Prerequisite.objects.bulk_create(Prerequisite(course=many, required=each) for each in asked)
    for pages in ([address(each, "do", "prerequisites") for each in (one, many)], [page_of(one), page_of(many)]):
        few, more = (statements(lambda page=page: office.get(page)) for page in pages)  # type: ignore[misc]
        assert few == more

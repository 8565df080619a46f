"""Who decides about the seats of a session, and by when, in both languages."""

from typing import Any

import pytest

from courses.models import EnrollmentPolicy, Session
from enrollments.ways_in import deciding
from tests import stage
from tests.cast import Cast
from tests.enrollments.scene import open_session

APPROVE, NOMINATE = stage.tokyo("2022-07-11 17:00"), stage.tokyo("2022-07-12 17:00")


def told(approval: str = "none", **fields: Any) -> tuple[tuple[str, str], tuple[str, str]]:
    """Who decides, and the sentence that says it."""
    made = open_session(**fields)
    EnrollmentPolicy.objects.create(program=made.course.program, approval=approval)
    found = deciding(Session.objects.with_audience().get(pk=made.pk))
    assert (found.condition, found.code, found.passed, found.blocks) == ("deciding", "met", True, False)
    return (found.actual.ja, found.actual.en), (found.text.ja, found.text.en)


@pytest.mark.parametrize(
    ("selection", "label"), [("first_come", ("先着", "First come")), ("open", ("自由参加", "Open"))]
)
def test_where_nobody_decides(cast: Cast, selection: str, label: tuple[str, str]) -> None:
    assert told(selection=selection) == (
        ("なし(申込順)", "nobody: seats go in the order of applications"),
        (
            f"席の決め方:{label[0]}。空席があれば申込順に決まります。",
            f"How seats are given: {label[1]}. Free seats are given in the order of applications.",
        ),
    )


def test_where_the_head_of_unit_agrees(cast: Cast) -> None:
    assert told("unit_head", approve_until=APPROVE) == (
        ("所属長", "the head of unit"),
        (
            "席の決め方:先着。所属長(2022-07-11 17:00まで)の承認を受けます。空席があれば申込順に決まります。",
            (
                "How seats are given: First come. It takes the approval of the head of unit (until 2022-07-11 17:00). "
                "Free seats are given in the order of applications."
            ),
        ),
    )


def test_nominations_go_by_the_list_of_the_bureau(cast: Cast) -> None:
    """The bureau is named once, also where it agrees and ranks."""
    deadlines = {"approve_until": APPROVE, "nominate_until": NOMINATE}
    assert told("unit_head_and_bureau", selection="nomination", **deadlines) == (
        ("所属長→局の人事→主管の人事", "the head of unit, then HR of the bureau, then HR that runs the programme"),
        (
            (
                "席の決め方:推薦。所属長(2022-07-11 17:00まで)、次に局の人事(2022-07-12 17:00まで)の承認を受けます。"
                "局の人事が順位を付けて取りまとめ(2022-07-12 17:00まで)、主管の人事がその順位により決定します"
                "(2022-07-12 17:00の後、2022-07-14の開始まで)。"
            ),
            (
                "How seats are given: Nomination. It takes the approval of the head of unit (until 2022-07-11 17:00), then of "
                "HR of the bureau (until 2022-07-12 17:00). HR of the bureau hands in a ranked list (until 2022-07-12 17:00), "
                "and HR that runs the programme decides by its order (after 2022-07-12 17:00 and before it begins on 2022-07-14)."
            ),
        ),
    )
    assert told(selection="nomination")[0][0] == "局の人事→主管の人事"


def test_a_lottery_goes_by_priority_class(cast: Cast) -> None:
    assert told(selection="lottery") == (
        ("主管の人事", "HR that runs the programme"),
        (
            (
                "席の決め方:抽選。優先区分の順に抽選し、その順により主管の人事が決定します"
                "(2022-07-10 17:00の後、2022-07-14の開始まで)。"
            ),
            (
                "How seats are given: Lottery. A draw within each priority class gives the order, by which HR that runs the "
                "programme decides (after 2022-07-10 17:00 and before it begins on 2022-07-14)."
            ),
        ),
    )


def test_a_screening_without_an_end_or_without_a_date(cast: Cast) -> None:
    _, (ja, en) = told(selection="screening", apply_until=None)
    assert ja.endswith("申込順により決定します(2022-07-14の開始まで)。")
    assert en.endswith("the order of applications (before it begins on 2022-07-14).")
    _, (ja, en) = told(selection="screening", undated=True)
    assert ja.endswith("申込順により決定します(日程が決まった後)。")
    assert en.endswith("the order of applications (once there is a date).")

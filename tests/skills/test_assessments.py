"""Saving in parts, submitting, confirming and returning; what was written is never overwritten."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from academy.errors import AlreadyExists, Forbidden, IllegalTransition, InvalidInput
from academy.models import AuditEvent, Role, RoleGrant
from skills.errors import CycleNotOpen, NotInSkillMap, RatingsMissing, SelfAssessmentClosed
from skills.models import Assessment, AssessmentCycle, AssessmentStep, Rating, SkillFramework
from skills.operations import assessments, cycles
from tests.cast import ALWAYS, Cast
from tests.conftest import Clock
from tests.skills import small_map
from tests.skills.small_map import CLOSES, OPENS, items, rate, started, submitted

# Business time in SQL is the start of the transaction, and a test is one transaction.
A_MINUTE = dt.timedelta(minutes=1)


def levels(assessment: Assessment) -> list[tuple[int, int, int | None, int | None]]:
    """Item number, revision, self level and confirmed level of every revision."""
    rows = Rating.objects.filter(assessment=assessment).order_by("item__number", "revision")
    return list(rows.values_list("item__number", "revision", "self_level", "confirmed_level"))


def test_only_the_ict_job_family_is_assessed(cast: Cast, cycle: AssessmentCycle) -> None:
    assert started(cast, cycle, "ict").status == "draft"
    with pytest.raises(NotInSkillMap):
        started(cast, cycle, "staff")


def test_nobody_begins_for_somebody_else(cast: Cast, cycle: AssessmentCycle) -> None:
    for somebody in (cast.user("ict2"), cast.user("head"), cast.hr):
        with pytest.raises(Forbidden):
            assessments.start_assessment(cycle_id=cycle.pk, staff_id=cast.ict.pk, by=somebody)


def test_a_person_is_assessed_once_in_a_cycle(cast: Cast, cycle: AssessmentCycle) -> None:
    started(cast, cycle)
    with pytest.raises(AlreadyExists):
        started(cast, cycle)
    assert Assessment.objects.count() == 1


def test_ratings_are_saved_in_parts(cast: Cast, framework: SkillFramework, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 2)
    first, second, third = items(framework)
    assessments.save_ratings(
        assessment_id=assessment.pk,
        ratings=[
            {"item": second.public_id, "self_level": None, "comment": "未経験"},
            {"item": first.public_id, "evidence": "ITストラテジスト"},
        ],
        by=cast.user("ict"),
    )
    assert levels(assessment) == [(1, 1, 2, None), (1, 2, 2, None), (2, 1, None, None)]
    current = Rating.objects.filter(assessment=assessment).current()
    assert {(rating.item_id, rating.self_level, rating.evidence, rating.comment) for rating in current} == {
        (first.pk, 2, "ITストラテジスト", ""),
        (second.pk, None, "", "未経験"),
    }
    assert third.pk not in {rating.item_id for rating in current}


def test_what_did_not_change_gets_no_revision(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 2, 1)
    rate(cast, assessment, 2, 1)
    rate(cast, assessment, 2, 3, None)
    assert levels(assessment) == [(1, 1, 2, None), (2, 1, 1, None), (2, 2, 3, None)]
    counts = AuditEvent.objects.filter(action="skills.save_ratings").order_by("pk")
    assert [event.detail for event in counts] == [{"revisions": 2}, {"revisions": 0}, {"revisions": 1}]


def test_a_part_with_faults_changes_nothing(cast: Cast, framework: SkillFramework, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    first, second, _ = items(framework)
    with pytest.raises(InvalidInput) as refused:
        assessments.save_ratings(
            assessment_id=assessment.pk,
            ratings=[
                {"item": first.public_id, "self_level": 2},
                {"item": first.public_id, "self_level": 1},
                {"item": cycle.public_id, "self_level": 1},
                {"item": second.public_id, "self_level": 4},
            ],
            by=cast.user("ict"),
        )
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/ratings/1/item", "duplicate"),
        ("/ratings/2/item", "not_found"),
        ("/ratings/3/self_level", "unknown_level"),
    ]
    assert levels(assessment) == []


def test_missing_is_not_zero(cast: Cast, framework: SkillFramework, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 0, 1)
    rate(cast, assessment, 0, None)
    _, second, third = items(framework)
    with pytest.raises(RatingsMissing) as refused:
        assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))
    assert [(fault.pointer, fault.code, fault.text.ja) for fault in refused.value.faults] == [
        (f"/ratings/{second.public_id}", "missing", "「要件定義」が未回答です。"),
        (f"/ratings/{third.public_id}", "missing", "「分析」が未回答です。"),
    ]
    rate(cast, assessment, 0, 0, 0)
    assert assessments.submit(assessment_id=assessment.pk, by=cast.user("ict")).status == "submitted"


def test_only_the_subject_writes_self_levels(cast: Cast, cycle: AssessmentCycle) -> None:
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.SKILL_OFFICE, during=ALWAYS)
    assessment = started(cast, cycle)
    for somebody in ("ict2", "head", "trainer", "hr", "bureau_hr"):
        with pytest.raises(Forbidden):
            assessments.save_ratings(assessment_id=assessment.pk, ratings=[], by=cast.user(somebody))
        with pytest.raises(Forbidden):
            assessments.submit(assessment_id=assessment.pk, by=cast.user(somebody))


def test_only_the_unit_head_of_today_and_the_skill_office_review(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle)
    for somebody in ("ict", "ict2", "trainer", "industry_head", "hr", "bureau_hr", "auditor"):
        with pytest.raises(Forbidden):
            assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user(somebody))
        with pytest.raises(Forbidden):
            assessments.return_(assessment_id=assessment.pk, reason="不足", by=cast.user(somebody))
    RoleGrant.objects.create(user=cast.user("trainer"), role=Role.SKILL_OFFICE, during=ALWAYS)
    assert (
        assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("trainer")).reviewer == cast.trainer
    )


def test_nobody_reviews_their_own_even_in_the_skill_office(cast: Cast, cycle: AssessmentCycle) -> None:
    RoleGrant.objects.create(user=cast.user("ict"), role=Role.SKILL_OFFICE, during=ALWAYS)
    assessment = submitted(cast, cycle)
    with pytest.raises(Forbidden):
        assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("ict"))
    with pytest.raises(IntegrityError, match="assessment_is_not_reviewed_by_its_subject"), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(reviewer=cast.ict)


def test_items_that_are_not_named_are_confirmed_as_assessed(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle
) -> None:
    assessment = submitted(cast, cycle, 2, 1, 0)
    first, second, _ = items(framework)
    confirmed = assessments.confirm(
        assessment_id=assessment.pk,
        ratings=[
            {"item": first.public_id, "confirmed_level": 1, "review_comment": "実務経験が足りない"},
            {"item": second.public_id, "review_comment": "同意"},
        ],
        by=cast.user("head"),
    )
    assert (confirmed.status, confirmed.reviewer) == ("confirmed", cast.head)
    assert levels(assessment) == [
        (1, 1, 2, None),
        (1, 2, 2, 1),
        (2, 1, 1, None),
        (2, 2, 1, 1),
        (3, 1, 0, None),
        (3, 2, 0, 0),
    ]
    comments = Rating.objects.filter(assessment=assessment).current().values_list("review_comment", flat=True)
    assert sorted(comments) == ["", "同意", "実務経験が足りない"]


def test_a_confirmed_assessment_is_read_only(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle)
    assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head"))
    before = levels(assessment)
    with pytest.raises(SelfAssessmentClosed):
        rate(cast, assessment, 3)
    with pytest.raises(IllegalTransition):
        assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head"))
    with pytest.raises(IllegalTransition):
        assessments.return_(assessment_id=assessment.pk, reason="やり直し", by=cast.user("head"))
    assert levels(assessment) == before


def test_a_submitted_assessment_waits_for_the_reviewer(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle)
    with pytest.raises(SelfAssessmentClosed):
        rate(cast, assessment, 3)
    with pytest.raises(SelfAssessmentClosed):
        assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))


def test_a_draft_is_not_reviewed(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = started(cast, cycle)
    with pytest.raises(IllegalTransition):
        assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head"))


def test_a_return_needs_a_reason_and_lets_the_subject_write_again(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle)
    with pytest.raises(InvalidInput):
        assessments.return_(assessment_id=assessment.pk, reason=" ", by=cast.user("head"))
    assessments.return_(assessment_id=assessment.pk, reason="根拠を書いてください", by=cast.user("head"))
    rate(cast, assessment, 3)
    again = assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))
    assert (again.status, again.submissions) == ("submitted", 2)
    assert list(AssessmentStep.objects.order_by("pk").values_list("old", "new", "by__username", "reason")) == [
        ("", "draft", "ict", ""),
        ("draft", "submitted", "ict", ""),
        ("submitted", "returned", "head", "根拠を書いてください"),
        ("returned", "submitted", "ict", ""),
    ]
    rounds = Rating.objects.filter(assessment=assessment, item__number=1).order_by("revision")
    assert list(rounds.values_list("round", "self_level")) == [(1, 2), (2, 3)]


def test_no_level_comment_or_reason_reaches_the_audit_trail(cast: Cast, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle)
    assessments.return_(assessment_id=assessment.pk, reason="理由", by=cast.user("head"))
    assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))
    assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head"))
    events = AuditEvent.objects.filter(target=assessment.public_id).order_by("pk")
    assert [(event.action, event.detail) for event in events] == [
        ("skills.start_assessment", {}),
        ("skills.save_ratings", {"revisions": 3}),
        ("skills.submit", {}),
        ("skills.return_", {}),
        ("skills.submit", {}),
        ("skills.confirm", {"revisions": 3}),
    ]


def test_a_closed_period_is_read_only_until_it_is_opened_again(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    assessment = submitted(cast, cycle)
    draft = started(cast, cycle, "ict2")
    at(CLOSES + A_MINUTE)
    refused: list[Callable[[], object]] = [
        lambda: started(cast, cycle, "trainer"),
        lambda: rate(cast, draft, 1, who="ict2"),
        lambda: assessments.submit(assessment_id=draft.pk, by=cast.user("ict2")),
        lambda: assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head")),
        lambda: assessments.return_(assessment_id=assessment.pk, reason="遅い", by=cast.user("head")),
    ]
    for call in refused:
        with pytest.raises(CycleNotOpen):
            call()
    cycles.move_cycle(cycle_id=cycle.pk, closes_at=CLOSES + dt.timedelta(days=1), by=cast.hr)
    assert rate(cast, draft, 1, who="ict2").status == "draft"
    assert assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head")).status == "confirmed"


def test_before_the_period_nothing_is_written(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    at(OPENS - A_MINUTE)
    with pytest.raises(CycleNotOpen):
        started(cast, cycle)
    at(OPENS + A_MINUTE)
    assert started(cast, cycle).status == "draft"


def test_an_earlier_cycle_is_never_overwritten(cast: Cast, framework: SkillFramework, cycle: AssessmentCycle) -> None:
    assessment = submitted(cast, cycle, 2, 1, 0)
    assessments.confirm(assessment_id=assessment.pk, ratings=[], by=cast.user("head"))
    before = levels(assessment)
    submitted(cast, small_map.cycle(framework, "2022年度後期"), 3, 3, 3)
    assert levels(assessment) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE skills_rating SET self_level = 3",
        "UPDATE skills_rating SET evidence = 'x'",
        "DELETE FROM skills_rating",
    ],
)
def test_ratings_are_append_only_under_raw_sql(cast: Cast, cycle: AssessmentCycle, statement: str) -> None:
    assessment = started(cast, cycle)
    rate(cast, assessment, 2, 1, 0)
    before = list(Rating.objects.order_by("pk").values())
    refused = pytest.raises(ProgrammingError, match="Cannot update or delete")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Rating.objects.order_by("pk").values()) == before


def test_the_database_takes_no_rating_that_the_rules_would_refuse(
    cast: Cast, framework: SkillFramework, cycle: AssessmentCycle, at: Clock
) -> None:
    draft, done = started(cast, cycle, "ict2"), submitted(cast, cycle)
    item = items(framework)[0]

    def refused(reason: str, of: Assessment, **fields: object) -> None:
        with pytest.raises(ProgrammingError, match=reason), transaction.atomic():
            Rating.objects.create(**{"assessment": of, "item": item, "revision": 9, **fields})

    refused("not in the scale", draft, self_level=9)
    refused("not in the scale", draft, confirmed_level=9)
    assessments.confirm(assessment_id=done.pk, ratings=[], by=cast.user("head"))
    refused("a confirmed assessment does not change", done, self_level=1)
    at(CLOSES + A_MINUTE)
    refused("while its cycle is open", draft, self_level=1)
    Rating.objects.create(assessment=draft, item=item, revision=9, self_level=1, recorded_at=CLOSES - A_MINUTE)

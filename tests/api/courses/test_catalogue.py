"""`programs/ courses/ completion-policies/ exam-schemes/ venues/ instructors/`: read by all, kept by their planners."""

from collections.abc import Callable

from rest_framework.test import APIClient

from academy.models import Staff, User
from courses.models import AudiencePerson, Course, ExamField, ExamScheme, Instructor, Program, Venue
from courses.operations import content, versions
from tests.cast import Cast
from tests.courses.catalogue import Catalogue

ClientOf = Callable[[User | Staff], APIClient]
V1 = "/api/v1"


def test_academy_hr_makes_and_changes_a_programme(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    body = {"code": "new", "title_ja": "研修", "tier": "literacy", "mode": "lecture"}
    made = client.post(f"{V1}/programs/", body)
    program = Program.objects.get(code="new")
    expected = {
        "id": str(program.public_id),
        "code": "new",
        "title_ja": "研修",
        "title_en": "",
        "working_label": "",
        "tier": "literacy",
        "tier_label": "Literacy",
        "pillar": "training",
        "pillar_label": "Training",
        "organiser": "central",
        "organiser_label": "Central",
        "mode": "lecture",
        "mode_label": "Lecture",
        "organization": None,
    }
    assert (made.status_code, made.json()) == (201, expected)
    path = f"{V1}/programs/{program.public_id}/"
    assert client.patch(path, {"title_en": "Training"}).json() == expected | {"title_en": "Training"}
    assert client.patch(path, {"code": "other"}).json()["errors"][0]["code"] == "unknown_field"


def test_a_bureau_makes_programmes_of_its_own_only(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bureau_hr)
    body = {"code": "new", "title_ja": "局研修", "tier": "none", "mode": "classroom", "organiser": "bureau"}
    assert client.post(f"{V1}/programs/", body).status_code == 403
    assert client.post(f"{V1}/programs/", body | {"organization": str(cast.industry.public_id)}).status_code == 403
    made = client.post(f"{V1}/programs/", body | {"organization": str(cast.skills.public_id)})
    assert made.status_code == 201
    own = f"{V1}/programs/{made.json()['id']}/"
    assert client.patch(own, {"title_ja": "改"}).status_code == 200
    assert client.patch(own, {"organization": str(cast.industry.public_id)}).status_code == 403
    assert client.patch(f"{V1}/programs/{catalogue.central.public_id}/", {"title_ja": "改"}).status_code == 403
    for somebody in (cast.staff, cast.auditor, catalogue.manager):
        assert client_of(somebody).post(f"{V1}/programs/", body).status_code == 403


def test_a_course_is_shown_with_its_content_and_policy(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    body = {
        "program": str(catalogue.central.public_id),
        "code": "new",
        "title_ja": "講座",
        "policy": str(catalogue.policy.public_id),
        "rule": {"grade_at_least": "tmg.kacho"},
        "note_ja": "課長級以上",
    }
    made = client_of(catalogue.manager).post(f"{V1}/courses/", body)
    course = Course.objects.get(code="new")
    module = content.add_module(course_id=course.pk, title_ja="一", by=None)
    lesson = content.add_lesson(module_id=module.pk, title_ja="動画", seconds=60, by=None)
    versions.publish_version(version_id=module.version_id, by=None)
    short = {
        "id": str(course.public_id),
        "program": str(catalogue.central.public_id),
        "program_title_ja": "研修central",
        "code": "new",
        "title_ja": "講座",
        "title_en": "",
        "summary": "",
        "repeatable": False,
        "recurrence": "fiscal_year",
        "recurrence_label": "Every fiscal year",
        "due_from": None,
        "due_from_label": "",
        "due_days": None,
        "audience_note_ja": "課長級以上",
    }
    detail = short | {
        "audience_rule": {"grade_at_least": "tmg.kacho"},
        "policy": {
            "id": str(catalogue.policy.public_id),
            "code": "attend",
            "name_ja": "全回出席",
            "name_en": "",
            "certifies": True,
            "attendance_numerator": 1,
            "attendance_denominator": 1,
            "all_lessons": False,
            "exam": None,
            "proposal": False,
        },
        "modules": [],
        "prerequisites": [],
        "skills": [],
        "deadline_rules": [],
    }
    assert (made.status_code, made.json()) == (201, detail)
    film = {
        "id": str(lesson.public_id),
        "module": str(module.public_id),
        "position": 1,
        "title_ja": "動画",
        "title_en": "",
        "seconds": 60,
    }
    chapter = {
        "id": str(module.public_id),
        "course": str(course.public_id),
        "version": str(module.version.public_id),
        "position": 1,
        "title_ja": "一",
        "title_en": "",
        "lessons": [film],
    }
    client = client_of(cast.staff)
    assert client.get(f"{V1}/courses/{course.public_id}/").json() == detail | {"modules": [chapter]}
    assert client.get(f"{V1}/courses/?search=講座").json()["results"] == [short]
    listed = client.get(f"{V1}/courses/?program={catalogue.own.public_id}").json()["results"]
    assert [row["code"] for row in listed] == ["video"]


def test_a_course_is_changed_by_its_planners(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    path = f"{V1}/courses/{catalogue.seminar.public_id}/"
    for somebody in (cast.staff, cast.bureau_hr, cast.auditor):
        assert client_of(somebody).patch(path, {"title_ja": "改"}).status_code == 403
    client = client_of(catalogue.manager)
    found = client.patch(path, {"title_ja": "改", "rule": {"new_recruit": True}}).json()
    assert (found["title_ja"], found["audience_rule"]) == ("改", {"new_recruit": True})
    refused = client.patch(path, {"rule": {"all": [{"job_family": ["ninja"]}]}})
    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        [{"pointer": "/rule/all/0/job_family/0", "code": "unknown_code", "detail": "There is no such code."}],
    )
    body = {
        "program": str(catalogue.own.public_id), "code": "new", "title_ja": "講座", "policy": str(catalogue.policy.public_id),
    }  # fmt: skip
    assert client.post(f"{V1}/courses/", body).status_code == 403


def test_a_person_is_named_by_hr_who_sees_them(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    path = f"{V1}/courses/{catalogue.video.public_id}"
    client = client_of(cast.bureau_hr)
    named = client.post(f"{path}/include/", {"staff": str(cast.ict.public_id), "reason": "希望"})
    row = AudiencePerson.objects.get()
    assert (named.status_code, named.json()) == (
        200,
        {
            "id": str(row.public_id),
            "staff": str(cast.ict.public_id),
            "staff_name": "髙橋 花子",
            "kind": "include",
            "kind_label": "Included",
            "reason": "希望",
            "created_at": named.json()["created_at"],
        },
    )
    left_out = client.post(f"{path}/exclude/", {"staff": str(cast.ict.public_id), "reason": "受講済み"})
    assert left_out.json()["kind"] == "exclude"
    unseen = client.post(f"{path}/include/", {"staff": str(cast.staff.public_id), "reason": "希望"})
    assert (unseen.status_code, unseen.json()["errors"][0]["code"]) == (400, "not_found")
    assert client.post(f"{path}/unname/", {"staff": str(cast.ict.public_id)}).status_code == 204
    assert not AudiencePerson.objects.exists()
    for somebody in (cast.staff, catalogue.manager, cast.auditor):
        answer = client_of(somebody).post(f"{path}/include/", {"staff": str(cast.ict.public_id), "reason": "x"})
        assert answer.status_code == 403


def test_venues_and_instructors_are_kept_by_planners(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(catalogue.manager)
    made = client.post(f"{V1}/venues/", {"code": "hall", "name_ja": "講堂", "seats": 200})
    hall = Venue.objects.get(code="hall")
    expected = {
        "id": str(hall.public_id),
        "code": "hall",
        "name_ja": "講堂",
        "name_en": "",
        "seats": 200,
        "online": False,
    }
    assert (made.status_code, made.json()) == (201, expected)
    assert client.patch(f"{V1}/venues/{hall.public_id}/", {"seats": None}).json() == expected | {"seats": None}
    made = client.post(f"{V1}/instructors/", {"name": "外部 講師", "affiliation": "大学"})
    guest = Instructor.objects.get(name="外部 講師")
    shown = {"id": str(guest.public_id), "name": "外部 講師", "affiliation": "大学"}
    assert (made.status_code, made.json()) == (201, shown)
    changed = client.patch(f"{V1}/instructors/{guest.public_id}/", {"affiliation": "会社"})
    assert changed.json() == shown | {"affiliation": "会社"}
    twice = client_of(cast.hr).post(f"{V1}/instructors/", {"name": "佐藤", "staff": str(cast.trainer.public_id)})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    for somebody in (cast.staff, cast.auditor):
        reader = client_of(somebody)
        assert [row["code"] for row in reader.get(f"{V1}/venues/").json()["results"]] == ["hall", "online", "room"]
        assert reader.post(f"{V1}/venues/", {"code": "x", "name_ja": "x"}).status_code == 403
        assert reader.post(f"{V1}/instructors/", {"name": "x"}).status_code == 403
        assert reader.patch(f"{V1}/venues/{hall.public_id}/", {"seats": 1}).status_code == 403


def test_venues_and_instructors_are_found_by_the_beginning_of_their_folded_names(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    planner, reader = client_of(catalogue.manager), client_of(cast.staff)
    hall = planner.post(f"{V1}/venues/", {"code": "hall", "name_ja": "ﾃﾞｼﾞﾀﾙ 広場"}).json()
    guest = planner.post(f"{V1}/instructors/", {"name": "髙橋 一郎"}).json()

    def found(kind: str, text: str) -> list[str]:
        return [row["id"] for row in reader.get(f"{V1}/{kind}/", {"search": text}).json()["results"]]

    assert found("venues", "デジタル広") == found("venues", "でじたる") == [hall["id"]]
    assert found("venues", "広場") == []
    assert found("instructors", "高橋一") == found("instructors", "髙") == [guest["id"]]
    assert found("instructors", "一郎") == []
    planner.patch(f"{V1}/venues/{hall['id']}/", {"name_ja": "新広場"})
    planner.patch(f"{V1}/instructors/{guest['id']}/", {"name": "濱田 一郎"})
    assert (found("venues", "デジタル"), found("venues", "新広場")) == ([], [hall["id"]])
    assert (found("instructors", "高橋"), found("instructors", "浜田")) == ([], [guest["id"]])
    assert reader.get(f"{V1}/venues/?name=x").json()["errors"][0]["code"] == "unknown_parameter"


def test_a_name_whose_search_key_is_longer_than_the_name_is_kept(
    catalogue: Catalogue, cast: Cast, client_of: ClientOf
) -> None:
    long, client = "㍿" * 200, client_of(cast.hr)  # each folds to four characters
    assert client.post(f"{V1}/venues/", {"code": "long", "name_ja": long}).status_code == 201
    assert client.post(f"{V1}/instructors/", {"name": long[:100]}).status_code == 201
    body = {"code": "long", "title_ja": long, "tier": "none", "mode": "lecture"}
    assert client.post(f"{V1}/programs/", body).status_code == 201
    assert client.patch(f"{V1}/courses/{catalogue.seminar.public_id}/", {"title_ja": long}).status_code == 200
    assert [row["code"] for row in client.get(f"{V1}/venues/?search=株式会社").json()["results"]] == ["long"]


def test_policies_and_examinations_are_read(catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    scheme = ExamScheme.objects.create(code="ip", name_ja="ITパスポート", total_max=1000, total_min=600, source="IPA")
    field = ExamField.objects.create(scheme=scheme, code="s", name_ja="ストラテジ系", score_max=1000, score_min=300)
    client = client_of(cast.staff)
    assert client.get(f"{V1}/exam-schemes/").json()["results"] == [
        {
            "id": str(scheme.public_id),
            "code": "ip",
            "name_ja": "ITパスポート",
            "name_en": "",
            "total_max": 1000,
            "total_min": 600,
            "reference": "IPA",
            "exam_fields": [
                {
                    "id": str(field.public_id),
                    "code": "s",
                    "name_ja": "ストラテジ系",
                    "name_en": "",
                    "score_max": 1000,
                    "score_min": 300,
                }
            ],
        }
    ]
    policy = client.get(f"{V1}/completion-policies/{catalogue.policy.public_id}/").json()
    course = client.get(f"{V1}/courses/{catalogue.video.public_id}/").json()
    assert policy == course["policy"]
    assert client_of(cast.staff).post(f"{V1}/exam-schemes/", {}).status_code == 403

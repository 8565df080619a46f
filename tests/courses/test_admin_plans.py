"""The plan of a fiscal year by mouse, from its draft to its revision; nobody approves their own."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from academy.models import AuditEvent, RoleGrant, User
from courses.models import PlanLine, ProgramPlan
from tests.cast import ALWAYS, Cast, account
from tests.courses.catalogue import Catalogue
from tests.office import address, faults, office_of, page_of, press, text


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


@pytest.fixture
def second(cast: Cast) -> User:
    user = account("second-hr")
    RoleGrant.objects.create(user=user, role="academy_hr", during=ALWAYS)
    return user


def lines(*rows: dict[str, str], before: int = 0) -> dict[str, str]:
    sent = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": str(before)}
    for number, row in enumerate(rows):
        sent |= {f"lines-{number}-{name}": value for name, value in row.items()}
    return sent


def line(catalogue: Catalogue, **fields: str) -> dict[str, str]:
    return {"program": str(catalogue.central.public_id), "course": str(catalogue.seminar.public_id), **fields}


def new_plan(*rows: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"fiscal_year": "2022", "title_ja": "2022年度計画", **lines(*rows), **fields}


def as_rows(plan: ProgramPlan) -> list[tuple[Any, ...]]:
    found = PlanLine.objects.filter(plan=plan).order_by("pk")
    return list(
        found.values_list("program__code", "course__code", "quarter", "sessions", "seats", "yen", "provisional")
    )


def test_a_plan_lives_by_its_buttons(catalogue: Catalogue, cast: Cast, office: Client, second: User) -> None:
    first = line(catalogue, quarter="1", sessions="3", seats="90", yen="1200000")
    own = {"program": str(catalogue.own.public_id), "provisional": "on"}
    assert office.post(address(ProgramPlan, "add"), new_plan(first, {}, own)).status_code == 302
    plan = ProgramPlan.objects.get()
    assert (plan.fiscal_year, plan.version, plan.drafted_by) == (2022, 1, cast.hr)
    assert as_rows(plan) == [
        ("central", "seminar", 1, 3, 90, 1_200_000, False),
        ("own", None, None, 0, None, None, True),
    ]
    assert "セミナー Q1 3 90 1,200,000" in text(office.get(page_of(plan)))

    form = office.get(address(plan, "do", "lines")).context["form"]
    assert form.lines[0]["program"].value() == str(catalogue.central.public_id)
    changed = lines({**first, "sessions": "4"}, {**own, "DELETE": "on"}, before=2)
    assert press(office, plan, "lines", **changed).status_code == 302
    assert as_rows(plan) == [("central", "seminar", 1, 4, 90, 1_200_000, False)]

    assert faults(press(office, plan, "approve")).keys() == {"__all__"}, "who drafted it does not approve it"
    assert faults(press(office, plan, "publish")) == {
        "__all__": ["状態「作成中」から「公開」へは変更できません。"],
    }
    other = office_of(second)
    assert press(other, plan, "approve").status_code == 302
    assert faults(press(other, plan, "return", reason="")).keys() == {"reason"}
    assert press(other, plan, "publish").status_code == 302
    revised = press(office, plan, "revise", note="会場の都合")
    revision = ProgramPlan.objects.get(version=2)
    assert revised.headers["Location"] == page_of(revision)
    assert (revision.note, revision.based_on, as_rows(revision)) == ("会場の都合", plan, as_rows(plan))
    assert press(office, revision, "change", title_ja="改定計画", note="会場の都合").status_code == 302
    assert press(office, revision, "discard", reason="取りやめ").status_code == 302
    plan.refresh_from_db()
    revision.refresh_from_db()
    assert (plan.status, revision.status, revision.title_ja) == ("published", "discarded", "改定計画")
    assert AuditEvent.objects.filter(action="courses.approve_plan", by=second).count() == 1
    history = text(office.get(page_of(plan)))
    for state in ("作成中 hr", "承認済み second-hr", "公開 second-hr"):
        assert state in history


def test_what_is_wrong_with_a_line_stands_in_its_row(catalogue: Catalogue, office: Client) -> None:
    twice = line(catalogue, sessions="1")
    foreign = {"program": str(catalogue.own.public_id), "course": str(catalogue.seminar.public_id), "sessions": "1"}
    answer = office.post(address(ProgramPlan, "add"), new_plan({}, twice, twice, foreign))
    rows = [bool(row.errors) for row in answer.context["form"].lines]
    assert rows == [False, False, True, True]
    nameless = office.post(address(ProgramPlan, "add"), new_plan({"sessions": "3"}))
    assert [dict(row.errors) for row in nameless.context["form"].lines] == [{"program": ["この項目は必須です。"]}]
    assert faults(office.post(address(ProgramPlan, "add"), new_plan(title_ja="")))["title_ja"]
    more = office.post(address(ProgramPlan, "add"), new_plan(twice, _more="1"))
    assert len(more.context["form"].lines.forms) == 11
    assert ProgramPlan.objects.count() == 0


def test_hr_of_a_bureau_plans_for_its_organisations_alone(catalogue: Catalogue, cast: Cast) -> None:
    client = office_of(cast.bureau_hr)
    assert faults(client.post(address(ProgramPlan, "add"), new_plan())).keys() == {"__all__"}
    industry = client.post(address(ProgramPlan, "add"), new_plan(organization="industry"))
    assert faults(industry) == {"__all__": ["この操作を行う権限がありません。"]}
    assert client.post(address(ProgramPlan, "add"), new_plan(organization="digital")).status_code == 302
    plan = ProgramPlan.objects.get()
    assert plan.organization == cast.digital
    assert office_of(catalogue.manager).get(address(ProgramPlan)).status_code == 403
    assert office_of(cast.staff).get(page_of(plan)).status_code == 403


def test_the_plan_in_force_is_read_by_hr_and_changed_by_its_planners(
    catalogue: Catalogue, cast: Cast, office: Client, second: User
) -> None:
    office.post(address(ProgramPlan, "add"), new_plan(line(catalogue, sessions="1")))
    plan = ProgramPlan.objects.get()
    bureau = office_of(cast.bureau_hr)
    assert bureau.get(address(plan, "do", "approve")).status_code == 404, "a draft is its planners' alone"
    press(office_of(second), plan, "approve")
    press(office_of(second), plan, "publish")
    assert bureau.get(page_of(plan)).context["buttons"] == []
    assert press(bureau, plan, "revise", note="理由").status_code == 403


def test_the_lines_come_and_go_as_a_file(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    office.post(address(ProgramPlan, "add"), new_plan(line(catalogue, quarter="1", sessions="3", seats="90")))
    plan = ProgramPlan.objects.get()
    links = {each["label"]: each["address"] for each in office.get(page_of(plan)).context["links"]}
    written = office.get(links["計画ファイル(CSV)"]).content
    assert office.get(links["計画ファイル(XLSX)"]).status_code == 200

    def upload(content: bytes, **fields: str) -> Any:
        return press(office, plan, "import", file=SimpleUploadedFile("plan.csv", content, "text/csv"), **fields)

    def outcome(answer: Any) -> list[list[str]]:
        return [[str(cell) for cell in cells] for cells in answer.context["form"].preview[0].rows]

    looked = upload(written.replace(b"90", b"120"), rehearse="on")
    assert faults(looked) == {}
    assert outcome(looked) == [["追加", "0"], ["変更", "1"], ["削除", "0"], ["変更なし", "0"]]
    assert as_rows(plan) == [("central", "seminar", 1, 3, 90, None, False)]
    wrong = faults(upload(written.replace(b"seminar", b"nowhere")))
    assert any("その講座コードはありません。" in each for each in wrong["__all__"])
    assert faults(upload(b"")).keys() == {"file"}
    assert as_rows(plan) == [("central", "seminar", 1, 3, 90, None, False)]
    assert upload(written.replace(b"90", b"120")).status_code == 302
    assert as_rows(plan) == [("central", "seminar", 1, 3, 120, None, False)]
    assert AuditEvent.objects.filter(action="courses.import_plan_lines", by=cast.hr).count() == 1
    assert office_of(cast.bureau_hr).get(address(plan, "do", "import")).status_code in {403, 404}

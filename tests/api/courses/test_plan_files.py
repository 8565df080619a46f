"""`program-plans/{id}/file/` and `/import/`: the lines of a plan go out as CSV and XLSX, and replace those of a draft."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from academy.errors import InvalidInput
from academy.models import AuditEvent
from academy.tables import writing
from courses.models import PlanLine, ProgramPlan
from courses.operations import plans
from courses.operations.plans import PlanLineInput
from courses.operations.schedule_files.plan_lines import import_plan_lines
from courses.plan_tables.faults import TEXTS
from courses.plan_tables.lines import KNOWN
from courses.reports import plan_lines
from tests.academy.rosters.files import xlsx_file
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.courses.schedules.test_round_trip import titles

ClientOf = Callable[[Any], APIClient]
Place = tuple[str, str]
FIGURES = ("program_id", "course_id", "quarter", "sessions", "seats", "yen", "provisional", "note")


@pytest.fixture
def plan(catalogue: Catalogue, cast: Cast) -> ProgramPlan:
    lines = [
        PlanLineInput(catalogue.central, None, None, sessions=10, seats=300, yen=12_000_000, note='通算10回, "仮"\n=1'),
        PlanLineInput(catalogue.central, catalogue.seminar, 2, sessions=3, seats=None, yen=None, provisional=True),
    ]
    return plans.draft_plan(fiscal_year=2022, title_ja="令和4年度計画", lines=lines, by=cast.hr)


def address(plan: ProgramPlan, what: str) -> str:
    return f"/api/v1/program-plans/{plan.public_id}/{what}/"


def send(client: APIClient, plan: ProgramPlan, data: bytes, query: str = "") -> Any:
    return client.post(
        address(plan, "import") + query, {"file": SimpleUploadedFile("計画.csv", data)}, format="multipart"
    )


def csv_file(*rows: Mapping[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def lines_of(plan: ProgramPlan) -> list[tuple[Any, ...]]:
    return list(PlanLine.objects.filter(plan=plan).order_by("program", "course", "quarter").values_list(*FIGURES))


def faults_of(plan: ProgramPlan, data: bytes) -> list[Place]:
    with pytest.raises(InvalidInput) as refused:
        import_plan_lines(plan_id=plan.pk, file=io.BytesIO(data), by=None)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize("query", ["type=csv", "type=csv&encoding=cp932", "type=xlsx"])
def test_what_is_downloaded_is_sent_back_and_changes_nothing(
    plan: ProgramPlan, cast: Cast, client_of: ClientOf, query: str
) -> None:
    client = client_of(cast.hr)
    found = client.get(f"{address(plan, 'file')}?{query}")
    assert found.status_code == 200
    before = lines_of(plan)
    sent = send(client, plan, found.content)
    assert (sent.status_code, sent.json()) == (
        200,
        {"plan": str(plan.public_id), "added": 0, "changed": 0, "removed": 0, "unchanged": 2, "ignored_columns": []},
    )
    assert lines_of(plan) == before
    assert not AuditEvent.objects.filter(action="courses.set_plan_lines").exists()


def test_a_file_says_all_lines(plan: ProgramPlan, catalogue: Catalogue, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    data = csv_file(
        {"研修コード": "central", "講座コード": "", "四半期": "通年", "回数": "１０", "定員": "300", "予算": "¥12,000,000", "調整中": "", "備考": "通算10回, \"仮\"\n=1"},
        {"研修コード": "", "講座コード": "video", "四半期": "第3四半期", "回数": "1", "定員": "", "予算": "0円", "調整中": "○", "備考": "新規"},
    )  # fmt: skip
    before = lines_of(plan)
    tried = send(client, plan, data, "?dry_run=true").json()
    assert (tried["result"]["added"], tried["result"]["removed"]) == (1, 1)
    assert lines_of(plan) == before
    done = send(client, plan, data).json()
    assert (done["added"], done["changed"], done["removed"], done["unchanged"]) == (1, 0, 1, 1)
    assert (catalogue.own.pk, catalogue.video.pk, 3, 1, None, 0, True, "新規") in lines_of(plan)
    event = AuditEvent.objects.get(action="courses.import_plan_lines")
    assert (event.target, event.detail) == (plan.public_id, {"added": 1, "changed": 0, "removed": 1, "unchanged": 1})


def test_a_column_that_is_missing_leaves_what_it_is_about(plan: ProgramPlan, catalogue: Catalogue) -> None:
    data = csv_file({"研修コード": "central", "回数": "12"}, {"研修コード": "own", "回数": "1"})
    found = import_plan_lines(plan_id=plan.pk, file=io.BytesIO(data), by=None)
    assert found.counts == {"added": 1, "changed": 1, "removed": 1, "unchanged": 0}
    assert lines_of(plan) == [
        (catalogue.central.pk, None, None, 12, 300, 12_000_000, False, '通算10回, "仮"\n=1'),
        (catalogue.own.pk, None, None, 1, None, None, False, ""),
    ]


def test_numbers_of_excel_are_read(plan: ProgramPlan) -> None:
    headings = ["研修コード", "四半期", "回数", "定員延べ", "予算額(円)"]
    data = xlsx_file(["central", 1, 2.0, 60, 1_500_000], headings=headings)
    import_plan_lines(plan_id=plan.pk, file=io.BytesIO(data), by=None)
    assert [line[2:6] for line in lines_of(plan)] == [(1, 2, 60, 1_500_000)]


GOOD = {"研修コード": "central", "回数": "1"}


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{"研修コード": "central"}], [("/rows/1/回数", "missing_column")]),
        ([{"回数": "1"}], [("/rows/1/研修コード", "missing_column")]),
        ([{**GOOD, "回数": ""}], [("/rows/2/回数", "missing_value")]),
        ([{**GOOD, "回数": "多数"}], [("/rows/2/回数", "not_a_count")]),
        ([{**GOOD, "研修コード": "", "講座コード": ""}], [("/rows/2/研修コード", "missing_value")]),
        ([{**GOOD, "研修コード": "cookery"}], [("/rows/2/研修コード", "unknown_program")]),
        ([{**GOOD, "講座コード": "cookery"}], [("/rows/2/講座コード", "unknown_course")]),
        ([{**GOOD, "研修コード": "", "講座コード": "cookery"}], [("/rows/2/講座コード", "unknown_course")]),
        ([{**GOOD, "講座コード": "video"}], [("/rows/2/講座コード", "other_program")]),
        ([{**GOOD, "四半期": "5"}], [("/rows/2/四半期", "not_a_quarter")]),
        ([{**GOOD, "定員延べ": "-1"}], [("/rows/2/定員延べ", "not_a_count")]),
        ([{**GOOD, "定員延べ": "2147483648"}], [("/rows/2/定員延べ", "out_of_range")]),
        ([{**GOOD, "予算額(円)": "約百万円"}], [("/rows/2/予算額(円)", "not_a_count")]),
        ([{**GOOD, "予算額(円)": "1000000000000000"}], [("/rows/2/予算額(円)", "out_of_range")]),
        ([{**GOOD, "調整中": "半分"}], [("/rows/2/調整中", "not_a_flag")]),
        ([{**GOOD, "備考": "あ" * 301}], [("/rows/2/備考", "too_long")]),
        ([GOOD, GOOD], [("/rows/3", "repeated")]),
        ([{**GOOD, "回数": "x", "備考": "\u202e"}, {**GOOD, "研修コード": "z"}], [("/rows/2/回数", "not_a_count"), ("/rows/2/備考", "bidi_control"), ("/rows/3/研修コード", "unknown_program")]),
    ],
)  # fmt: skip
def test_every_bad_row_is_named_and_nothing_changes(
    plan: ProgramPlan, rows: list[dict[str, str]], faults: list[Place]
) -> None:
    before = lines_of(plan)
    assert faults_of(plan, csv_file(*rows)) == faults
    assert lines_of(plan) == before


def test_a_plan_has_at_most_a_thousand_rows(plan: ProgramPlan) -> None:
    with pytest.raises(InvalidInput) as refused:
        import_plan_lines(plan_id=plan.pk, file=io.BytesIO(csv_file(*[GOOD] * 1_001)), by=None)
    last = refused.value.faults[-1]
    assert (last.pointer, last.code, last.text.en) == ("/rows/1002", "too_many_rows", "Too many rows (1,000 at most).")


def test_a_plan_of_an_organisation_names_its_own_programmes(catalogue: Catalogue, cast: Cast) -> None:
    plan = plans.draft_plan(fiscal_year=2022, organization=cast.digital, title_ja="局の計画", by=cast.bureau_hr)
    assert faults_of(plan, csv_file(GOOD)) == [("/rows/2/研修コード", "outside_plan")]
    import_plan_lines(plan_id=plan.pk, file=io.BytesIO(csv_file({**GOOD, "研修コード": "own"})), by=None)
    assert len(lines_of(plan)) == 1


def test_only_a_draft_takes_a_file_in(plan: ProgramPlan, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.hr)
    content = client.get(f"{address(plan, 'file')}?type=csv").content
    plans.approve_plan(plan_id=plan.pk, by=None)
    assert send(client, plan, csv_file(GOOD)).json()["code"] == "plan_not_draft"
    assert send(client, plan, content).json()["unchanged"] == 2


def test_who_sees_a_plan_reads_its_file_and_who_plans_sends_it(
    plan: ProgramPlan, cast: Cast, client_of: ClientOf
) -> None:
    for somebody in (cast.staff, cast.bureau_hr, cast.trainer):
        client = client_of(somebody)
        assert client.get(f"{address(plan, 'file')}?type=csv").status_code == 404
        assert send(client, plan, csv_file(GOOD)).status_code == 404
    plans.approve_plan(plan_id=plan.pk, by=None)
    plans.publish_plan(plan_id=plan.pk, by=None)
    client = client_of(cast.staff)
    assert client.get(f"{address(plan, 'file')}?type=csv").status_code == 200
    assert send(client, plan, csv_file(GOOD)).json()["code"] == "forbidden"
    assert client_of(cast.hr).get(f"{address(plan, 'file')}?type=csv&colour=red").status_code == 400


def test_every_cell_of_the_workbook_is_text(plan: ProgramPlan, cast: Cast, client_of: ClientOf) -> None:
    content = client_of(cast.hr).get(f"{address(plan, 'file')}?type=xlsx").content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["計画", "選択肢"]
    assert book.get_sheet_by_name("計画").to_python() == [
        ["研修コード", "講座コード", "四半期", "回数", "定員延べ", "予算額(円)", "調整中", "備考"],
        ["central", "", "", "10", "300", "12000000", "", '通算10回, "仮"\n=1'],
        ["central", "seminar", "2", "3", "", "", "○", ""],
    ]
    assert book.get_sheet_by_name("選択肢").to_python()[1] == [
        "central", "研修central", "seminar", "セミナー", "研修コード", KNOWN[0].note.ja,
    ]  # fmt: skip


counts = st.none() | st.integers(0, 2_147_483_647)
figures = st.fixed_dictionaries(
    {
        "sessions": st.integers(0, 2_147_483_647),
        "seats": counts,
        "yen": st.none() | st.integers(0, 999_999_999_999_999),
        "provisional": st.booleans(),
        "note": st.just("") | titles,
    }
)


@given(
    st.dictionaries(st.tuples(st.integers(0, 3), st.none() | st.integers(1, 4)), figures, min_size=1, max_size=8)
)  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_lines_come_back_as_they_were(catalogue: Catalogue, plan: ProgramPlan, asked: dict[Any, Any]) -> None:
    about = [(catalogue.central, None), (catalogue.own, None), (catalogue.central, catalogue.seminar), (catalogue.own, catalogue.video)]  # fmt: skip
    lines = [PlanLineInput(about[which][0], about[which][1], quarter, **of) for (which, quarter), of in asked.items()]
    with transaction.atomic():
        plans.set_plan_lines(plan_id=plan.pk, lines=lines, by=None)
        before, rows = lines_of(plan), list(plan_lines.rows(plan))
        book = writing.xlsx_file(writing.Sheet("計画", plan_lines.HEADINGS, rows))
        text = writing.csv_text(plan_lines.HEADINGS, ([writing.quoted(cell) for cell in row] for row in rows))
        for data in (book, writing.encoded(text, "utf-8")[0]):
            found = import_plan_lines(plan_id=plan.pk, file=io.BytesIO(data), by=None)
            assert found.counts == {"added": 0, "changed": 0, "removed": 0, "unchanged": len(lines)}
            plans.set_plan_lines(plan_id=plan.pk, lines=[], by=None)
            import_plan_lines(plan_id=plan.pk, file=io.BytesIO(data), by=None)
            assert lines_of(plan) == before
        transaction.set_rollback(True)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_fault_says_what_to_do_in_both_languages(code: str) -> None:
    assert TEXTS[code].ja.endswith("。")
    assert not {"{", "}"} & set(TEXTS[code].ja + TEXTS[code].en)

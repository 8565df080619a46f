"""What is written with legal values is read back equal: CSV in every encoding that can hold it, and XLSX."""

import csv
import datetime as dt
import io

from hypothesis import given
from hypothesis import strategies as st

from tests.academy.rosters.files import LOOKUPS, Outcome, outcome, xlsx_file

HEADINGS = (
    "職員番号", "氏", "名", "氏カナ", "名カナ", "旧姓", "メールアドレス", "採用年月日", "採用区分", "発令区分", "所属コード", "勤務先コード",
    "職層", "職種", "職名", "所属長", "勤務場所", "状況", "名簿非公開", "備考",
)  # fmt: skip
KANJI = "佐藤髙橋﨑𠮷葛々〆田中花子一郎辻神塚ヶノあゐゑ"
KANA = "アイウエオカガキギサザシジスズパピプヴヵヶッャュョワヲンー"
DIGITS = "0123456789"

names = st.text(KANJI, min_size=1, max_size=50) | st.sampled_from(
    ["マリア・ルイーザ", "O'Neil", "Nguyễn", "葛\U000e0100"]
)
readings = st.builds(lambda first, rest: first + rest, st.sampled_from(KANA[:-1]), st.text(KANA, max_size=49))
days = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
flags = st.sampled_from([("○", True), ("×", False)])
remarks = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=30
)  # whatever stands in a column that is not read
posts = st.text(KANJI + "（）/ 0Ⅱ,\"'", min_size=1, max_size=100).filter(
    lambda post: post == post.strip() and post[0] != "'"
)


def codes(kind: dict[str, int]) -> st.SearchStrategy[tuple[str, int | None]]:
    return st.sampled_from([(code, key) for code, key in kind.items() if " " not in code and code != "次長"])


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[str], dict[str, object]]:
    """The cells of a row, and the values of its entry."""
    blank: tuple[str, None] = ("", None)
    number = draw(st.text(DIGITS, min_size=1, max_size=20))
    family, given_name, family_kana, given_kana = draw(names), draw(names), draw(readings), draw(readings)
    former, post, day = draw(st.none() | names), draw(st.none() | posts), draw(st.none() | days)
    hiring, place, grade, job = (
        draw(st.just(blank) | codes(dict(kind)))
        for kind in (LOOKUPS.hiring_categories, LOOKUPS.organizations, LOOKUPS.grades, LOOKUPS.job_families)
    )
    organization = draw(codes(dict(LOOKUPS.organizations)))
    kind = draw(st.sampled_from([("", "primary"), ("本務", "primary"), ("兼務", "concurrent"), ("派遣", "secondment")]))
    head, hidden = draw(st.just(("", False)) | flags), draw(st.just(blank) | flags)
    where = draw(st.sampled_from([blank, ("本庁", True), ("事業所", False)]))
    status = draw(
        st.sampled_from(
            [blank, ("なし", []), ("休職(育児休業);再任用", [["on_leave", "育児休業"], ["reappointed", ""]])]
        )
    )
    written = draw(
        st.sampled_from(["{0:%Y-%m-%d}", "{0:%Y%m%d}", "{0.year}/{0.month}/{0.day}", "{0.year}年{0.month}月{0.day}日"])
    )
    cells = [
        number, family, given_name, family_kana, given_kana, former or "", "", _day(day, written), hiring[0], kind[0], organization[0], place[0],
        grade[0], job[0], post or "", head[0], where[0], status[0], hidden[0], draw(remarks),
    ]  # fmt: skip
    values = {
        "staff_number": number, "family_name": family, "given_name": given_name, "family_kana": family_kana, "given_kana": given_kana, "former_name": former,
        "hired_on": day, "hiring_category_id": hiring[1], "kind": kind[1], "organization_id": organization[1], "work_place_id": place[1], "grade_id": grade[1],
        "job_family_id": job[1], "post": post, "head_of_unit": head[1], "headquarters": where[1], "statuses": status[1], "directory_hidden": hidden[1],
    }  # fmt: skip
    return cells, values


def _day(day: dt.date | None, written: str) -> str:
    return written.format(day) if day else ""


def _read(found: Outcome) -> list[dict[str, object]]:
    assert found.faults == []
    return [{name: getattr(entry, name) for name in TESTED} for entry in found.entries]


TESTED = (
    "staff_number", "family_name", "given_name", "family_kana", "given_kana", "former_name", "hired_on", "hiring_category_id", "kind", "organization_id",
    "work_place_id", "grade_id", "job_family_id", "post", "head_of_unit", "headquarters", "statuses", "directory_hidden",
)  # fmt: skip


@given(st.lists(rows(), min_size=1, max_size=5), st.sampled_from([",", "\t"]), st.sampled_from(["\r\n", "\n"]))
def test_what_csv_writes_is_read_back(written: list[tuple[list[str], dict[str, object]]], mark: str, end: str) -> None:
    text = io.StringIO()
    # Ending its lines with \n alone, the library does not quote a \r by itself.
    writer = csv.writer(text, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([HEADINGS, *(cells for cells, _ in written)])
    for encoding in ("utf-8", "utf-8-sig", "cp932"):
        try:
            data = text.getvalue().encode(encoding)
        except UnicodeEncodeError:
            assert encoding == "cp932"
            continue
        found = outcome(data)
        assert _read(found) == [values for _, values in written]
        assert found.table is not None
        assert (found.table.encoding, found.table.unmapped) == (encoding, ["備考"])


@given(st.lists(rows(), min_size=1, max_size=5))
def test_what_xlsx_holds_is_read_back(written: list[tuple[list[str], dict[str, object]]]) -> None:
    found = outcome(xlsx_file(*(cells for cells, _ in written), headings=HEADINGS))
    assert _read(found) == [values for _, values in written]
    assert found.table is not None
    assert (found.table.format, found.table.sheet, found.table.unmapped) == ("xlsx", "名簿", ["備考"])

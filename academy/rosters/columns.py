"""The columns of a roster that are known: how they are headed, what they fill, and how their cells are read.

A column that is not known is listed and not read: what a file says besides (a マイナンバー, a salary) never enters.
"""

from collections.abc import Iterable, Mapping

from academy.tables.columns import Column, Known, Vocabulary, heading_key
from academy.text import Text

__all__ = ["BY_HEADING", "BY_NAME", "KNOWN", "VOCABULARY", "heading_key", "restored"]

SNAPSHOT, CHANGES = "snapshot", "changes"
BOTH = frozenset({SNAPSHOT, CHANGES})

KNOWN: tuple[Known, ...] = (
    Known(
        "staff_number", "職員番号", "Staff number",
        Text("英数字とハイフン、20字まで。先頭の 0 も値のうち。番号のない団体では空欄", "Letters, digits, hyphens; at most 20. Leading zeros count. Blank where the body has no numbers"),
        ("職員コード", "職員No", "社員番号", "employee number"), needed=BOTH,
    ),
    Known("family_name", "氏", "Family name", Text("文字だけ、50字まで", "Letters only, at most 50"), ("姓", "苗字", "last name", "surname"), needed=BOTH, filled=BOTH),
    Known("given_name", "名", "Given name", Text("文字だけ、50字まで", "Letters only, at most 50"), ("first name",), needed=BOTH, filled=BOTH),
    Known(
        "name", "氏名", "Name",
        Text("氏と名の間に空白。「氏」「名」の二列の代わり", "A space between family and given name. In place of 氏 and 名"),
        ("名前", "職員氏名", "漢字氏名", "full name"), ("family_name", "given_name"), filled=BOTH,
    ),
    Known(
        "family_kana", "氏カナ", "Family name kana",
        Text("カタカナ、50字まで。ひらがな・半角は全角カタカナに直す", "Katakana, at most 50. Hiragana and half-width kana become full-width katakana"),
        ("セイ", "姓カナ", "カナ氏", "カナ姓", "氏フリガナ", "姓フリガナ", "氏カタカナ", "姓カタカナ"), needed=BOTH, filled=BOTH,
    ),
    Known(
        "given_kana", "名カナ", "Given name kana", Text("カタカナ、50字まで", "Katakana, at most 50"),
        ("メイ", "カナ名", "名フリガナ", "名カタカナ"), needed=BOTH, filled=BOTH,
    ),
    Known(
        "kana", "氏名カナ", "Name kana",
        Text("氏と名の間に空白。「氏カナ」「名カナ」の二列の代わり", "A space between the two. In place of 氏カナ and 名カナ"),
        ("フリガナ", "カナ", "カナ氏名", "氏名フリガナ", "カナ名前", "氏名カタカナ", "カタカナ氏名"), ("family_kana", "given_kana"), filled=BOTH,
    ),
    Known("former_name", "旧姓", "Former name", Text("文字だけ、50字まで", "Letters only, at most 50"), ("旧氏",)),
    Known("email", "メールアドレス", "E-mail", Text("254字まで", "At most 254 characters"), ("メール", "Eメール", "電子メール", "mail", "mail address", "email address")),
    Known("hired_on", "採用年月日", "Hired on", Text("日付", "A date"), ("採用日", "入庁日", "入庁年月日", "hire date", "date of hire")),
    Known("hiring_category", "採用区分", "Hiring category", Text("コードまたは名称", "Code or name"), fills=("hiring_category_id",)),
    Known(
        "kind", "発令区分", "Kind of post", Text("本務・兼務・派遣。空欄は本務", "本務, 兼務 or 派遣 (primary, concurrent, secondment). Blank: primary"),
        ("職の区分", "本務兼務", "本務兼務区分", "kind"),
    ),
    Known(
        "organization", "所属コード", "Organization code",
        Text("組織コード。兼務・派遣の行では異動分でも必要", "Code of the organisation. Concurrent posts and secondments need it in changes too"),
        ("組織コード", "所属CD", "所属組織コード"), ("organization_id",), frozenset({SNAPSHOT}), frozenset({SNAPSHOT}),
    ),
    Known("work_place", "勤務先コード", "Work place code", Text("組織コード。派遣先など", "Code of the organisation where the work is done"), ("派遣先コード", "勤務先CD"), ("work_place_id",)),
    Known("grade", "職層", "Grade", Text("この取込みの職層表のコードまたは名称、または「職層表.コード」", "Code or name within the ladder of the import, or ladder.code"), ("職層コード", "職級", "grade code"), ("grade_id",)),
    Known("job_family", "職種", "Job family", Text("コードまたは名称", "Code or name"), ("職種コード", "職種名"), ("job_family_id",)),
    Known("post", "職名", "Post", Text("100字まで", "At most 100 characters"), ("役職", "役職名", "補職", "補職名", "title")),
    Known("head_of_unit", "所属長", "Head of unit", Text("○か×。空欄は×", "○ or ×. Blank: ×"), ("所属長フラグ", "head")),
    Known("deputy_of_unit", "代理", "Deputy of unit", Text("○か×。空欄は×", "○ or ×. Blank: ×"), ("所属長代理", "代理フラグ", "代理者", "deputy")),
    Known("headquarters", "勤務場所", "Headquarters", Text("本庁か事業所", "本庁 or 事業所 (headquarters or field office)"), ("本庁事業所", "本庁事業所区分", "本庁出先区分")),
    Known(
        "statuses", "状況", "Statuses",
        Text("管理職候補者・休職（理由）・再任用を ; か 、 で区切る。「なし」は全て終わり、空欄はそのまま", "管理職候補者, 休職(reason), 再任用, separated by ; or 、. なし ends all; blank leaves them"),
        ("状態", "職員の状況", "status"),
    ),
    Known("directory_hidden", "名簿非公開", "Directory hidden", Text("○か×。空欄はそのまま", "○ or ×. Blank leaves it"), ("非公開", "名簿非公開フラグ", "hidden")),
    Known(
        "change", "異動区分", "Change",
        Text("退職・転出・死亡など（去る人）、採用・異動・昇任・氏名変更など", "退職, 転出, 死亡 … (who leaves); 採用, 異動, 昇任, 氏名変更 …"),
        ("異動種別", "異動事由", "異動の種類", "kind of change"), ("leaves",), frozenset({CHANGES}), frozenset({CHANGES}),
    ),
)  # fmt: skip
VOCABULARY = Vocabulary(KNOWN)
BY_NAME, BY_HEADING = VOCABULARY.by_name, VOCABULARY.by_heading


def restored(columns: Iterable[Mapping[str, str]]) -> list[Column]:
    """What `Column.stored` gave."""
    return VOCABULARY.restored(columns)

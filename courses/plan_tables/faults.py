"""What can be wrong with a plan, besides what can be wrong with any table."""

from academy.tables.faults import OF_A_ROW as OF_A_TABLE_ROW
from academy.tables.faults import OF_THE_FILE as OF_A_TABLE
from academy.text import Text

OF_THE_FILE: dict[str, Text] = OF_A_TABLE | {
    "too_large": Text("ファイルが大きすぎます（16 MiB まで）。", "The file is too large (16 MiB at most)."),
    "too_many_rows": Text("行が多すぎます（1,000行まで）。", "Too many rows (1,000 at most)."),
}
OF_A_ROW: dict[str, Text] = OF_A_TABLE_ROW | {
    "not_a_count": Text("0以上の整数で書いてください。", "Write a whole number, not below 0."),
    "out_of_range": Text("範囲の外の値です。直してください。", "The value is out of range. Correct it."),
    "not_a_quarter": Text(
        "四半期は1から4で書いてください。空欄か「通年」は年度全体です。",
        "Write the quarter as 1 to 4. Blank or 通年 is the whole year.",
    ),
    "unknown_program": Text(
        "その研修コードはありません。研修の一覧で確かめてください。",
        "There is no programme with this code. Check the list of programmes.",
    ),
    "unknown_course": Text(
        "その講座コードはありません。講座の一覧で確かめてください。",
        "There is no course with this code. Check the list of courses.",
    ),
}
TEXTS: dict[str, Text] = OF_THE_FILE | OF_A_ROW

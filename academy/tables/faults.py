"""What can be wrong with a table: each fault has a stable code and a sentence that says what to do.

A fault names its place (line of the file, heading of the column) and never the value of a cell: whoever has the file finds
the value there, and nobody else learns it. Line 0 is the file as a whole. What is wrong with what a table is about is said
by whoever reads it, and so is how large it may be.
"""

from dataclasses import dataclass

from academy.text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place of a file."""

    line: int
    column: str
    code: str


OF_THE_FILE: dict[str, Text] = {
    "empty_file": Text("ファイルが空です。書き出し直してください。", "The file is empty. Export it again."),
    "no_rows": Text("見出しだけで、データの行がありません。", "There is a heading but no row of data. Add the rows."),
    "too_many_columns": Text(
        "列が多すぎます（100列まで）。要らない列を削除してください。",
        "Too many columns (100 at most). Delete those that are not needed.",
    ),
    "too_many_cells": Text(
        "XLSX として読むにはセルまたは文字が多すぎます。要らない列を削除するか、CSV で保存してください。",
        "Too many cells or too much text for an XLSX file. Delete columns that are not needed, or save it as CSV.",
    ),
    "unknown_encoding": Text(
        "文字コードが分かりません。UTF-8 または Shift_JIS (CP932) で保存し直してください。",
        "The encoding is not known. Save the file as UTF-8 or Shift_JIS (CP932).",
    ),
    "encoding_utf16": Text(
        "文字コードが UTF-16（Excel の「Unicode テキスト」）です。「CSV UTF-8」で保存し直してください。",
        "The encoding is UTF-16 (Excel's “Unicode Text”). Save the file as “CSV UTF-8”.",
    ),
    "encoding_utf32": Text(
        "文字コードが UTF-32 です。UTF-8 で保存し直してください。", "The encoding is UTF-32. Save the file as UTF-8."
    ),
    "encoding_euc_jp": Text(
        "文字コードが EUC-JP です。UTF-8 または Shift_JIS (CP932) で保存し直してください。",
        "The encoding is EUC-JP. Save the file as UTF-8 or Shift_JIS (CP932).",
    ),
    "encoding_iso2022_jp": Text(
        "文字コードが JIS (ISO-2022-JP) です。UTF-8 または Shift_JIS (CP932) で保存し直してください。",
        "The encoding is JIS (ISO-2022-JP). Save the file as UTF-8 or Shift_JIS (CP932).",
    ),
    "null_character": Text(
        "ヌル文字 (NUL) があります。ファイルが壊れているか、表ではありません。書き出し直してください。",
        "There is a null character: the file is damaged, or is no table. Export it again.",
    ),
    "unbalanced_quotes": Text(
        '引用符（"）が閉じていないか、余分です。この行から後は読んでいません。引用符を直してください。',
        "A quotation mark is not closed, or is one too many. Nothing was read from this line on. Correct the quotes.",
    ),
    "record_too_long": Text(
        "一行が長すぎます。この行から後は読んでいません。引用符の閉じ忘れや余分な文字を直してください。",
        "The row is too long. Nothing was read from this line on. Look for a quote that is not closed, or stray text.",
    ),
    "not_a_table": Text(
        "CSV でも XLSX でもありません。Excel で開き、XLSX または「CSV UTF-8」で保存してください。",
        "This is neither CSV nor XLSX. Open it in Excel and save it as XLSX or “CSV UTF-8”.",
    ),
    "compressed_file": Text(
        "圧縮ファイルです。展開した CSV または XLSX を送ってください。",
        "This is a compressed file. Send the CSV or XLSX file inside it.",
    ),
    "legacy_workbook": Text(
        "古い形式のブック (.xls) です。XLSX で保存し直してください。",
        "This is a workbook of the old format (.xls). Save it as XLSX.",
    ),
    "encrypted": Text(
        "パスワード付きのファイルです。パスワードを外して保存し直してください。",
        "The file has a password. Remove it and save the file again.",
    ),
    "not_a_workbook": Text(
        "XLSX のブックとして必要な部分がありません。Excel で開き、XLSX で保存し直してください。",
        "Parts of an XLSX workbook are missing. Open the file in Excel and save it as XLSX.",
    ),
    "broken_workbook": Text(
        "ブックが壊れています。Excel で開き、XLSX で保存し直してください。",
        "The workbook is damaged. Open it in Excel and save it as XLSX.",
    ),
    "zip_bomb": Text(
        "展開すると大きくなりすぎるファイルです。シートだけを新しいブックに貼り付けて保存してください。",
        "The file grows too much when it is unpacked. Paste the sheet alone into a new workbook and save that.",
    ),
    "document_type": Text(
        "ブックに文書型宣言 (DTD) があります。読みません。Excel で保存し直してください。",
        "The workbook contains a document type declaration (DTD) and is not read. Save it again in Excel.",
    ),
    "sparse_sheet": Text(
        "離れた場所にセルがあり、シートの範囲が広すぎます。表の外の行と列を削除してください。",
        "A cell far away makes the sheet too wide or too long. Delete the rows and columns outside the table.",
    ),
    "missing_column": Text(
        "必要な列がありません。見出しを一行目に書き、この列を加えてください。",
        "A column that is needed is missing. Put the headings into the first row, and add this column.",
    ),
    "duplicate_column": Text(
        "同じ項目の列が二つ以上あります。一つだけ残してください。",
        "Two or more columns are for the same field. Keep one of them.",
    ),
}

OF_A_ROW: dict[str, Text] = {
    "missing_cell": Text(
        "セルの数が見出しより少ない行です。区切り文字を直してください。",
        "The row has fewer cells than there are headings. Correct the separators.",
    ),
    "extra_cell": Text(
        "セルの数が見出しより多い行です。余分な区切り文字を削除するか、値を引用符で囲んでください。",
        "The row has more cells than there are headings. Delete stray separators, or put the value in quotes.",
    ),
    "field_too_long": Text(
        "セルが長すぎます（1万字まで）。内容を短くしてください。", "The cell is too long (10,000 characters at most)."
    ),
    "error_cell": Text(
        "セルがエラー値（#N/A など）です。値を入れてください。",
        "The cell holds an error (#N/A or the like). Give it a value.",
    ),
    "missing_value": Text("値が必要です。空欄を埋めてください。", "A value is needed. Fill the cell in."),
    "numeric_cell": Text(
        "数値のセルで、先頭の 0 が失われている恐れがあります。文字列の書式にして入れ直してください。",
        "The cell is numeric, so that leading zeros may be lost. Format it as text and enter the value again.",
    ),
    "not_text": Text(
        "日付のセルです。文字列の書式にして入れ直してください。",
        "The cell is a date. Format it as text and enter the value again.",
    ),
    "too_long": Text("長すぎる値です。決められた字数に縮めてください。", "The value is too long. Shorten it."),
    "control_character": Text(
        "改行や制御文字があります。削除してください。", "There is a line break or a control character. Delete it."
    ),
    "bidi_control": Text(
        "文字の向きを変える見えない文字があります。入力し直してください。",
        "There is an invisible character that turns the direction of text. Type the value again.",
    ),
    "invisible_character": Text(
        "見えない文字があります。入力し直してください。", "There is an invisible character. Type the value again."
    ),
    "private_use_character": Text(
        "外字があります。標準の文字または異体字（IVS）で書いてください。",
        "There is a private-use character (外字). Write a standard character or a variant (IVS) instead.",
    ),
    "lost_character": Text(
        "前の変換で失われた文字（�）があります。元の文字を入力してください。",
        "A character was lost in an earlier conversion (�). Type the original one.",
    ),
    "emoji": Text("絵文字は使えません。削除してください。", "Emoji are not allowed. Delete them."),
    "formula": Text(
        "= + - @ で始まる値は使えません。数式でない値にしてください。",
        "A value must not begin with = + - @ . Replace the formula by its value.",
    ),
    "not_a_date": Text(
        "日付として読めません。2023-04-01、2023/4/1、20230401、R5.4.1、令和5年4月1日 のように書いてください。",
        "This is not a date. Write 2023-04-01, 2023/4/1, 20230401, R5.4.1 or 令和5年4月1日.",
    ),
    "no_such_day": Text("暦にない日です。直してください。", "There is no such day in the calendar. Correct it."),
    "outside_era": Text(
        "その元号の期間にない日です。元号または日付を直してください。",
        "The era does not contain this day. Correct the era or the date.",
    ),
    "two_digit_year": Text(
        "年が二桁以下です。西暦四桁か、元号を付けて書いてください。",
        "The year has two digits or fewer. Write four digits, or the era.",
    ),
    "time_in_date": Text(
        "日付に時刻が付いています。日付だけにしてください。", "The date has a time of day. Write the date alone."
    ),
    "date_out_of_range": Text(
        "1900年から2100年までの日付を書いてください。", "Write a date from the year 1900 to 2100."
    ),
    "not_a_flag": Text(
        "○ か ×（1 か 0、はい か いいえ）で書いてください。", "Write ○ or × (1 or 0, yes or no, true or false)."
    ),
    "ambiguous_name": Text(
        "同じ名称が二つ以上あります。コードで書いてください。", "Several have this name. Write the code."
    ),
}

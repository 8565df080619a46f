"""What can be wrong with a roster: each fault has a stable code and a sentence that says what to do.

A fault names its place (line of the file, heading of the column) and never the value of a cell: whoever has the file finds
the value there, and nobody else learns it. Line 0 is the file as a whole.
"""

from dataclasses import dataclass

from academy.text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place of a file."""

    line: int
    column: str
    code: str

    @property
    def text(self) -> Text:
        return TEXTS[self.code]


OF_THE_FILE: dict[str, Text] = {
    "empty_file": Text(
        "ファイルが空です。名簿を書き出し直してください。", "The file is empty. Export the roster again."
    ),
    "no_rows": Text("見出しだけで、データの行がありません。", "There is a heading but no row of data. Add the rows."),
    "too_large": Text(
        "ファイルが大きすぎます（64 MiB まで）。組織ごとに分けてください。",
        "The file is too large (64 MiB at most). Split it by organisation.",
    ),
    "too_many_rows": Text(
        "行が多すぎます（40万行まで）。組織ごとに分けてください。",
        "Too many rows (400,000 at most). Split the file by organisation.",
    ),
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
    "not_a_number": Text(
        "英数字とハイフンだけで書いてください。", "Use letters, digits and hyphens only, without spaces."
    ),
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
    "not_a_letter": Text(
        "氏名には文字だけを使ってください（数字や記号は使えません）。",
        "Use letters only in a name; digits and symbols are not allowed.",
    ),
    "not_kana": Text("カタカナで書いてください。", "Write it in katakana."),
    "name_without_space": Text(
        "氏と名の間に空白を一つ入れるか、二つの列に分けてください。",
        "Put a space between family and given name, or use two columns.",
    ),
    "not_an_email": Text(
        "メールアドレスの形ではありません。直してください。", "This is not an e-mail address. Correct it."
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
    "unknown_kind": Text(
        "発令区分は 本務・兼務・派遣 のどれかで書いてください。",
        "Write 本務, 兼務 or 派遣 (primary, concurrent, secondment).",
    ),
    "unknown_work_place": Text(
        "勤務場所は 本庁 か 事業所 で書いてください。", "Write 本庁 or 事業所 (headquarters or field office)."
    ),
    "unknown_status": Text(
        "状況は 管理職候補者・休職（理由）・再任用・なし を ; で区切って書いてください。",
        "Write 管理職候補者, 休職(reason), 再任用 or なし, separated by semicolons.",
    ),
    "unknown_change": Text(
        "知らない異動区分です。名簿の形式にある言葉で書いてください。",
        "This kind of change is not known. Use one of the words in the description of the format.",
    ),
    "unknown_organization": Text(
        "その組織コードはありません。組織の一覧で確かめてください。",
        "There is no organisation with this code. Check the list of organisations.",
    ),
    "unknown_grade": Text(
        "その職層はこの職層表にありません。コードか名称を直してください。",
        "This ladder has no such grade. Correct the code or the name.",
    ),
    "unknown_job_family": Text(
        "その職種はありません。コードか名称を直してください。",
        "There is no such job family. Correct the code or the name.",
    ),
    "unknown_hiring_category": Text(
        "その採用区分はありません。コードか名称を直してください。",
        "There is no such hiring category. Correct the code or the name.",
    ),
    "ambiguous_name": Text(
        "同じ名称が二つ以上あります。コードで書いてください。", "Several have this name. Write the code."
    ),
    "head_and_deputy": Text(
        "所属長と代理の両方が付いています。片方にしてください。", "Marked as head and as deputy. Keep one of the two."
    ),
    "leaver_in_snapshot": Text(
        "全件の名簿に退職・転出の行があります。行を除くか、異動分として取り込んでください。",
        "A roster of everybody has a row of somebody who leaves. Remove the row, or import the file as changes.",
    ),
}

AGAINST_THE_RECORDS: dict[str, Text] = {
    "duplicate_person": Text(
        "同じ人の本務の行が二つ以上あります。一つだけ残してください。",
        "Two or more rows are the primary post of one person. Keep one.",
    ),
    "duplicate_post": Text(
        "同じ人の同じ職の行が二つ以上あります。一つだけ残してください。",
        "Two or more rows are the same post of one person. Keep one.",
    ),
    "unknown_person": Text(
        "この職員番号の人はいません。番号を確かめるか、採用の行にしてください。",
        "Nobody has this staff number. Check the number, or make it a row of somebody who joins.",
    ),
    "ambiguous_person": Text(
        "この行に当てはまる人が二人以上います。職員番号を書いてください。",
        "The row fits two or more people. Give the staff number.",
    ),
    "serves_elsewhere": Text(
        "その日に、この名簿の組織の外で在職している人です。先に異動元の名簿を取り込んでください。",
        "On that day the person serves outside the organisation of this roster. Import the roster of the other one first.",
    ),
    "outside_root": Text(
        "この名簿の組織の外にある組織です。組織コードを直してください。",
        "The organisation is outside that of this roster. Correct the code.",
    ),
    "organization_ended": Text(
        "その日に存在しない組織です。後継の組織のコードにしてください。",
        "The organisation does not exist on that day. Give the code of its successor.",
    ),
    "required_for_joiner": Text(
        "新しく加わる人には値が必要です。空欄を埋めてください。", "Somebody who joins needs a value here. Fill it in."
    ),
    "secondment_without_place": Text(
        "派遣には勤務先が必要です。勤務先コードを書いてください。", "A secondment needs a work place. Give its code."
    ),
    "place_without_secondment": Text(
        "勤務先は派遣だけのものです。発令区分を派遣にするか、勤務先を空欄にしてください。",
        "Only a secondment has a work place. Make it a secondment, or leave the work place blank.",
    ),
    "shown_too_early": Text(
        "名簿非公開は適用と同時に解けます。基準日が来てから取り込んでください。",
        "Who is hidden would be shown at once. Bring it in when the day has come.",
    ),
    "hired_after_effective": Text(
        "採用年月日が名簿の適用日より後です。日付を直してください。",
        "The day of hiring is after the day of the roster. Correct the date.",
    ),
    "two_heads": Text(
        "一つの組織に所属長が二人以上います。一人にしてください。",
        "The organisation has two or more heads. Keep one.",
    ),
    "not_importable": Text(
        "この名簿の権限では変更できない人です。所管の人事担当に連絡してください。",
        "This roster may not change this person. Ask the HR department in charge.",
    ),
    "leaver_with_post": Text(
        "この名簿で終わる人に兼務・派遣の行があります。本務の行を加えるか、この行を除いてください。",
        "Somebody who leaves by this roster has a row of a concurrent post. Add the primary post, or remove the row.",
    ),
    "no_change_of_nobody": Text(
        "退職・転出の行ですが、この組織に在職したことのない人です。行を除いてください。",
        "The row says that somebody leaves who never served here. Remove the row.",
    ),
}

TEXTS: dict[str, Text] = OF_THE_FILE | OF_A_ROW | AGAINST_THE_RECORDS

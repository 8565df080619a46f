"""What can be wrong with a schedule, besides what can be wrong with any table (`academy.tables.faults`)."""

from academy.tables.faults import OF_A_ROW as OF_A_TABLE_ROW
from academy.tables.faults import OF_THE_FILE as OF_A_TABLE
from academy.text import Text

OF_THE_FILE: dict[str, Text] = OF_A_TABLE | {
    "too_large": Text(
        "ファイルが大きすぎます（16 MiB まで）。研修ごとに分けてください。",
        "The file is too large (16 MiB at most). Split it by programme.",
    ),
    "too_many_rows": Text(
        "行が多すぎます（5,000行まで）。研修ごとに分けてください。",
        "Too many rows (5,000 at most). Split the file by programme.",
    ),
}

OF_A_ROW: dict[str, Text] = OF_A_TABLE_ROW | {
    "field_too_long": Text(
        "セルが長すぎます（32,767字まで）。内容を短くしてください。",
        "The cell is too long (32,767 characters at most).",
    ),
    "unmapped_character": Text(
        "Shift_JIS にない文字が 〓 になっています。元の文字を入力し、UTF-8 で保存してください。",
        "A character that Shift_JIS does not have became 〓. Type the original one and save the file as UTF-8.",
    ),
    "not_a_count": Text("0以上の整数で書いてください。", "Write a whole number, not below 0."),
    "out_of_range": Text("範囲の外の値です。直してください。", "The value is out of range. Correct it."),
    "not_a_year": Text(
        "年度として読めません。2022、令和4年度、R4 のように書いてください。",
        "This is not a fiscal year. Write 2022, 令和4年度 or R4.",
    ),
    "other_year": Text(
        "取込みの年度と違います。年度または日付を直すか、その年度の取込みで送ってください。",
        "It is of another fiscal year than the import. Correct the year or the dates, or import it for that year.",
    ),
    "not_a_time": Text(
        "時刻として読めません。14:00、14時30分 のように書いてください。",
        "This is not a time of day. Write 14:00 or 14時30分.",
    ),
    "not_a_moment": Text(
        "日付と時刻が必要です。2022-07-01 09:00、R4.7.1 9:00 のように書いてください。",
        "A day and a time are needed. Write 2022-07-01 09:00 or R4.7.1 9:00.",
    ),
    "not_a_month": Text(
        "年月として読めません。2022-09、2022年9月、R4.9 のように書いてください。",
        "This is not a month of a year. Write 2022-09, 2022年9月 or R4.9.",
    ),
    "time_and_month": Text(
        "日付・時刻か月のどちらか一方だけ書いてください。", "Write either a date and times, or a month."
    ),
    "unknown_selection": Text(
        "選考方法は 先着・推薦・選考・抽選・指名・自由参加 のどれかで書いてください。",
        "Write first_come, nomination, screening, lottery, assigned or open.",
    ),
    "unknown_form": Text("形態は 実施 か アーカイブ で書いてください。", "Write live (実施) or archive (アーカイブ)."),
    "unknown_course": Text(
        "計画を担当する講座に、このコードはありません。講座の一覧で確かめてください。",
        "No course that you plan has this code. Check the list of courses.",
    ),
    "unknown_venue": Text(
        "その会場コードはありません。会場の一覧で確かめてください。",
        "There is no venue with this code. Check the list of venues.",
    ),
    "unknown_instructor": Text(
        "その講師は登録されていません。「氏名(所属)」で書くか、先に講師を登録してください。",
        "There is no such instructor. Write name(affiliation), or add the instructor first.",
    ),
    "ambiguous_instructor": Text(
        "当てはまる講師が二人以上います。「氏名(所属)」で書いてください。",
        "Several instructors fit. Write name(affiliation).",
    ),
    "repeated": Text("同じ講師が二度あります。一つだけ残してください。", "An instructor is named twice. Keep one."),
    "not_json": Text("JSON として読めません。直してください。", "This is not JSON. Correct it."),
    "audience_names_people": Text(
        "この回の対象には個人の追加・除外があります。対象の条件を空欄にはできません。",
        "People are added to this session's audience or left out by name. Its rule cannot be left blank.",
    ),
    "differs_within_session": Text(
        "同じ回のほかの行と値が違います。同じ値にしてください。",
        "The value differs from another row of the same session. Make them equal.",
    ),
    "duplicate_meeting": Text(
        "同じ回に同じコマ番号の行が二つあります。番号を直してください。",
        "Two rows of the session have this meeting number. Correct it.",
    ),
    "meeting_without_first": Text(
        "回が空欄の新しい回は、コマ番号1の行から続けて書いてください。",
        "Write the rows of a new session, whose ordinal is blank, one after another from meeting 1 on.",
    ),
    "no_such_meeting": Text(
        "このコマ番号のコマはありません。コマを加えるには日付・開始・終了の列が必要です。",
        "There is no meeting of this number. To add one, the columns 日付, 開始 and 終了 are needed.",
    ),
    "published_differs": Text(
        "準備中でない回は取込みでは変わりません。元の値に戻し、日程変更などの操作を使ってください。",
        "What is no draft does not change by an import. Put the value back, and reschedule the session instead.",
    ),
}

TEXTS: dict[str, Text] = OF_THE_FILE | OF_A_ROW

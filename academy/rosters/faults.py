"""What can be wrong with a roster, besides what can be wrong with any table (`academy.tables.faults`)."""

from academy.tables.faults import OF_A_ROW as OF_A_TABLE_ROW
from academy.tables.faults import OF_THE_FILE as OF_A_TABLE
from academy.text import Text

OF_THE_FILE: dict[str, Text] = OF_A_TABLE | {
    "empty_file": Text(
        "ファイルが空です。名簿を書き出し直してください。", "The file is empty. Export the roster again."
    ),
    "too_large": Text(
        "ファイルが大きすぎます（64 MiB まで）。組織ごとに分けてください。",
        "The file is too large (64 MiB at most). Split it by organisation.",
    ),
    "too_many_rows": Text(
        "行が多すぎます（40万行まで）。組織ごとに分けてください。",
        "Too many rows (400,000 at most). Split the file by organisation.",
    ),
}

OF_A_ROW: dict[str, Text] = OF_A_TABLE_ROW | {
    "not_a_number": Text(
        "英数字とハイフンだけで書いてください。", "Use letters, digits and hyphens only, without spaces."
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

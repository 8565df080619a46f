"""The columns of a schedule. Those of the session are repeated on each of its rows, so that rows may be sorted and filtered.

A column that is missing leaves what it is about as it is; a cell that is blank says that there is none, but for what
follows from something else: the number, the title of the course, the way of selection, deadlines by the course's rules.
"""

from academy.tables.columns import Known, Vocabulary
from academy.tables.reading import Limits
from academy.text import Text

MODE = "schedule"
ALWAYS = frozenset({MODE})
LIMITS = Limits(
    file=16 << 20,  # a schedule of 5,000 rows is 1 MB
    rows=5_000,
    columns=100,
    cell=32_767,  # what a cell of XLSX holds: the rule of an audience may be long
)

OF_THE_SESSION: tuple[Known, ...] = (
    Known("course", "講座コード", "Course code", Text("講座のコード", "Code of the course"), ("講座CD", "course"), needed=ALWAYS, filled=ALWAYS),
    Known("fiscal_year", "年度", "Fiscal year", Text("西暦の年度。令和4年度・R4 も可。空欄は取込みの年度", "The year in which it begins, also R4. Blank: that of the import"), ("会計年度",)),
    Known("ordinal", "回", "Ordinal", Text("年度内の回数。空欄は新しい回で、次の番号", "Number within the year. Blank: a new session with the next number"), ("回数", "第何回", "number")),
    Known("all_time_ordinal", "通算回", "All-time ordinal", Text("通算の回数。空欄は次の番号（数えている講座の新しい回）、「なし」は数えない", "Number of all. Blank: the next one (a new session where the course counts). なし: none"), ("通算回数", "通算")),
    Known("title_ja", "回名", "Title", Text("200字まで。空欄は講座の名称", "At most 200 characters. Blank: the title of the course"), ("回の名称", "名称", "タイトル", "title (ja)")),
    Known("title_en", "回名(英)", "Title (English)", Text("200字まで", "At most 200 characters"), ("回名英語", "英語名", "英題", "title en")),
    Known("status", "状態", "Status", Text("書出しだけ。準備中でない回は取込みで変わらない", "For reading only. What is no draft does not change"), ("ステータス",)),
    Known("selection", "選考方法", "Selection", Text("先着・推薦・選考・抽選・指名・自由参加。空欄は先着", "first_come, nomination, screening, lottery, assigned, open. Blank: first come"), ("選考", "募集方法")),
    Known("capacity", "定員", "Capacity", Text("人数。空欄は定員なし", "People. Blank: no limit"), ("定員数", "seats")),
    Known("minimum", "最少人数", "Minimum", Text("最少催行人数。空欄はなし", "Fewest participants. Blank: none"), ("最少催行人数", "最小人数", "minimum participants")),
    Known("apply_from", "申込開始", "Applications from", Text("日付と時刻。空欄はなし", "Day and time. Blank: none"), ("申込開始日時", "受付開始", "apply from")),
    Known("apply_until", "申込終了", "Applications until", Text("日付と時刻。空欄と「規則 …」は講座の規則、「なし」は期限なし", "Day and time. Blank or 規則 …: by the course's rule. なし: none"), ("申込終了日時", "申込期限", "申込締切", "受付終了", "apply until")),
    Known("change_until", "変更期限", "Changes until", Text("申込終了と同じ書き方", "As for applications"), ("変更締切", "change until")),
    Known("substitute_until", "代理期限", "Substitutes until", Text("申込終了と同じ書き方", "As for applications"), ("代理受講期限", "代理締切", "substitute until")),
    Known("approve_until", "承認期限", "Approvals until", Text("申込終了と同じ書き方", "As for applications"), ("所属長承認期限", "approve until")),
    Known("nominate_until", "取りまとめ期限", "Lists until", Text("申込終了と同じ書き方", "As for applications"), ("局取りまとめ期限", "nominate until")),
    Known("withdraw_until", "辞退期限", "Withdrawals until", Text("申込終了と同じ書き方", "As for applications"), ("辞退締切", "withdraw until")),
    Known("promote_until", "繰上げ期限", "Promotions until", Text("申込終了と同じ書き方", "As for applications"), ("繰上期限", "promote until")),
    Known("undated", "日程未定", "Undated", Text("○ か ×。空欄は ×", "○ or ×. Blank: ×"), ("日程調整中", "no date yet")),
    Known("starts_on", "開始日", "Starts on", Text("実施のコマのない回だけ", "Only without a live meeting"), ("開講日", "starts")),
    Known("ends_on", "終了日", "Ends on", Text("実施のコマのない回だけ", "Only without a live meeting"), ("閉講日", "ends")),
    Known("instructors", "講師", "Instructors", Text("「氏名(所属)」を ; で区切る。登録済みの講師だけ", "Name(affiliation), separated by semicolons; those on the list"), ("講師名", "担当講師", "instructor")),
    Known("rule", "対象の条件", "Audience rule", Text("この回だけの対象を JSON で。空欄は講座の対象、「変更なし」はそのまま", "An audience of the session's own, as JSON. Blank: that of the course. 変更なし: as it is"), ("対象条件", "対象", "rule")),
)  # fmt: skip

OF_A_MEETING: tuple[Known, ...] = (
    Known("position", "コマ番号", "Meeting number", Text("1 から。空欄は行の順", "From 1. Blank: the order of the rows"), ("コマ", "コマNo", "meeting", "position")),
    Known("meeting_title_ja", "コマ名", "Meeting title", Text("200字まで", "At most 200 characters"), ("コマの名称",)),
    Known("meeting_title_en", "コマ名(英)", "Meeting title (English)", Text("200字まで", "At most 200 characters"), ("コマ名英語", "meeting title en")),
    Known("form", "形態", "Form", Text("実施かアーカイブ。空欄は実施", "live or archive. Blank: live"), ("実施形態", "コマ形態")),
    Known("archive_of", "元のコマ", "Recording of", Text("録画した元のコマ番号。アーカイブだけ", "Number of the recorded meeting; archives only"), ("元コマ番号", "archive of")),
    Known("date", "日付", "Date", Text("日付", "A date"), ("実施日", "開催日", "日", "day")),
    Known("begins", "開始", "Begins", Text("時刻", "A time of day"), ("開始時刻", "開始時間", "begin", "start time")),
    Known("finishes", "終了", "Finishes", Text("時刻。24:00 も可、別の日は日付と時刻", "A time of day, also 24:00; on another day with its date"), ("終了時刻", "終了時間", "end", "end time")),
    Known("month", "月", "Month", Text("日が未定のときの年月。2022-09、令和4年9月", "Year and month where the day is open"), ("実施月", "開催月", "予定月")),
    Known("venue", "会場コード", "Venue code", Text("会場のコード", "Code of the venue"), ("会場", "会場CD", "venue")),
)  # fmt: skip

KNOWN = (*OF_THE_SESSION, *OF_A_MEETING)
VOCABULARY = Vocabulary(KNOWN)
HEADINGS = tuple(known.heading for known in KNOWN)
WIDTHS = (
    *(16, 7, 5, 7, 36, 24, 9, 10, 7, 9, 17, 22, 22, 22, 22, 22, 22, 22, 9, 12, 12, 36, 24),
    *(9, 24, 20, 11, 9, 12, 7, 17, 10, 16),
)
SESSION_NAMES = tuple(known.name for known in OF_THE_SESSION)
MEETING_NAMES = tuple(known.name for known in OF_A_MEETING)
DATES = ("date", "begins", "finishes")

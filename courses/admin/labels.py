"""What the catalogue is called on the admin site."""

from academy.admin import name_app, name_rows
from courses.models import (
    CompletionPolicy,
    Course,
    ExamScheme,
    Instructor,
    Program,
    Session,
    Venue,
)

TITLES = {"title_ja": ("名称(日本語)", "Title in Japanese"), "title_en": ("名称(英語)", "Title in English")}
NAMES = {"name_ja": ("名称(日本語)", "Name in Japanese"), "name_en": ("名称(英語)", "Name in English")}
CODE = {"code": ("コード", "Code")}

name_app("courses", "研修", "Training")
name_rows(
    Program,
    "研修",
    "Programmes",
    one="Programme",
    **CODE,
    **TITLES,
    working_label=("事務局での呼び名", "Working label"),
    tier=("区分", "Tier"),
    pillar=("柱", "Pillar"),
    organiser=("実施主体", "Organiser"),
    mode=("実施形態", "Mode"),
    organization=("実施組織", "Organisation"),
)
name_rows(
    Course,
    "講座",
    "Courses",
    one="Course",
    **CODE,
    **TITLES,
    program=("研修", "Programme"),
    summary=("概要", "Summary"),
    policy=("修了条件", "Completion policy"),
    repeatable=("同じ年度の再受講", "May be repeated in a year"),
    recurrence=("受講の周期", "Recurrence"),
    due_from=("期限の起点", "Due from"),
    due_days=("期限までの日数", "Days until due"),
)
name_rows(
    Session,
    "回",
    "Sessions",
    one="Session",
    **TITLES,
    course=("講座", "Course"),
    fiscal_year=("年度", "Fiscal year"),
    ordinal=("年度内の回数", "Number in the year"),
    all_time_ordinal=("通算の回数", "Number of all"),
    status=("状態", "State"),
    selection=("選考方法", "Selection"),
    capacity=("定員", "Capacity"),
    minimum=("最少催行人数", "Minimum participants"),
    seats_taken=("受講決定", "Seats taken"),
    starts_on=("初日", "First day"),
    ends_on=("最終日", "Last day"),
    undated=("日程未定", "No date yet"),
    apply_from=("申込開始", "Applications from"),
    apply_until=("申込締切", "Applications until"),
    change_until=("変更期限", "Changes until"),
    substitute_until=("代理受講の期限", "Substitutes until"),
    approve_until=("所属長承認の期限", "Approvals until"),
    nominate_until=("局取りまとめの期限", "Lists of bureaus until"),
    withdraw_until=("辞退の期限", "Withdrawals until"),
    promote_until=("繰上げの期限", "Promotions until"),
    online_address=("参加用アドレス", "Online address"),
    created_at=("作成日時", "Made at"),
)
name_rows(
    Venue, "会場", "Venues", one="Venue", **CODE, **NAMES, seats=("座席数", "Seats"), online=("オンライン", "Online")
)
name_rows(
    Instructor, "講師", "Instructors", one="Instructor", name=("氏名", "Name"), affiliation=("所属", "Affiliation")
)
name_rows(
    CompletionPolicy,
    "修了条件",
    "Completion policies",
    one="Completion policy",
    **CODE,
    **NAMES,
    certifies=("修了を認定", "Certifies"),
    attendance_numerator=("出席(分子)", "Attendance, numerator"),
    attendance_denominator=("出席(分母)", "Attendance, denominator"),
    all_lessons=("全教材の視聴", "All lessons"),
    exam=("試験", "Examination"),
    proposal=("成果発表", "Proposal"),
)
name_rows(
    ExamScheme,
    "試験",
    "Examinations",
    one="Examination",
    **CODE,
    **NAMES,
    total_max=("満点", "Out of"),
    total_min=("合格点", "To pass"),
)

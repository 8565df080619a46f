"""The groups of the leader training, with first versions of their proposals; none was presented by the end of June."""

import datetime as dt
from collections.abc import Sequence

from enrollments.demo.repeatable import moment, story_id
from enrollments.demo.stories import Story
from enrollments.models import Proposal, Team, TeamMember

FORMED = dt.date(2022, 6, 8)
HANDED_IN = dt.date(2022, 6, 24)
SIZE = 5
# Invented themes; the first four groups have handed in a first version.
THEMES = (
    ("窓口予約のオンライン化", "予約状況の見える化と窓口の平準化を提案する。"),
    ("現場点検のデジタル化", "点検記録を写真と位置情報で残す仕組みを提案する。"),
    ("申請書類の事前確認", "申請前に不備を知らせる仕組みを提案する。"),
    ("庁内ナレッジの共有", "問合せ履歴を検索できる仕組みを提案する。"),
    ("防災情報の多言語化", ""),
    ("データに基づく広報", ""),
)


def write_teams(leaders: Sequence[Story]) -> None:
    """Groups of five in the order of nomination; the first of each leads it."""
    ordered = sorted(leaders, key=lambda story: story.row.queue_no)
    for number, (theme, summary) in enumerate(THEMES, start=1):
        members = ordered[(number - 1) * SIZE : number * SIZE]
        name = f"第{number}グループ"
        team = Team.objects.create(
            public_id=story_id("team", name),
            session=members[0].session,
            name=name,
            theme=f"{theme}(サンプル)",
            created_at=moment(FORMED, 16),
        )
        TeamMember.objects.bulk_create(
            TeamMember(
                public_id=story_id("team_member", story.name), team=team, enrollment=story.row, leader=index == 0
            )
            for index, story in enumerate(members)
        )
        if summary:
            Proposal.objects.create(
                public_id=story_id("proposal", name),
                team=team,
                title=f"{theme}(サンプル)",
                summary=summary,
                recorded_at=moment(HANDED_IN, 17, number),
            )

"""The words of a roster's cells: marks, kinds of posts, places of work, statuses, and what happened to whom."""

import re
from collections.abc import Mapping

from academy.folding import fold
from academy.models import AssignmentKind, StatusKind
from academy.tables.characters import Unacceptable, free_text, visible
from academy.tables.words import FLAGS, NO, YES, flag, meaning_of, meanings

__all__ = ["VOCABULARY", "flag", "headquarters", "kind", "leaves", "statuses"]

LONGEST_REASON = 100


LEAVES, STAYS = "leaves", "stays"
FLAG, KIND, WORK_PLACE, CHANGE, STATUS = "所属長・代理・名簿非公開", "発令区分", "勤務場所", "異動区分", "状況"
# A word that may mean to leave or to stay (出向, その他) is none of these: it is not guessed.
VOCABULARY: Mapping[str, Mapping[str, str]] = {
    FLAG: FLAGS,
    KIND: {
        AssignmentKind.PRIMARY.value: "本務 本職 主務 primary",
        AssignmentKind.CONCURRENT.value: "兼務 兼職 併任 concurrent",
        AssignmentKind.SECONDMENT.value: "派遣 出向 secondment",
    },
    WORK_PLACE: {YES: "本庁 本庁舎 headquarters", NO: "事業所 出先 出先事業所 出先機関 fieldoffice field_office"},
    STATUS: {
        StatusKind.MANAGER_CANDIDATE.value: "管理職候補者 管理職候補 manager_candidate",
        StatusKind.ON_LEAVE.value: "休職 休業 休職・休業 on_leave",
        StatusKind.REAPPOINTED.value: "再任用 再任用職員 reappointed",
    },
    CHANGE: {
        LEAVES: "退職 定年退職 普通退職 自己都合退職 勧奨退職 早期退職 応募認定退職 任期満了 任期満了退職 退任 辞職 失職 "
        "免職 懲戒免職 分限免職 死亡 死亡退職 転出 割愛転出 leaver retirement resignation dismissal death transferout",
        STAYS: "採用 新規採用 新採 任用 転入 割愛転入 再任用 異動 転任 配置換 配置換え 配置転換 局間異動 局内異動 昇任 昇格 昇進 "
        "降任 降格 氏名変更 改姓 改名 職種変更 転職種 兼務 併任 派遣 復職 休職 休業 変更 訂正 更新 "
        "joiner join hire transferin move promotion demotion namechange change",
    },
}
MEANINGS = {column: meanings(words) for column, words in VOCABULARY.items()}
NONE = frozenset(fold(word) for word in ("なし", "無し", "無", "none"))
_STATUS = re.compile(r"(?P<word>[^()（）]+)(?:[(（](?P<reason>[^()（）]*)[)）])?")
# A separator inside brackets belongs to the reason.
_BETWEEN = re.compile(r"[;；、](?![^(（]*[)）])")


def kind(text: str) -> str:
    return _meaning(KIND, text, "unknown_kind")


def headquarters(text: str) -> bool:
    return _meaning(WORK_PLACE, text, "unknown_work_place") == YES


def leaves(text: str) -> bool:
    """Whether what happened ends the service here. A word that is not known is never guessed."""
    return _meaning(CHANGE, text, "unknown_change") == LEAVES


def statuses(text: str) -> list[list[str]]:
    """管理職候補者; 休職(育児休業) → [[kind, reason], …] in the order of writing, each once; なし → []."""
    if fold(text) in NONE:
        return []
    found = [_status(each.strip()) for each in _BETWEEN.split(text) if each.strip()]
    if not found:
        raise Unacceptable("unknown_status")
    return [each for place, each in enumerate(found) if each not in found[:place]]


def _status(text: str) -> list[str]:
    parts = _STATUS.fullmatch(visible(text))
    meaning = MEANINGS[STATUS].get(fold(parts["word"])) if parts else None
    reason = ((parts["reason"] if parts else None) or "").strip()
    if meaning is None or (reason and meaning != StatusKind.ON_LEAVE):
        raise Unacceptable("unknown_status")
    return [meaning, free_text(reason, LONGEST_REASON) if reason else ""]


def _meaning(column: str, text: str, code: str) -> str:
    return meaning_of(text, MEANINGS[column], code)

"""Who decides about the seats of a session, and by when: told to whoever thinks of applying. It reads and writes nothing.

Approvals and lists are due at the session's deadlines; a bureau may set earlier ones for its own people. A decision is made
after applications and lists have ended, and before the session begins.
"""

import datetime as dt

from academy.text import Text, in_both
from courses.audiences import Finding
from courses.entry import policy_of
from courses.models import BY_DECISION, ApprovalChain, Selection, Session
from enrollments.eligibility import MET, time_text

_HEAD = Text("所属長", "the head of unit")
_BUREAU = Text("局の人事", "HR of the bureau")
_OFFICE = Text("主管の人事", "HR that runs the programme")
_NOBODY = Text("なし(申込順)", "nobody: seats go in the order of applications")
_RULES = {
    Selection.NOMINATION: Text(
        "{bureau}が順位を付けて取りまとめ{list_until}、{office}がその順位により決定します",
        "{bureau} hands in a ranked list{list_until}, and {office} decides by its order",
    ),
    Selection.SCREENING: Text(
        "{office}が優先区分、局の順位、申込順により決定します",
        "{office} decides by priority class, then the rank in the list of the bureau, then the order of applications",
    ),
    Selection.LOTTERY: Text(
        "優先区分の順に抽選し、その順により{office}が決定します",
        "a draw within each priority class gives the order, by which {office} decides",
    ),
}


def deciding(session: Session) -> Finding:
    """For information, of a session with its programme's policy: everybody who decides, in their order, each until when."""
    approvers = _approvers(session)
    who = [who for who, _ in approvers]
    if session.selection in BY_DECISION:
        who += [_BUREAU] * (session.selection == Selection.NOMINATION and _BUREAU not in who) + [_OFFICE]
    label = in_both(Selection(session.selection).label)
    sentences = [_approval(approvers)] if approvers else []
    sentences.append(_decision(session) if session.selection in BY_DECISION else _in_order())
    text = Text("".join(each.ja for each in sentences), " ".join(_capital(each.en) for each in sentences))
    said = Text("席の決め方:{s}。{t}", "How seats are given: {s}. {t}").format(s=label, t=text)
    return Finding("deciding", "", True, MET, label, _listed(who, "→", ", then ") if who else _NOBODY, said)


def _approvers(session: Session) -> list[tuple[Text, dt.datetime | None]]:
    approval = policy_of(session).approval
    if approval == ApprovalChain.NONE:
        return []
    bureau = [(_BUREAU, session.nominate_until)] if approval == ApprovalChain.UNIT_HEAD_AND_BUREAU else []
    return [(_HEAD, session.approve_until), *bureau]


def _approval(approvers: list[tuple[Text, dt.datetime | None]]) -> Text:
    stages = [who + _until(until) for who, until in approvers]
    return Text("{a}の承認を受けます。", "it takes the approval of {a}.").format(
        a=_listed(stages, "、次に", ", then of ")
    )


def _decision(session: Session) -> Text:
    rule = _RULES[Selection(session.selection)].format(
        bureau=_BUREAU, office=_OFFICE, list_until=_until(session.nominate_until)
    )
    return rule + _when(session) + Text("。", ".")


def _in_order() -> Text:
    return Text("空席があれば申込順に決まります。", "free seats are given in the order of applications.")


def _when(session: Session) -> Text:
    if session.undated:
        return Text("(日程が決まった後)", " (once there is a date)")
    ends = [each for each in (session.apply_until, session.nominate_until) if each is not None]
    begins = session.starts_on.isoformat()
    if not ends:
        return Text("({b}の開始まで)", " (before it begins on {b})").format(b=begins)
    after = time_text(max(ends))
    return Text("({a}の後、{b}の開始まで)", " (after {a} and before it begins on {b})").format(a=after, b=begins)


def _until(until: dt.datetime | None) -> Text:
    return Text("({u}まで)", " (until {u})").format(u=time_text(until)) if until else Text("", "")


def _listed(parts: list[Text], ja: str, en: str) -> Text:
    return Text(ja.join(each.ja for each in parts), en.join(each.en for each in parts))


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]

"""Whether answers fit the questions of an application form; reads and writes nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from academy.errors import Fault, InvalidInput
from academy.text import Text
from courses.models import FormQuestion, QuestionKind
from courses.operations.forms import LONGEST

Answers = Mapping[str, Any]
LARGEST = 10**12
_WRONG = {
    QuestionKind.SHORT_TEXT: Text("文字で答えてください。", "Answer with a text."),
    QuestionKind.LONG_TEXT: Text("文字で答えてください。", "Answer with a text."),
    QuestionKind.CHOICE: Text("選択肢の一つを選んでください。", "Choose one of the options."),
    QuestionKind.CHOICES: Text("選択肢から、それぞれ一度選んでください。", "Choose among the options, each once."),
    QuestionKind.NUMBER: Text("整数で答えてください。", "Answer with a whole number."),
    QuestionKind.DATE: Text("日付を「2022-07-14」の形で。", "A date: 2022-07-14."),
    QuestionKind.YES_NO: Text("true か false で答えてください。", "Answer true or false."),
}


def checked(questions: Sequence[FormQuestion], given: Answers) -> dict[int, Any]:
    """The answers by the keys of their questions, without those left empty; refuses every one that does not fit."""
    known = {each.code: each for each in questions}
    faults = [
        Fault(_at(code), "unknown_question", Text("この設問はありません。", "There is no such question."))
        for code in given
        if code not in known
    ]
    found: dict[int, Any] = {}
    for code, question in known.items():
        value = given.get(code)
        if _empty(value):
            if question.required:
                faults.append(Fault(_at(code), "required", Text("回答が必要です。", "It takes an answer.")))
        elif (fault := _fault(question, value)) is not None:
            faults.append(fault)
        else:
            found[question.pk] = value
    if faults:
        raise InvalidInput(faults=faults)
    return found


def _at(code: str) -> str:
    return "/answers/" + code.replace("~", "~0").replace("/", "~1")


def _empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _fault(question: FormQuestion, value: Any) -> Fault | None:
    kind = QuestionKind(question.kind)
    if not _fits(question, kind, value):
        return Fault(_at(question.code), "invalid", _WRONG[kind])
    least, most = question.minimum, question.maximum
    if kind in LONGEST:
        least, most, value = None, most or LONGEST[kind], len(value)
        text = Text("{m}字までです。", "At most {m} characters.").format(m=most)
    elif kind == QuestionKind.NUMBER:
        least, most = -LARGEST if least is None else least, LARGEST if most is None else most
        text = Text("{n}から{m}までです。", "From {n} to {m}.").format(n=least, m=most)
    else:
        return None
    outside = (least is not None and value < least) or value > most
    return Fault(_at(question.code), "out_of_range", text) if outside else None


def _fits(question: FormQuestion, kind: QuestionKind, value: Any) -> bool:
    codes = {each["code"] for each in question.options}
    match kind:
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return isinstance(value, str) and "\x00" not in value
        case QuestionKind.CHOICE:
            return isinstance(value, str) and value in codes
        case QuestionKind.CHOICES:
            texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
            return texts and set(value) <= codes and len(set(value)) == len(value)
        case QuestionKind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case QuestionKind.DATE:
            return isinstance(value, str) and _is_date(value)
        case QuestionKind.YES_NO:
            return isinstance(value, bool)


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("2022-07-14") and dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

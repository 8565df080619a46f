"""What an application for several sessions refuses."""

from academy.errors import DomainError
from academy.text import Text


class MixedWishes(DomainError):
    code = "mixed_wishes"
    title = Text("一つの申込みにまとめられません", "They do not make one application")
    text = Text(
        "一つの申込みの希望回は、同じ講座・年度・選考方法の回です。",
        "The wishes of one application are sessions of one course, fiscal year and selection.",
    )


class AnswersClosed(DomainError):
    code = "answers_closed"
    title = Text("回答の変更期限が過ぎました", "Answers can no longer be changed")
    text = Text("回答の変更は{until}までです。", "Answers could be changed until {until}.")

"""The admin site as somebody uses it: pages that are opened, forms that are sent, and what a page says."""

import html
import re
from typing import Any

from django.db.models import Model
from django.test import Client

from academy.models import Staff, User


def office_of(somebody: User | Staff, language: str = "ja") -> Client:
    user = somebody.user if isinstance(somebody, Staff) else somebody
    assert isinstance(user, User)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def address(model: type[Model] | Model, *more: object) -> str:
    """`address(Session)`, `address(Session, "add")`, `address(session, "do", "publish")`."""
    root = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    key = [model.pk] if isinstance(model, Model) else []
    return "/".join([root.rstrip("/"), *map(str, [*key, *more]), ""])


def page_of(row: Model) -> str:
    return address(row, "change")


def press(client: Client, row: Model, button: str, **fields: Any) -> Any:
    return client.post(address(row, "do", button), fields)


def text(answer: Any) -> str:
    """What the page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def faults(answer: Any) -> dict[str, list[str]]:
    """What stands at which field; `__all__` for what belongs to none."""
    assert answer.status_code == 200, answer
    return {name: list(map(str, found)) for name, found in answer.context["form"].errors.items()}


def said(client: Client, answer: Any) -> list[str]:
    """The messages on the page that the browser is sent on to."""
    assert answer.status_code == 302, faults(answer)
    return [str(message) for message in client.get(answer.headers["Location"]).context["messages"]]

"""Materials: addresses and files that belong to a version of content, a lesson or a session."""

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.file_kinds import LARGEST, clean_name, kind_of
from courses.models import ContentVersion, Lesson, Material, MaterialFor, Session
from courses.operations.programs import check_title

Owner = ContentVersion | Lesson | Session


@dataclass(frozen=True)
class File:
    """A file as it was sent."""

    name: str
    content: bytes


class MaterialFields(TypedDict, total=False):
    title_ja: str
    title_en: str
    shown_to: MaterialFor


@operation
def add_material(
    *, owner: Owner, url: str = "", file: File | None = None, by: User | None, **fields: Unpack[MaterialFields]
) -> Material:
    """Hand out an https address or a file of a known kind, of at most 10 MiB, with what it belongs to.

    It may be added to a published version too: it decides about no result. The version copied from it takes it along.
    """
    material = Material(**_owner(owner), url=url, **fields)
    faults = Faults()
    check_title(material.title_ja, faults)
    if (file is None) == (not url):
        faults.add("/url", "one_of", "アドレスかファイルのどちらかです。", "Either an address or a file.")
    elif file is None:
        _check_url(url, faults)
    else:
        _take_file(material, file, faults)
    faults.refuse()
    material.save(force_insert=True)
    note(material, owner=str(owner.public_id), kind=owner._meta.model_name, size=material.size)
    return material


@operation
def change_material(*, material_id: int, by: User | None, **fields: Unpack[MaterialFields]) -> Material:
    """Change its title, or to whom it is shown; another address or file is another material."""
    material = Material.objects.select_for_update(no_key=True).defer("content").get(pk=material_id)
    for name, value in fields.items():
        setattr(material, name, value)
    faults = Faults()
    check_title(material.title_ja, faults)
    faults.refuse()
    material.save(update_fields=list(fields))
    note(material, changed=sorted(fields))
    return material


@operation
def remove_material(*, material_id: int, by: User | None) -> None:
    """Hand it out no longer."""
    material = Material.objects.select_for_update().defer("content").get(pk=material_id)
    note(material, size=material.size)
    material.delete()


def _owner(owner: Owner) -> dict[str, Any]:
    if isinstance(owner, ContentVersion):
        return {"version": owner}
    return {"lesson": owner} if isinstance(owner, Lesson) else {"session": owner}


def _check_url(url: str, faults: Faults) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        whole = False
    if not whole or any(each.isspace() or not each.isprintable() for each in url):
        text = ("https で始まるアドレスです。", "An address that begins with https.")
        faults.add("/url", "https_only", *text)


def _take_file(material: Material, file: File, faults: Faults) -> None:
    name = clean_name(file.name)
    if len(file.content) > LARGEST:
        faults.add("/file", "too_large", "ファイルは10MiBまでです。", "A file has at most 10 MiB.")
        return
    kind = kind_of(name, file.content)
    if kind is None:
        faults.add(
            "/file",
            "kind_not_allowed",
            "PDF・PPTX・DOCX・XLSX・PNG・JPEG・TXT・CSV のファイルで、中身が拡張子のとおりのものだけです。",
            "Only PDF, PPTX, DOCX, XLSX, PNG, JPEG, TXT and CSV, with a content that is what the extension says.",
        )
        return
    material.file_name, material.content_type = name, kind.content_type
    material.content, material.size = file.content, len(file.content)

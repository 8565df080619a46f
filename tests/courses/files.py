"""Files of every kind that may be handed out, and files that only say so."""

import io
import zipfile
from collections.abc import Iterable

import xlsxwriter

TYPES = "[Content_Types].xml"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
JPEG = b"\xff\xd8\xff\xe0" + bytes(8)


def package(*parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return stream.getvalue()


def workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string(0, 0, "出欠")
    return stream.getvalue()


PPTX, DOCX = package(TYPES, "ppt/presentation.xml"), package(TYPES, "word/document.xml")

ALLOWED: Iterable[tuple[str, bytes, str]] = (
    ("a.pdf", PDF, "application/pdf"),
    ("A.PDF", PDF, "application/pdf"),
    ("a.pptx", PPTX, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("a.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("a.xlsx", workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.png", PNG, "image/png"),
    ("a.jpg", JPEG, "image/jpeg"),
    ("a.jpeg", JPEG, "image/jpeg"),
    ("a.txt", "研修資料\r\n".encode(), "text/plain"),
    ("a.txt", "研修資料".encode("cp932"), "text/plain"),
    ("a.txt", b"", "text/plain"),
    ("a.csv", "氏名,所属\r\n".encode("utf-8-sig"), "text/csv"),
    ("a.csv", b"1 < 2,2 > 1\n", "text/csv"),
)

REFUSED: Iterable[tuple[str, bytes]] = (
    ("a", PDF),
    (".pdf", b""),
    ("a.html", b"<!doctype html>"),
    ("a.htm", b"text"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("a.zip", package("a.txt")),
    ("a.gz", b"\x1f\x8b"),
    ("a.js", b"alert(1)"),
    ("a.exe", b"MZ"),
    ("a.docm", package(TYPES, "word/document.xml")),
    ("a.xls", b"\xd0\xcf\x11\xe0"),
    ("a.gif", b"GIF89a"),
    # The content is not what the extension says.
    ("a.pdf", b"<html>%PDF-"),
    ("a.pdf", b" %PDF-1.7"),
    ("a.pdf", PNG),
    ("a.png", JPEG),
    ("a.jpg", b"\xff\xd8"),
    ("a.docx", PPTX),
    ("a.xlsx", DOCX),
    ("a.pptx", package("ppt/presentation.xml")),
    ("a.docx", package("a.txt")),
    ("a.docx", b"PK\x03\x04" + bytes(40)),
    ("a.docx", DOCX[:-30]),
    ("a.docx", DOCX + b"MZ"),
    ("a.docx", package(TYPES, "word/document.xml", "word/vbaProject.bin")),
    ("a.txt", b"<!DOCTYPE html><p>"),
    ("a.txt", b"\xef\xbb\xbf \n<HTML>"),
    ("a.csv", b"<svg onload=alert(1)>"),
    ("a.csv", b"<?xml version='1.0'?>"),
    ("a.txt", b"#!/bin/sh\n"),
    ("a.txt", b"<?php echo 1;"),
    ("a.txt", b"MZ\x90\x00"),
    ("a.txt", b"a\x00b"),
    ("a.txt", PDF),
    ("a.txt", b"\x81\x20"),
    ("a.pdf.html", PDF),
)

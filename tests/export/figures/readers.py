"""Readers of SVG and PDF: what they show of a file."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFontDatabase, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from explorer.export.figures.words import font_files
from tests.export.figures.drawn import Pixels


def svg_pixels(svg: bytes, wide: int, high: int) -> Pixels:
    """(high, wide, 4) what Qt shows of an SVG."""
    for file in font_files():  # the machine may not have it
        QFontDatabase.addApplicationFont(file)
    reader = QSvgRenderer(QByteArray(svg))
    assert reader.isValid()
    image = QImage(wide, high, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    reader.render(painter)
    painter.end()
    return np.frombuffer(bytes(image.constBits()), np.uint8).reshape(high, wide, 4)


def pdf_pixels(pdf: bytes, wide: int) -> Pixels:
    """(high, wide, 4) what PDFium shows of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        bitmap = page.render(scale=wide / page.get_width(), rev_byteorder=True, fill_color=(255, 255, 255, 255))
        pixels = np.array(bitmap.to_numpy())
    finally:
        document.close()
    alpha = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([pixels[..., :3], alpha], axis=2)


def pdf_text(pdf: bytes) -> str:
    """The text of a PDF's first page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].get_textpage().get_text_bounded()
    finally:
        document.close()


def pdf_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_size() for page in document]
    finally:
        document.close()


def pdf_embedded(pdf: bytes) -> set[bool]:
    """Whether the fonts of a PDF's first page are in the file."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return {
            bool(raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(part.raw)))
            for part in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        }
    finally:
        document.close()

"""Setting a report as a PDF; imported only where one is made, in a process of its own."""

import io
import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bmw_wallbox.domain.report_document import ReportDocument, Section, Table

with warnings.catch_warnings():
    # The library warns that it lacks what it needs for pictures; a report has none.
    warnings.simplefilter("ignore", UserWarning)
    from fpdf import FPDF, FontFace

if TYPE_CHECKING:
    from fpdf.fonts import TTFFont

_FONT = "DejaVu"
_FONTS = Path(__file__).with_name("fonts")
_MARGIN_MM = 10.0
_FOOT_MM = 14.0
_LINE_MM = 4.2
_WIDTHS = (11.0, 30.0, 30.0, 13.0, 34.0, 30.0, 23.0, 23.0, 22.0, 25.0, 21.0, 15.0)
_SUM_WIDTHS = (48.0, 44.0, 25.0, 25.0, 30.0)
_GREY, _DARK, _PALE = (96, 96, 96), (28, 42, 58), (238, 241, 244)


def draw(document: ReportDocument) -> bytes:
    """Return the report as a PDF, A4 across."""
    page = _Page(document)
    _head(page, document)
    for section in document.sections:
        _section(page, section)
    if document.sections:
        _sums(page, document)
    else:
        page.paragraph(document.empty, size=10)
    for note in document.notes:
        page.paragraph(note, size=7.5, colour=_GREY)
    if page.letters_missing:
        page.paragraph(document.missing_letters, size=7.5, colour=_GREY)
    file = io.BytesIO()
    page.output(file)
    return file.getvalue()


class _Page(FPDF):
    """The paper: fonts, margins and what stands at the foot of every page."""

    def __init__(self, document: ReportDocument) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._document = document
        self.letters_missing = False
        for style, file in (("", "DejaVuSansCondensed.ttf"), ("B", "DejaVuSansCondensed-Bold.ttf")):
            self.add_font(_FONT, style, _FONTS / file)
        self._letters = frozenset(cast("TTFFont", self.fonts[_FONT.lower()]).cmap)
        self.set_font(_FONT, size=8)
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_FOOT_MM)
        self.set_title(document.title)
        self.set_lang(document.language)
        self.set_creator("BMW Wallbox")
        self.set_creation_date(document.created_at)
        self.set_draw_color(*_GREY)
        self.set_line_width(0.1)
        self.add_page()

    def footer(self) -> None:
        """Print who made the report, and which page this is."""
        self.set_y(-_FOOT_MM + 4)
        self.set_font(_FONT, size=7.5)
        self.set_text_color(*_GREY)
        number = self._document.page.format(page=self.page_no(), pages="{nb}")
        self.cell(self.epw / 2, _LINE_MM, self.readable(self._document.made_by))
        self.cell(self.epw / 2, _LINE_MM, number, align="R")
        self.set_text_color(0)

    def readable(self, text: str) -> str:
        """Return a text with each letter that the font lacks as its number."""
        composed = unicodedata.normalize("NFC", " ".join(text.split()))
        if all(ord(letter) in self._letters for letter in composed):
            return composed
        self.letters_missing = True
        shown = (letter if ord(letter) in self._letters else f" U+{ord(letter):04X} " for letter in composed)
        return " ".join("".join(shown).split())

    def paragraph(self, text: str, *, size: float, bold: bool = False, colour: Sequence[int] = (0,)) -> None:
        """Print lines over the whole width."""
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.5, self.readable(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.set_text_color(0)


def _head(page: _Page, document: ReportDocument) -> None:
    """Print sender and receiver at the left, the title and its facts at the right."""
    top, left = page.get_y(), page.l_margin
    page.set_font(_FONT, size=8)
    page.set_text_color(*_GREY)
    for line in document.sender:
        page.cell(110, _LINE_MM, page.readable(line), new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    page.set_y(page.get_y() + (6 if document.sender else 0))
    page.set_font(_FONT, size=10)
    for line in document.receiver:
        page.cell(110, 5, page.readable(line), new_x="LMARGIN", new_y="NEXT")
    bottom = page.get_y()
    page.set_xy(left + 150, top)
    page.set_font(_FONT, "B", 18)
    page.set_text_color(*_DARK)
    page.cell(0, 10, page.readable(document.title), new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    _pairs(page, document.facts, left + 150)
    page.set_y(max(bottom, page.get_y()) + 5)


def _pairs(page: _Page, pairs: Sequence[tuple[str, str]], left_mm: float) -> None:
    for label, value in pairs:
        page.set_x(left_mm)
        page.set_font(_FONT, size=8.5)
        page.set_text_color(*_GREY)
        page.cell(34, 4.8, label)
        page.set_text_color(0)
        page.multi_cell(0, 4.8, page.readable(value), align="L", new_x="LMARGIN", new_y="NEXT")


def _section(page: _Page, section: Section) -> None:
    page.paragraph(" · ".join(f"{label} {value}" for label, value in section.facts), size=9, bold=True)
    page.ln(1)
    _table(page, section.table, _WIDTHS)
    page.ln(4)


def _sums(page: _Page, document: ReportDocument) -> None:
    needed = (len(document.sums.rows) + 3) * _LINE_MM * 1.4
    if page.will_page_break(min(needed, page.eph / 2)):
        page.add_page()
    page.paragraph(document.sums_title, size=9, bold=True)
    page.ln(1)
    _table(page, document.sums, _SUM_WIDTHS)
    page.ln(3)


def _table(page: _Page, table: Table, widths: Sequence[float]) -> None:
    """Print a table; its head comes again on every page."""
    page.set_font(_FONT, size=7.5)
    head = FontFace(emphasis="BOLD", color=(255, 255, 255), fill_color=_DARK)
    with page.table(
        width=sum(widths),
        col_widths=tuple(widths),
        align="LEFT",
        text_align=tuple("RIGHT" if right else "LEFT" for right in table.flush_right),
        headings_style=head,
        borders_layout="NONE",
        cell_fill_color=_PALE,
        cell_fill_mode="EVEN_ROWS",
        line_height=_LINE_MM,
        padding=(0.5, 1),
        repeat_headings=1,
    ) as drawn:
        drawn.row(table.heads)
        for row in table.rows:
            drawn.row([page.readable(text) for text in row])
        drawn.row(
            [page.readable(text) for text in table.sum],
            style=FontFace(emphasis="BOLD", fill_color=(214, 220, 227)),
        )

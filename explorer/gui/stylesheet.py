"""What a palette cannot say: the style sheet of the window."""

from __future__ import annotations

from explorer.gui.theme import Palette, scaled
from explorer.resources import resource

_SHEET = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {border}; padding: 4px; }}
#transport {{ background: {panel}; border-bottom: 1px solid {border}; }}
#form, #form > QWidget, #formBody {{ background: {panel}; }}
#formScroll {{ background: {panel}; border: none; border-right: 1px solid {border}; }}
#heading {{ color: {muted}; font-weight: 600; letter-spacing: 1px; padding: 5px 0 1px 0; }}
#muted {{ color: {muted}; }}
#muted:disabled {{ color: {disabled}; }}
#mark {{ color: {accent_ink}; font-weight: 700; }}
#restart {{ color: {accent_ink}; }}
#title {{ color: {text}; }}
#banner {{ border: 1px solid {border}; border-radius: 6px; }}
#banner[kind="info"] {{ background: {info}; }}
#banner[kind="warning"] {{ background: {warning}; }}
#banner[kind="error"] {{ background: {error}; }}
QPushButton, QToolButton#flat {{ background: {raised}; border: 1px solid {border}; border-radius: 6px;
    padding: 5px 12px; color: {text}; }}
QPushButton:hover, QToolButton#flat:hover {{ border-color: {muted}; }}
QPushButton:focus, QToolButton#flat:focus {{ border: 2px solid {accent}; padding: 4px 11px; }}
QPushButton:disabled {{ color: {disabled}; background: {panel}; }}
QPushButton#go {{ background: {go}; color: {on_go}; border-color: {go}; font-weight: 600; }}
QPushButton#go:focus {{ border-color: {text}; }}
QPushButton#go:disabled {{ background: {panel}; color: {disabled}; border-color: {border}; }}
QPushButton#segmentLeft, QPushButton#segmentRight {{ padding: 6px 22px; font-weight: 600; border: 1px solid {border}; }}
QPushButton#segmentLeft {{ border-top-right-radius: 0; border-bottom-right-radius: 0; border-right: none; }}
QPushButton#segmentRight {{ border-top-left-radius: 0; border-bottom-left-radius: 0; }}
QPushButton#segmentLeft:checked, QPushButton#segmentRight:checked {{ background: {accent}; color: {on_accent};
    border-color: {accent}; }}
QPushButton#segmentLeft:focus, QPushButton#segmentRight:focus {{ border: 2px solid {text}; padding: 5px 21px; }}
QToolButton#fold {{ border: none; color: {muted}; text-align: left; padding: 2px 0; }}
QToolButton#fold:focus {{ color: {text}; text-decoration: underline; }}
QToolButton#close {{ border: none; padding: 2px 6px; color: {text}; font-weight: 700; }}
QPushButton[compact="true"] {{ padding: 3px 8px; border-radius: 5px; }}
QPushButton[compact="true"]:focus {{ padding: 2px 7px; }}
QPushButton[compact="true"]:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton#live {{ padding: 3px 10px; border-radius: 5px; color: {muted}; }}
QPushButton#live:focus {{ padding: 2px 9px; }}
QPushButton#live:checked {{ color: {text}; border-color: {go}; background: {raised}; }}
QPushButton#what {{ background: transparent; border: 1px solid transparent; padding: 1px 6px; color: {accent_ink}; }}
QPushButton#what:hover {{ text-decoration: underline; }}
QPushButton#what:focus {{ border: 1px solid {accent}; padding: 1px 6px; }}
#panelBar {{ background: {panel}; }}
#panelTitle {{ color: {muted}; font-weight: 600; }}
QTreeWidget#whatTree {{ background: {field}; border: 1px solid {border}; border-radius: 4px; }}
QTreeWidget#whatTree:focus {{ border-color: {accent}; }}
QTreeWidget#whatTree::item {{ padding: 3px 0; }}
QTreeWidget#whatTree::item:selected {{ background: {info}; color: {text}; }}
QCheckBox::indicator, QAbstractItemView::indicator {{ width: {side}px; height: {side}px; background: {field};
    border: 1px solid {muted}; border-radius: 3px; }}
QCheckBox::indicator:hover, QAbstractItemView::indicator:hover, QCheckBox::indicator:focus {{ border-color: {text}; }}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{ background: {accent}; border-color: {accent};
    image: url("{checked}"); }}
QAbstractItemView::indicator:indeterminate {{ background: {accent}; border-color: {accent}; image: url("{partly}"); }}
QCheckBox::indicator:disabled, QAbstractItemView::indicator:disabled {{ background: {panel}; border-color: {border}; }}
QCheckBox::indicator:checked:disabled, QAbstractItemView::indicator:checked:disabled {{
    image: url("{checked_disabled}"); }}
#refusedFrame {{ border: 2px solid {refused}; border-radius: 4px; background: transparent; }}
#refusal {{ background: {error}; color: {text}; border: 1px solid {refused}; border-radius: 6px; padding: 6px 9px; }}
#toast {{ background: {raised}; border: 1px solid {muted}; border-radius: 8px; }}
#slow {{ background: {panel}; border-bottom: 1px solid {border}; }}
#key {{ background: {raised}; border: 1px solid {border}; border-bottom-width: 2px; border-radius: 4px;
    padding: 1px 7px; }}
#mouse {{ color: {muted}; }}
QToolBar {{ border: none; padding: 0; spacing: 0; background: {panel}; }}
QMainWindow::separator {{ background: {window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {border}; }}
QTabBar {{ qproperty-drawBase: 0; }}
QTabBar::tab {{ background: {panel}; color: {muted}; padding: 4px 12px; border: 1px solid {border};
    border-bottom: none; border-top-left-radius: 5px; border-top-right-radius: 5px; margin-right: 2px; }}
QTabBar::tab:selected {{ background: {raised}; color: {text}; }}
QTabBar::tab:focus {{ color: {accent_ink}; }}
QProgressBar {{ background: {field}; border: 1px solid {border}; border-radius: 4px; }}
QProgressBar::chunk {{ background: {go}; border-radius: 3px; }}
QStatusBar {{ background: {panel}; border-top: 1px solid {border}; }}
QStatusBar::item {{ border: none; }}
QSplitter::handle {{ background: {window}; }}
QSplitter::handle:hover {{ background: {border}; }}
"""


def stylesheet(palette: Palette) -> str:
    """The style sheet of the main window in one palette, in the size that text has now."""
    colours = {name: getattr(palette, name) for name in Palette.__slots__}
    pictures = {
        name.replace("-", "_"): resource(f"icons/{name}.svg").as_posix()
        for name in ("checked", "checked-disabled", "partly")
    }
    return _SHEET.format(side=scaled(12), **pictures, **colours)

import json
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from pygments.lexers.python import PythonLexer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextLayout
from PySide6.QtWidgets import QFileDialog, QTabWidget, QVBoxLayout, QWidget

from explorer.engine.settings import SCALINGS, WAYS, Settings
from explorer.export.code import Origin, notebook, program
from explorer.gui import theme
from explorer.gui.views.code import CodeView
from explorer.gui.views.code_editor import lines_text, token_format
from explorer.gui.widgets import Banner
from explorer.presentation.code_colours import marked_background
from tests.builders import dataset

PALETTES = pytest.mark.parametrize("palette", [theme.DARK, theme.LIGHT], ids=lambda palette: palette.name)


@pytest.fixture
def view(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    view.resize(900, 400)
    return view


@pytest.fixture
def holder(qtbot):
    """A window around a view."""
    holder = QWidget()
    qtbot.addWidget(holder)
    QVBoxLayout(holder).addWidget(CodeView())
    return holder


def shown(qtbot, view, settings=None):
    view.show_settings(settings or Settings())
    with qtbot.waitExposed(view):
        view.show()
    return view


def text_of(view) -> str:
    return view.editor.toPlainText()


def test_it_shows_the_program_of_the_settings(qtbot, view):
    shown(qtbot, view)
    for changes in ({}, {"written_as": "numpy", "scaling": "classic"}, {"written_as": "none"}):
        made = program(Settings(**changes))
        view.show_settings(Settings(**changes))
        assert text_of(view) == made.text
        assert view.editor.marked == made.dropout_lines
        assert view.title() == made.title
        assert view.said() == ("◆ marks the dropout" if made.dropout_lines else "")


def test_nothing_is_made_while_nobody_looks(qtbot, view):
    view.show_settings(Settings(rate_1=0.3))
    assert text_of(view) == ""
    shown(qtbot, view, Settings(rate_1=0.3))
    assert "HandWrittenDropout(0.3)" in text_of(view)
    view.hide()
    view.show_settings(Settings(rate_1=0.4))
    assert "HandWrittenDropout(0.3)" in text_of(view)
    view.show()
    assert "HandWrittenDropout(0.4)" in text_of(view)


def test_it_is_made_when_its_tab_is_turned_to(qtbot, holder):
    tabs = QTabWidget()
    holder.layout().addWidget(tabs)
    tabs.addTab(QWidget(), "Curves")
    view = holder.findChild(CodeView)
    tabs.addTab(view, "Code")
    with qtbot.waitExposed(holder):
        holder.show()
    assert text_of(view) == ""
    tabs.setCurrentIndex(1)
    assert text_of(view) == program(Settings()).text


def test_a_change_keeps_the_place_and_the_same_settings_keep_everything(qtbot, view):
    shown(qtbot, view)
    bar = view.editor.verticalScrollBar()
    # The first look begins where the dropout does.
    first = view.editor.firstVisibleBlock().blockNumber() + 1
    assert first <= min(view.editor.marked) <= first + 5
    bar.setValue(12)
    view.editor.selectAll()
    view.show_settings(Settings())
    assert view.editor.textCursor().hasSelection()
    view.show_settings(Settings(rate_1=0.25))
    assert bar.value() == 12
    assert not view.editor.textCursor().hasSelection()


def test_the_whole_program_is_copied(qtbot, view):
    shown(qtbot, view)
    qtbot.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == program(Settings()).text
    assert view.said() == f"Copied {len(program(Settings()).text.splitlines())} lines"


def answer(view, path) -> None:
    """What a person does in the dialog."""
    dialog = view.findChild(QFileDialog)
    dialog.selectFile(str(path))
    dialog.accept()


def test_it_is_saved_as_a_script_and_as_a_notebook(qtbot, view, tmp_path):
    shown(qtbot, view, Settings(written_as="lambda"))
    qtbot.mouseClick(view.save_program, Qt.MouseButton.LeftButton)
    answer(view, tmp_path / "mine")  # the suffix is added
    assert (tmp_path / "mine.py").read_text("utf-8") == program(Settings(written_as="lambda")).text
    assert view.said() == "Saved mine.py alone: the reviews are not loaded"
    qtbot.waitUntil(lambda: view.findChild(QFileDialog) is None)
    qtbot.mouseClick(view.save_notebook, Qt.MouseButton.LeftButton)
    assert os.path.basename(view.findChild(QFileDialog).selectedFiles()[0]) == "imdb_dropout.ipynb"
    # What is saved is what was seen when the button was pressed.
    view.show_settings(Settings())
    answer(view, tmp_path / "mine.ipynb")
    assert (tmp_path / "mine.ipynb").read_text("utf-8") == notebook(Settings(written_as="lambda"))
    assert json.loads((tmp_path / "mine.ipynb").read_bytes())["nbformat"] == 4
    assert sorted(os.listdir(tmp_path)) == ["mine.ipynb", "mine.py"]


def test_it_is_saved_with_its_words_and_with_reviews_that_keras_does_not_have(qtbot, view, tmp_path):
    data, settings = dataset(), Settings(num_words=30)
    shown(qtbot, view, settings)
    view.show_dataset(data)
    name = Origin.of_dataset(data, settings).reviews
    assert f'np.load(folder / "{name}")' in text_of(view)
    qtbot.mouseClick(view.save_program, Qt.MouseButton.LeftButton)
    answer(view, tmp_path / "mine.py")
    assert view.said() == f"Saved mine.py, words.json, {name}"
    assert json.loads((tmp_path / "words.json").read_text())["word1"] == 1
    with np.load(tmp_path / name) as reviews:
        assert reviews["train_ids"].max() < 30, "as the settings have it, whatever was loaded"
        assert len(reviews["test_labels"]) == len(data.test)
    view.show_dataset(replace(data, title="IMDB reviews"))
    assert "imdb.load_data(num_words=30)" in text_of(view)


def test_a_place_that_cannot_be_written_is_a_sentence(qtbot, view, tmp_path):
    shown(qtbot, view)
    target = tmp_path / "mine.py"
    qtbot.mouseClick(view.save_program, Qt.MouseButton.LeftButton)
    os.mkfifo(target)
    # The dialog would ask whether to replace it; what is tried here is what comes after.
    view.findChild(QFileDialog).fileSelected.emit(str(target))
    banner = view.findChild(Banner)
    assert banner.isVisible()
    assert banner.text() == f"{target} could not be written: it is not an ordinary file; choose another place."
    view.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "other.py"))
    assert not banner.isVisible()
    assert view.said() == "Saved other.py alone: the reviews are not loaded"


@PALETTES
def test_every_colour_can_be_read_on_both_backgrounds(palette):
    tokens = set()
    for way, _ in WAYS:
        for scaling, _ in SCALINGS:
            if scaling == "inverted" or way != "keras":
                text = program(Settings(written_as=way, scaling=scaling)).text
                tokens |= {token for token, value in PythonLexer().get_tokens(text) if value.strip()}
    assert len(tokens) > 15
    looks = [token_format(token, palette).foreground().color().name() for token in tokens]
    assert len(set(looks)) >= 5
    for background in (palette.field, marked_background(palette)):
        assert min(theme.contrast(look, background) for look in looks) >= 4.5
    assert theme.contrast(palette.accent_ink, marked_background(palette)) >= 3  # the diamond
    for ink, background in ((palette.muted, palette.panel), (palette.text, marked_background(palette))):
        assert theme.contrast(ink, background) >= 4.5


def formats(view, line: int) -> list[QTextLayout.FormatRange]:
    return view.editor.document().findBlockByNumber(line - 1).layout().formats()


@PALETTES
def test_the_syntax_is_coloured_also_over_several_lines(qtbot, view, palette):
    shown(qtbot, view)
    view.apply_theme(palette)
    lines = text_of(view).splitlines()
    string = token_format(next(t for t, v in PythonLexer().get_tokens('"""x"""') if "x" in v), palette)
    assert lines[2].startswith("Dropout:")  # inside the docstring
    assert [each.format.foreground().color() for each in formats(view, 3)] == [string.foreground().color()]
    line = next(number for number, text in enumerate(lines, start=1) if text.startswith("class "))
    keyword = formats(view, line)[0]
    assert (keyword.start, keyword.length) == (0, len("class"))
    assert keyword.format.foreground().color() != formats(view, 3)[0].format.foreground().color()


@PALETTES
def test_marked_lines_have_a_background_and_a_diamond(qtbot, view, palette):
    shown(qtbot, view)
    view.apply_theme(palette)
    editor = view.editor
    editor.verticalScrollBar().setValue(min(editor.marked) - 4)
    picture = editor.grab().toImage()
    first = editor.firstVisibleBlock().blockNumber() + 1
    margin = editor.margin_width()
    for line in (min(editor.marked) - 1, min(editor.marked), min(editor.marked) + 1):
        block = editor.document().findBlockByNumber(line - 1)
        middle = editor.viewport().mapTo(editor, QPoint(0, 0)).y() + round(
            editor.blockBoundingGeometry(block).translated(editor.contentOffset()).center().y()
        )
        beyond = picture.pixelColor(editor.viewport().width() + margin - 30, middle)
        diamond = picture.pixelColor(editor.contentsRect().left() + 12, middle)
        assert line >= first
        assert (beyond == QColor(marked_background(palette))) == (line in editor.marked)
        assert (diamond == QColor(palette.accent_ink)) == (line in editor.marked)
    assert editor.accessibleDescription() == f"Dropout: {lines_text(editor.marked)}"


def test_line_numbers_are_said_in_runs():
    assert lines_text([4]) == "line 4"
    assert lines_text([4, 5, 6]) == "lines 4 to 6"
    assert lines_text([70, 41, 40, 72, 42]) == "lines 40 to 42, 70 and 72"


def test_the_keyboard_reaches_everything_and_the_windows_keys_pass(qtbot, holder):
    heard = []
    holder.keyPressEvent = lambda event: heard.append(event.key())
    with qtbot.waitExposed(holder):
        holder.show()
    view = holder.findChild(CodeView)
    view.editor.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_T):
        qtbot.keyClick(view.editor, key)
    assert heard == [Qt.Key.Key_Space, Qt.Key.Key_T]
    reached = set()
    for _ in range(5):
        reached.add(holder.focusWidget())
        qtbot.keyClick(holder.focusWidget(), Qt.Key.Key_Tab)
    assert reached >= {view.editor, view.copy_button, view.save_program, view.save_notebook}
    for widget in (view.editor, view.copy_button, view.save_program, view.save_notebook):
        assert widget.accessibleName()
    assert not re.search(r"[<>]", view.copy_button.toolTip())

"""At every size everything has room: no text is cut by the edge, none lies over another or over a map."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.export.figures import FIGURES, draw
from explorer.export.figures.page import Page
from explorer.export.request import ExportRequest
from tests.export.figures.drawn import cramped, places, texts

SIZES = {
    "slide": {"size": "slide"},
    "column": {"size": "column"},
    "smallest": {"size": "custom", "width": 320, "height": 240},
    "tall": {"size": "custom", "width": 320, "height": 900},
    "flat": {"size": "custom", "width": 2400, "height": 240},
    "fine": {"size": "custom", "width": 320, "height": 240, "dpi": 1200},
}
LONG = "Run 2: dropout 0.50 after both, L2 0.001, and a name that goes on and on until no line of a figure can hold it"


COMMON = ("slide", "column", "smallest")
MANY_PARTS = ("equation-both", "units", "network")
"""The figures that are the first to be cramped."""


@pytest.mark.parametrize(
    ("size", "item"),
    [(size, item) for size in SIZES for item in FIGURES if size in COMMON or item in MANY_PARTS],
)
def test_nothing_is_cut_and_nothing_overlaps(item: str, size: str, run, others) -> None:
    figure = draw(item, ExportRequest(**SIZES[size]), replace(run, name=LONG), others)
    assert cramped(figure) == []


PARTS = ("titles", "axis_labels", "legend", "colour_bar", "caption")


@pytest.mark.parametrize("item", FIGURES)
def test_all_parts_can_be_turned_off(item: str, run, others) -> None:
    request = ExportRequest(size="column")
    whole = texts(draw(item, request, run, others))
    figure = draw(item, request.replace(**dict.fromkeys(PARTS, False)), run, others)
    assert cramped(figure) == []
    bare = set(texts(figure))
    assert len(bare) < len(set(whole))
    for gone in ("Made-up reviews", "unit", "epoch", "review in batch", "dropped", "training, dropout on", "Run"):
        assert gone not in bare or item == "equation-both"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            "equation-training",
            {
                "titles": "Dropout after hidden 2, in training",
                "axis_labels": "review in batch",
                "legend": "dropped",
                "colour_bar": "kept: 0",
                "caption": "±: 95 % binomial interval",
            },
        ),
        (
            "loss",
            {
                "titles": "Loss, without L2 penalty",
                "axis_labels": "epoch",
                "legend": "validation, dropout off",
                "caption": "seed 7",
            },
        ),
    ],
)
def test_each_part_can_be_turned_off(item: str, said: dict[str, str], run, others) -> None:
    request = ExportRequest(size="slide")
    for part, text in said.items():
        without = " ".join(texts(draw(item, request.replace(**{part: False}), run, others)))
        assert text not in without, part
        for other in said.values():
            assert other == text or other in without, (part, other)


@pytest.mark.parametrize("item", ["equation-training", "equation-inference", "equation-both"])
@pytest.mark.parametrize("size", ["slide", "column", "smallest"])
def test_no_text_lies_over_a_map(item: str, size: str, run) -> None:
    figure = draw(item, ExportRequest(**SIZES[size]), run)
    maps = [axes.bbox.extents for axes in figure.axes if axes.axison]
    assert len(maps) == (6 if item == "equation-both" else 3)
    for text in places(figure):
        for left, bottom, right, top in maps:
            across = min(text.right, right) - max(text.left, left)
            up = min(text.top, top) - max(text.bottom, bottom)
            assert across <= 1 or up <= 0.25 * (text.top - text.bottom), text


def test_an_equation_in_one_column_has_maps_that_can_be_read(run) -> None:
    figure = draw("equation-training", ExportRequest(size="column"), run)
    for axes in (axes for axes in figure.axes if axes.axison):
        assert axes.bbox.width > 0.18 * figure.bbox.width
        assert axes.bbox.height > 0.25 * figure.bbox.height


@pytest.mark.parametrize("size", ["column", "smallest", "slide"])
@pytest.mark.parametrize("count", [1, 5, 12, 30])
def test_a_caption_has_whole_parts(size: str, count: int) -> None:
    whole = " · ".join(f"part {k} of 10,000" for k in range(count))
    note = Page("loss", ExportRequest(**SIZES[size])).caption(whole)
    assert note is not None
    for text in (note.text(), (note.write(whole), note.text())[1]):
        told = " ".join(text.split())
        assert whole == told or whole.startswith(f"{told} · ")


@pytest.mark.parametrize("item", ["equation-training", "equation-inference", "equation-both", "units", "loss"])
def test_no_number_of_a_caption_is_cut_in_one_column(item: str, run, others) -> None:
    request = ExportRequest(size="column")
    said, bare = (texts(draw(item, request.replace(caption=caption), run, others)) for caption in (True, False))
    lines = [line for line in said if line not in bare]
    assert any("Made-up reviews" in line for line in lines)
    assert not any("…" in line for line in lines)

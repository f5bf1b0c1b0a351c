"""SVG and PDF: vector, with text as text, and showing what the PNG shows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.export.figures import FIGURES, figure_pixels, render
from explorer.export.request import ExportRequest
from tests.export.figures.drawn import on_white, opened, softened
from tests.export.figures.readers import pdf_embedded, pdf_pages, pdf_pixels, pdf_text, svg_pixels

REQUEST = ExportRequest(size="custom", width=960, height=540, reviews=12)
SVG = "{http://www.w3.org/2000/svg}"
TOLD = {
    "equation-training": ("Dropout after hidden 2, in training", "mask m", "review in batch", "kept, in the mask"),
    "equation-inference": ("Dropout after hidden 2, at inference", "output = a"),
    "equation-both": ("training, dropout on", "inference, dropout off"),
    "loss": ("Loss, without L2 penalty", "validation, dropout off", "epoch", "Run 1: no dropout"),
    "accuracy": ("Accuracy", "training, dropout off"),
    "units": ("Share kept", "Zero by relu", "Activations"),
    "network": ("hidden 1", "pushes up", "10,000 words"),
    "comparison": ("Comparison of runs", "Run 1: no dropout"),
}
"""Some of what each figure says."""


@pytest.fixture(scope="module")
def pngs(run, others) -> dict[str, np.ndarray]:
    """Every figure as a PNG."""
    return {item: opened(render(item, "png", REQUEST, run, others)) for item in FIGURES}


def unlike(one: np.ndarray, other: np.ndarray) -> float:
    """How far two pictures are apart, letters aside: of 255, the mean over places of some pixels each."""
    return float(np.abs(softened(on_white(one)) - softened(on_white(other))).mean())


def allowed(item: str) -> float:
    """How far apart they may be: the edges of cells are whole pixels in a PNG only, and Qt spaces letters wider."""
    return 5.0 if item.startswith("equation") else 2.5


@pytest.mark.parametrize("item", FIGURES)
def test_an_svg_is_vector_and_shows_what_the_png_shows(item: str, run, others, pngs, qapp) -> None:
    svg = render(item, "svg", REQUEST, run, others)
    root = ElementTree.fromstring(svg)
    said = {element.text for element in root.iter(f"{SVG}text")}
    assert said >= set(TOLD[item])
    assert not list(root.iter(f"{SVG}image"))
    # Some readers know no clipping: nothing may depend on it.
    assert b"clip-path" not in svg
    assert unlike(svg_pixels(svg, 960, 540), pngs[item]) < allowed(item)


@pytest.mark.parametrize("item", FIGURES)
def test_a_pdf_opens_has_text_and_its_fonts_and_shows_what_the_png_shows(item: str, run, others, pngs) -> None:
    pdf = render(item, "pdf", REQUEST, run, others)
    ((wide, high),) = pdf_pages(pdf)
    assert (wide, high) == pytest.approx((960 / 144 * 72, 540 / 144 * 72), abs=0.01)
    said = " ".join(pdf_text(pdf).split())
    for text in TOLD[item]:
        # Upright text is read letter by letter from below.
        assert text in said or text.replace(" ", "") in said.replace(" ", ""), text
    assert pdf_embedded(pdf) == {True}
    assert b"/Subtype /Image" not in pdf
    assert re.search(rb"/Subtype /Type3", pdf) is None
    assert unlike(pdf_pixels(pdf, 960), pngs[item]) < allowed(item)


def test_a_difference_would_be_seen(run, pngs) -> None:
    assert unlike(pngs["loss"], opened(render("loss", "png", REQUEST.replace(axis="batch", log=True), run))) > allowed(
        "loss"
    )
    one = pngs["equation-training"]
    other = opened(render("equation-training", "png", REQUEST.replace(step=20), run))
    assert unlike(one, other) > 2 * allowed("equation-training")
    upside_down = one.copy()
    upside_down[100:480] = upside_down[100:480][::-1]
    assert unlike(one, upside_down) > 2 * allowed("equation-training")


@pytest.mark.parametrize("item", ["equation-training", "loss"])
def test_what_is_transparent_has_no_ground_at_all(item: str, run, others) -> None:
    request = REQUEST.replace(theme="transparent")
    png = opened(render(item, "png", request, run, others))
    assert (png[[0, 0, -1, -1], [0, -1, 0, -1], 3] == 0).all()
    wide, _ = figure_pixels(item, request)
    for path in ElementTree.fromstring(render(item, "svg", request, run, others)).iter(f"{SVG}path"):
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        reach = max(numbers[::2]) - min(numbers[::2]) if len(numbers) > 3 else 0.0
        assert reach < 0.95 * wide / 2 or "fill: none" in path.get("style", "")
    filled = opened(render(item, "png", REQUEST, run, others))
    assert (filled[..., 3] == 255).all()
    assert np.abs(on_white(png) - filled[..., :3]).max() < 3  # made for white paper


def test_a_name_with_signs_is_written_as_it_is(run, others) -> None:
    root = ElementTree.fromstring(render("comparison", "svg", ExportRequest(size="slide"), run, others))
    said = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert "$very_{long}$" in said
    assert "<b>with</b>" in said

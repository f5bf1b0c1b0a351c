"""The report as a reader sees it: in Chromium, and printed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.export.report import report
from explorer.export.report.again import command_line
from explorer.export.request import ExportRequest
from tests.browser import Browser
from tests.export.report.recorded import SMALL, recorded
from tests.export.report.test_page import HOSTILE

pytestmark = pytest.mark.browser

REQUEST = ExportRequest(what="report", formats="html", reviews=24)
TOO_PALE = """
(() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return getComputedStyle(e).backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const pale = [];
  for (const element of document.querySelectorAll("body *:not(svg *):not(svg)")) {
    const said = [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    if (!said.length || !element.checkVisibility()) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) pale.push(`${element.tagName} ${element.className} ${ratio.toFixed(2)} ${said[0].data}`);
  }
  return pale;
})()
"""
OUTSIDE = """
[...document.querySelectorAll("svg.plot")].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < whole.left - 1 || box.right > whole.right + 1
      || box.top < whole.top - 1 || box.bottom > whole.bottom + 1);
  }).map((text) => text.textContent);
})
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def runs():
    first = recorded(HOSTILE, SMALL.replace(data="/a folder/with reviews.csv"), {5: {"rate_2": 0.25}})
    return first, recorded("Plain", SMALL.replace(written_as="none"))


@pytest.fixture(scope="module")
def pages(runs, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    made = {}
    for theme in ("light", "dark"):
        made[theme] = folder / f"{theme} report.html"
        made[theme].write_bytes(report(runs[0], runs[1:], REQUEST.replace(theme=theme)))
    return made


@pytest.fixture(scope="module")
def printed(browser, pages, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("printed")
    made = {}
    for theme, page in pages.items():
        browser.open(page)
        made[theme] = folder / f"{theme}.pdf"
        made[theme].write_bytes(browser.printed())
    return made


def pages_of(pdf: Path) -> list[str]:
    """The text of each printed page, one space between words."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True, timeout=60).stdout
    return [" ".join(page.split()) for page in text.decode().split("\f")[:-1]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_without_a_word_and_without_a_network(browser, pages, theme):
    browser.open(pages[theme])
    assert browser.said == []
    assert browser.asked_for == [pages[theme].resolve().as_uri()]
    assert browser.run("document.title") == f"{HOSTILE}, beside Plain – Dropout Explorer"
    assert browser.run("document.scripts.length") == 0
    assert browser.run("document.querySelectorAll('img').length") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_of_it_can_be_read(browser, pages, theme):
    browser.open(pages[theme])
    assert browser.run(TOO_PALE) == []
    assert browser.run("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 16
    ground = browser.run("getComputedStyle(document.documentElement).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (theme == "light")


@pytest.mark.parametrize("width", [1920, 1280, 800, 420])
def test_it_fits_any_window(browser, pages, width):
    browser.open(pages["light"], width, 900)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == []
    sizes = browser.run("[...document.querySelectorAll('svg.plot')].map((s) => s.getBoundingClientRect().width)")
    assert len(sizes) == 6
    assert min(sizes) > 0.8 * min(width, 1200) - 40


def test_it_is_printed_on_paper_without_a_dark_ground(printed, tmp_path):
    for theme, pdf in printed.items():
        told = pages_of(pdf)
        assert 6 <= len(told) <= 20
        assert all(len(page) > 40 for page in told), "a page is as good as empty"
        # Versions of pdftotext differ in whether narrow gaps are spaces.
        ends = [f"{number}/{len(told)}" for number in range(1, len(told) + 1)]
        assert all(page.replace(" ", "").endswith(end) for page, end in zip(told, ends, strict=True))
        subprocess.run(["pdftoppm", "-r", "20", "-gray", pdf, tmp_path / theme], check=True, timeout=60)
        for picture in tmp_path.glob(f"{theme}-*.pgm"):
            _, _, pixels = picture.read_bytes().partition(b"\n255\n")
            shades = np.frombuffer(pixels, np.uint8)
            assert np.median(shades) == 255, picture.name
    assert pages_of(printed["dark"]) == pages_of(printed["light"])


def test_no_printed_page_ends_within_a_figure(browser, pages, printed):
    browser.open(pages["light"])
    figures = browser.run(
        "[...document.querySelectorAll('figure')].map((f) => [f.querySelector('figcaption').textContent,"
        " [...f.querySelectorAll('text')].map((t) => t.textContent)])"
    )
    told = pages_of(printed["light"])
    for caption, words in figures:
        (page,) = [page for page in told if caption in page]
        long = [word for word in words if len(word) > 3]
        assert long
        assert [word for word in long if " ".join(word.split()) not in page] == []


def test_the_command_can_be_read_off_the_paper(runs, printed):
    whole = re.sub(r"\s", "", "".join(pages_of(printed["light"])))
    for run in runs:
        assert re.sub(r"\s", "", command_line(run)) in whole
        assert run.reviews.fingerprint in whole

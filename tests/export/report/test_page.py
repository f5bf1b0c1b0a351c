import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from explorer.export.report import report
from explorer.export.request import ExportRequest
from tests.export.report.recorded import SMALL, recorded

HOSTILE = '<script>alert("name")</script> & "quoted" \'name\''
TITLE = '"><img src=http://example.org/x onerror=alert(1)>'
REQUEST = ExportRequest(what="report", formats="html", reviews=8)
EMPTY = {"meta", "link", "br", "hr", "img", "input", "col"}


class Outline(HTMLParser):
    """What a page is made of; refuses elements that are not closed in the order they were opened."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open, f"<{tag}/> closes itself in SVG only"
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += text

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def runs():
    first = recorded(HOSTILE, SMALL, {5: {"rate_2": 0.25}})
    return replace(first, reviews=replace(first.reviews, title=TITLE)), recorded(
        "Plain", SMALL.replace(written_as="none")
    )


@pytest.fixture(scope="module")
def page(runs):
    return report(runs[0], runs[1:], REQUEST)


@pytest.fixture(scope="module")
def outline(page):
    return Outline(page)


def test_names_and_titles_are_text(outline):
    assert not outline.all("script")
    assert not outline.all("img")
    assert HOSTILE in outline.text
    assert TITLE in outline.text


def test_nothing_is_loaded(page, outline):
    for tag, attributes in outline.elements:
        assert not {"src", "srcset", "data", "poster", "action"} & set(attributes), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        href = attributes.get("href")
        assert href is None or href.startswith(("#", "data:")), href
        if tag == "link":
            assert href == "data:,"
    assert b"@import" not in page
    assert not re.search(rb"url\(\s*['\"]?(?!#|data:)", page)
    (policy,) = [a["content"] for a in outline.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")


def test_ids_are_unique_and_every_reference_finds_its_own(page, outline):
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    found = set(re.findall(r"url\(#([^)]+)\)", page.decode()))
    found |= {a["href"][1:] for _, a in outline.elements if (a.get("href") or "").startswith("#")}
    assert len(found) > 20
    assert found <= set(ids)


def test_there_is_every_figure_with_words_for_who_cannot_see_it(outline):
    figures = [attributes["id"] for attributes in outline.all("figure")]
    assert figures == [
        f"figure-{name}" for name in ("equation-both", "loss", "accuracy", "units", "network", "comparison")
    ]
    pictures = outline.all("svg")
    assert len(pictures) == len(figures)
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 30
    assert len(outline.all("figcaption")) == len(figures)


def test_a_run_alone_has_no_comparison(runs):
    outline = Outline(report(runs[1], [], REQUEST))
    assert "figure-comparison" not in [attributes["id"] for attributes in outline.all("figure")]
    assert [attributes["id"] for attributes in outline.all("section")] == [
        "figures",
        "epochs",
        "settings",
        "code",
        "again",
        "sources",
    ]


def test_tables_have_headers_and_captions(outline):
    assert len(outline.all("table")) == len(outline.all("caption")) == 5  # results, two of epochs, settings, facts
    assert {attributes.get("scope") for attributes in outline.all("th")} == {"row", "col", "colgroup", "rowgroup"}
    (html,) = outline.all("html")
    assert html["lang"] == "en"


def test_the_figures_of_every_run_are_told(runs, outline):
    for run in runs:
        for result in run.results:
            for figure in (result.loss, result.train_loss, result.val_loss, result.accuracy, result.val_accuracy):
                assert f"{figure:.4f}" in outline.text
    assert "0.50 → 0.25" in outline.text
    assert runs[0].reviews.fingerprint in outline.text


def test_lines_of_the_dropout_are_marked(runs, page):
    marked = re.findall(rb'<span class="line marked">.*?</code>', page)
    text = [re.sub(rb"<[^>]+>", b"", line).decode() for line in marked]
    assert any("class HandWrittenDropout" in line for line in text)
    assert any("HandWrittenDropout(0.25)" in line for line in text)
    assert all(line.startswith("◆") for line in text)
    assert not any("Dense" in line for line in text)


def test_the_same_runs_give_the_same_bytes(runs, page):
    assert report(runs[0], runs[1:], REQUEST) == page


def test_a_dark_page_has_light_figures_for_the_printer(runs):
    outline = Outline(report(runs[0], [], REQUEST.replace(theme="dark")))
    classes = [
        attributes["class"] for attributes in outline.all("div") if attributes.get("class") in ("shown", "printed")
    ]
    assert classes == ["shown", "printed"] * len(outline.all("figure"))


def test_before_the_first_batch_there_is_nothing_to_report():
    with pytest.raises(ValueError, match=r"nothing to report before the first batch is trained; start the run"):
        report(recorded("Empty", SMALL.replace(epochs=0)), [], REQUEST)


def test_a_run_that_is_in_its_first_epoch_and_holds_nothing_out():
    run = recorded("Begun", SMALL.replace(validation=0, epochs=1))
    outline = Outline(report(run, [], REQUEST))
    assert "none held out" not in outline.text
    assert "validation, dropout off" not in outline.text

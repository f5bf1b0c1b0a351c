"""What the metadata of every exported file say, read by other programs' readers where there are any."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import ExifTags, Image

from explorer import __version__
from explorer.engine.run_record import RunRecord
from explorer.engine.settings import Settings
from explorer.export.figures import FIGURES, render
from explorer.export.film import write_film
from explorer.export.provenance import provenance, source_without_folder
from explorer.export.report import report
from explorer.export.request import ExportRequest
from tests.export.records import record

SMALL = ExportRequest(
    what="all", formats="png,gif", size="custom", width=480, height=320, caption=False, step=17, last=4
)
DC = "{http://purl.org/dc/elements/1.1/}"
PERSON = "vera.mustermann"


@pytest.fixture
def run() -> RunRecord:
    settings = Settings(data=f"/home/{PERSON}/thesis/shop reviews.csv#text=2&label=4", seed=41)
    return record(settings=settings)


def test_a_png_carries_its_provenance_without_a_caption(run: RunRecord) -> None:
    chunks = Image.open(io.BytesIO(render("equation-training", "png", SMALL, run))).text
    assert chunks["Title"] == "Equation, training"
    assert chunks["Software"] == f"Dropout Explorer {__version__}"
    assert "seed 41" in chunks["Description"]
    assert "batch 17 of the run (epoch 2, batch 7)" in chunks["Description"]
    check(json.loads(chunks["Comment"]), run)


def test_a_pdf_carries_it_in_its_information(run: RunRecord) -> None:
    written = render("equation-training", "pdf", SMALL, run)
    info = pdf_info(written)
    assert info["Creator"] == f"Dropout Explorer {__version__}"
    assert info["Title"] == "Equation, training"
    assert "seed 41" in info["Subject"]
    check(json.loads(info["Keywords"]), run)


def test_an_svg_carries_it_as_dublin_core(run: RunRecord) -> None:
    root = ElementTree.fromstring(render("equation-training", "svg", SMALL, run))
    assert root.findtext(f".//{DC}title") == "Equation, training"
    assert "batch 17 of the run" in (root.findtext(f".//{DC}description") or "")
    check(json.loads(root.findtext(f".//{DC}source") or ""), run)


def test_a_report_carries_it_in_meta_elements(run: RunRecord) -> None:
    class Reader(HTMLParser):
        metas: dict[str, str]

        def handle_starttag(self, tag, attrs):
            if tag == "meta" and "name" in dict(attrs):
                self.metas[dict(attrs)["name"]] = dict(attrs)["content"]

    reader = Reader()
    reader.metas = {}
    reader.feed(report(run, (), SMALL).decode())
    assert reader.metas["generator"] == f"Dropout Explorer {__version__}"
    assert "seed 41" in reader.metas["description"]
    told = json.loads(reader.metas["dropout-explorer"])
    assert (told["shows"], told["batch"]["step"], told["runs"][0]["seed"]) == ("report", 17, 41)


@pytest.mark.parametrize("form", ["gif", "webp", "mp4"])
def test_a_film_carries_it(form: str, run: RunRecord, tmp_path: Path) -> None:
    target = tmp_path / f"film.{form}"
    write_film(target, SMALL, run, lambda *_: None)
    told = json.loads(comment_of(target))
    assert told["shows"] == "film"
    assert told["batch"] == {"first_step": 1, "last_step": 4}
    assert told["runs"][0]["settings"]["seed"] == 41
    again = tmp_path / f"again.{form}"
    write_film(again, SMALL, run, lambda *_: None)
    assert again.read_bytes() == target.read_bytes()
    assert PERSON.encode() not in target.read_bytes()


def comment_of(film: Path) -> str:
    if film.suffix == ".gif":
        return Image.open(io.BytesIO(film.read_bytes())).info["comment"].decode("ascii")
    if film.suffix == ".webp":
        exif = Image.open(io.BytesIO(film.read_bytes())).getexif()
        content = exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment]
        assert content.startswith(b"ASCII\0\0\0")
        return content[8:].decode("ascii")
    from imageio_ffmpeg import get_ffmpeg_exe

    told = subprocess.run(
        [get_ffmpeg_exe(), "-v", "error", "-i", film, "-f", "ffmetadata", "-"], capture_output=True, check=True
    )
    line = next(line for line in told.stdout.decode().splitlines() if line.startswith("comment="))
    return re.sub(r"\\(.)", r"\1", line.removeprefix("comment=").replace(r"\\", "\0")).replace("\0", "\\")


@pytest.mark.parametrize("item", FIGURES)
@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_no_file_says_who_made_it_where_or_when(item: str, form: str, run: RunRecord) -> None:
    written = render(item, form, SMALL, run, [record(name="other")])
    for content in (written, *inflated(written)):
        for word in (PERSON.encode(), b"thesis", b"tIME", b"dc:date", b"CreationDate", b"ModDate"):
            assert word not in content


def test_a_comparison_names_all_its_runs(run: RunRecord) -> None:
    others = [
        record(name="plain", settings=Settings(written_as="none")),
        record(name="seed 7", settings=Settings(seed=7)),
    ]
    about = provenance("comparison", SMALL, run, others)
    told = json.loads(about.record)
    assert [each["name"] for each in told["runs"]] == ["Run 1", "plain", "seed 7"]
    assert told["runs"][2]["settings"]["seed"] == 7
    assert told["batch"] is None
    assert "plain: " in about.description
    assert "seed 7: " in about.description


def test_only_the_choices_that_a_picture_depends_on_are_in_it(run: RunRecord) -> None:
    one = render("loss", "png", SMALL, run)
    assert one == render("loss", "png", SMALL.replace(what="loss", formats="png", step=3, hidden=1), run)
    assert one != render("loss", "png", SMALL.replace(smoothing="strong"), run)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_a_name_of_any_characters_is_no_hindrance(form: str, run: RunRecord) -> None:
    odd = dataclasses.replace(run, name="na\udce4me \x00\x1b \N{GRINNING FACE} <&>")
    assert render("loss", form, SMALL, odd)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("auto", "auto"),
        ("imdb", "imdb"),
        ("/home/vera/reviews.csv", "reviews.csv"),
        ("/home/vera/aclImdb/", "aclImdb"),
        (r"C:\Users\vera\reviews.csv#text=a%2Fb", "reviews.csv#text=a%2Fb"),
        ("reviews.csv", "reviews.csv"),
        ("/home/vera/odd#text=1#", "odd#text=1#"),
    ],
)
def test_the_folder_of_the_reviews_is_left_out(source: str, told: str) -> None:
    assert source_without_folder(source) == told


def check(told: dict, run: RunRecord) -> None:
    """The record of a figure of batch 17."""
    assert (told["program"], told["version"]) == ("Dropout Explorer", __version__)
    assert told["shows"] == "equation-training"
    assert told["batch"] == {"step": 17, "epoch": 2, "batch": 7}
    (only,) = told["runs"]
    assert only["seed"] == 41
    assert only["reviews"]["fingerprint"] == run.reviews.fingerprint
    assert (only["batches"], only["epochs"]) == (30, 3)
    assert Settings.from_dict(only["settings"]) == run.started_with.replace(data="shop reviews.csv#text=2&label=4")


def pdf_info(written: bytes) -> dict[str, str]:
    """The information dictionary of a PDF that Matplotlib wrote."""
    number = re.search(rb"/Info (\d+) 0 R", written).group(1)
    body = re.search(rb"\n" + number + rb" 0 obj\n<<(.*?)>>\nendobj", written, re.DOTALL).group(1)
    pairs = re.findall(rb"/(\w+) \(((?:\\.|[^\\)])*)\)", body, re.DOTALL)
    return {name.decode(): unescaped(value) for name, value in pairs}


def unescaped(value: bytes) -> str:
    octal = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match.group(1), 8)]), value)
    names = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
    plain = re.sub(rb"\\(.)", lambda match: names.get(match.group(1), match.group(1)), octal, flags=re.DOTALL)
    return plain.decode("utf-16") if plain.startswith(b"\xfe\xff") else plain.decode("ascii")


def inflated(written: bytes) -> list[bytes]:
    """The streams of a PDF, or of nothing else."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", written, re.DOTALL)
    return [zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"x"]

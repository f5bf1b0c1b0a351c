"""Kinds of file that hold no reviews as they are: named for what they are, with what helps."""

import gzip
import io
import pickle
import random
import struct
from pathlib import Path

import numpy as np
import pytest

from explorer.data import DataError, Encoding, load
from explorer.data.foreign import Foreign
from explorer.data.recognise import Kind, recognise
from explorer.store import is_run_file
from explorer.store.layout import RUN
from tests.data.packing import csv, json_lines, rows, tarred, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
OFFICE = {"[Content_Types].xml": b"<Types/>"}


def array() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.arange(9))
    return stream.getvalue()


FOREIGN: dict[str, tuple[bytes, str, str]] = {
    "run": (zipped({RUN: b"{}", "labels.npy": b""}), "is a run of this program and not reviews", "run --continue "),
    "run packed again": (zipped({"my run/run.json": b"{}", "my run/labels.npy": b""}), "is a run of", "--continue "),
    "parquet": (b"PAR1\0\1" + bytes(99) + b"PAR1", "is a Parquet file", "pandas.read_parquet('file')"),
    "feather": (b"ARROW1\0\0" + bytes(99), "is an Arrow (Feather) file", "pandas.read_feather('file')"),
    "xlsx": (zipped({**OFFICE, "xl/workbook.xml": b"<x/>"}), "is an Excel workbook", "In Excel, save it as CSV UTF-8"),
    "xls": (OLE + "Workbook".encode("utf-16-le"), "is an Excel workbook (.xls)", "In Excel, save it as CSV UTF-8"),
    "ods": (zipped({"mimetype": ODS, "content.xml": b""}), "is an OpenDocument spreadsheet", "In LibreOffice, save it"),
    "docx": (zipped({**OFFICE, "word/document.xml": b""}), "is a Word document", "save it as CSV"),
    "doc": (OLE + "WordDocument".encode("utf-16-le"), "is a Word document", "save it as CSV"),
    "keras model": (zipped({"config.json": b"", "model.weights.h5": b""}), "is a Keras model", "Choose the reviews"),
    "torch": (zipped({"m/data.pkl": b"", "m/version": b"3"}), "is a PyTorch file", "In Python, load it where"),
    **{
        f"pickle {protocol}": (
            pickle.dumps(rows(), protocol),
            "is a Python pickle, which is a program and is never run",
            "",
        )
        for protocol in range(6)
    },
    "pickled dictionary": (pickle.dumps({"text": ["a"]}, 0), "is a Python pickle", "In Python, load it"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document", "can be saved as CSV"),
    "html": (b"\n <!-- made by x -->\n<!DOCTYPE HTML>\n<html>", "is a web page (HTML)", "download the file itself"),
    "html in UTF-16": ("<html><body>".encode("utf-16"), "is a web page (HTML)", "download the file itself"),
    "xml": (b"<?xml version='1.0'?>\n<reviews/>", "is an XML file", "as a table with two columns"),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "is a Git LFS pointer, which only stands for the file",
        "run git lfs pull",
    ),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "is an HDF5 file", "pandas.read_hdf('file')"),
    "sqlite": (b"SQLite format 3\0" + bytes(99), "is an SQLite database", "as CSV"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "is a 7-Zip archive", "Unpack it"),
    "rar": (b"Rar!\x1a\x07\x01\0", "is a RAR archive", "Unpack it"),
    "zstandard": (b"\x28\xb5\x2f\xfd\0", "is packed with Zstandard", "Unpack it"),
    "png": (b"\x89PNG\r\n\x1a\n", "is a picture (PNG)", "Choose the file that holds the texts"),
    "jpeg": (b"\xff\xd8\xff\xe0", "is a picture (JPEG)", "Choose the file that holds the texts"),
    "npy": (array(), "is one NumPy array (.npy)", "Save texts and labels as a table"),
    "tfrecord": (
        struct.pack("<Q", 50) + random.Random(1).randbytes(400),
        "is a TFRecord file",
        "tf.data.TFRecordDataset",
    ),
    "r": (b"X\n\0\0\0\3" + bytes(9), "is an R data file", "write.csv"),
    "zeros": (bytes(5000), "is full of zeros, as after a copy that was cut short", "Copy it again"),
    "noise": (
        random.Random(2).randbytes(5000),
        "is of a kind that is not known here (it begins with",
        "Choose",
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("name", ["file", "file.csv"])
def test_each_kind_is_named_for_what_it_is(tmp_path: Path, kind: str, name: str) -> None:
    content, what, step = FOREIGN[kind]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load(str(path), Encoding())
    sentence = str(caught.value)
    assert sentence.startswith(f"{path} {what}")
    assert step.replace("'file'", repr(name)) in sentence
    assert "ownload it again" not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("kind", [kind for kind in FOREIGN if kind != "run packed again"])
def test_the_same_within_a_packed_file(tmp_path: Path, kind: str) -> None:
    content, what, _ = FOREIGN[kind]
    (tmp_path / "x.gz").write_bytes(gzip.compress(content))
    with pytest.raises(DataError) as caught:
        load(str(tmp_path / "x.gz"), Encoding())
    assert str(caught.value).startswith(f"{tmp_path}/x.gz is packed, and what it holds {what}")


@pytest.mark.parametrize("name", ["file", "file.csv", "file.npz", "file.dropout"])
def test_a_run_is_a_run_for_the_data_and_for_the_window(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN["run"][0])
    assert is_run_file(path)
    with pytest.raises(DataError, match=rf"is a run of .* dropout-explorer run --continue \S*{name}\."):
        load(str(path), Encoding())


def test_half_a_run_is_one_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "half.dropout").write_bytes(FOREIGN["run"][0][:60])
    with pytest.raises(DataError, match=r"is a run of this program and not reviews"):
        load(str(tmp_path / "half.dropout"), Encoding())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (csv(), Kind.TABLE),
        (b"\xef\xbb\xbf" + csv(), Kind.TABLE),
        (csv().decode().encode("utf-16"), Kind.TABLE),
        (csv().decode().encode("utf-16-le"), Kind.TABLE),
        (csv().replace(b"plot", b"pl\xf6t"), Kind.TABLE),
        (b"text\tlabel\nan \x1b[1mold\x1b[0m terminal's \x0c page\t1\n" * 9, Kind.TABLE),
        (b"PK and more,1\nBZ or not,0\n" * 9, Kind.TABLE),
        (b"BZ was a band,1\n" * 9, Kind.TABLE),
        (b"import os\n\nprint(os)\n", Kind.TABLE),
        (json_lines(), Kind.JSON),
        (json_lines("utf-16"), Kind.JSON),
        (b"[]", Kind.JSON),
        (zipped({"a.csv": csv()}), Kind.ZIP),
        (zipped({"a.csv": csv()})[:-30], Kind.ZIP),
        (zipped({"x_train.npy": array()}), Kind.NPZ),
        (zipped({"x_train.npy": array()})[:-30], Kind.NPZ),
        (tarred({"a.csv": csv()}), Kind.TAR),
        (gzip.compress(b""), Kind.GZIP),
        (b"", Kind.TABLE),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_kinds_that_are_read(content: bytes, kind: Kind) -> None:
    assert recognise(content) is kind


def test_any_beginning_of_any_bytes_has_a_kind() -> None:
    generator = random.Random(5)
    samples = [content for content, _, _ in FOREIGN.values()] + [csv(), json_lines(), tarred({"a": csv()})]
    for content in samples:
        for _ in range(20):
            mutated = bytearray(content[: generator.randrange(len(content) + 1)])
            for _ in range(generator.randrange(3) if mutated else 0):
                mutated[generator.randrange(len(mutated))] = generator.randrange(256)
            assert isinstance(recognise(bytes(mutated)), (Kind, Foreign))


def test_reviews_of_one_class_say_so(tmp_path: Path) -> None:
    for name in ("rt-polarity.pos", "rt-polarity.neg", "positive.txt", "train_neg.txt"):
        (tmp_path / name).write_text(
            "".join(f"{text}, {text} .\n" if k % 3 else f"{text}\n" for k, (text, _) in enumerate(rows()))
        )
        with pytest.raises(
            DataError, match=r"seems to hold the reviews of one class only, .*table with a text and a label"
        ):
            load(str(tmp_path / name), Encoding())
    (tmp_path / "positive.csv").write_bytes(csv())
    assert len(load(str(tmp_path / "positive.csv"), Encoding()).train) == 96

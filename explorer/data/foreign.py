"""Kinds of file that hold no reviews as they are: told by their first bytes, with the step that helps."""

from __future__ import annotations

import io
import re
import shlex
import zipfile
from pathlib import PurePath
from typing import Final, NamedTuple

_HEAD_BYTES: Final = 2**16
_END_BYTES: Final = 2**16 + 22
_MAX_LISTED: Final = 250_000
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_MAX_CONTROLS: Final = 0.05
_SHOWN_BYTES: Final = 8

_AS_CSV: Final = "save it as CSV UTF-8, and open that"


class Foreign(NamedTuple):
    """A kind that is known and not read.

    Attributes:
        what: What the file is, with its article.
        step: What to do, as a sentence; `{path}` and `{name}` stand for the file.
    """

    what: str
    step: str

    def advice(self, path: str) -> str:
        """What to do, as a sentence.

        Args:
            path: The file's name, which the sentence may repeat.
        """
        name = PurePath(path).name
        return self.step.replace("{path}", shlex.quote(path)).replace("{name}", repr(name))


RUN: Final = Foreign(
    "a run of this program and not reviews",
    "Open it in the window, or continue it with dropout-explorer run --continue {path}.",
)
_PANDAS: Final = 'In Python, write it as a table: pandas.{read}({name}).to_csv("reviews.csv", index=False).'


def _by_pandas(what: str, read: str) -> Foreign:
    return Foreign(what, _PANDAS.replace("{read}", read))


_PARQUET: Final = _by_pandas("a Parquet file", "read_parquet")
_FEATHER: Final = _by_pandas("an Arrow (Feather) file", "read_feather")
_EXCEL: Final = Foreign("an Excel workbook", f"In Excel, {_AS_CSV}.")
_OLD_EXCEL: Final = Foreign("an Excel workbook (.xls)", f"In Excel, {_AS_CSV}.")
_ODS: Final = Foreign("an OpenDocument spreadsheet", f"In LibreOffice, {_AS_CSV}.")
_WORD: Final = Foreign(
    "a Word document", "Put the reviews into a table with a text and a label column, save it as CSV, and open that."
)
_OLD_OFFICE: Final = Foreign("an Office document", f"Open it in the program that wrote it, {_AS_CSV}.")
_PICKLE: Final = Foreign(
    "a Python pickle, which is a program and is never run here",
    "In Python, load it where you trust it, write text and label as a table, as pandas.DataFrame.to_csv does, and "
    "open that.",
)
_HTML: Final = Foreign(
    "a web page (HTML)",
    "Where a page came instead of a file, download the file itself, as with the page's download or raw button; a table "
    "in a page can be copied into a spreadsheet and saved as CSV.",
)
_LFS: Final = Foreign(
    "a Git LFS pointer, which only stands for the file",
    "In the repository, run git lfs pull, and open it then.",
)
_PICTURE: Final = "Choose the file that holds the texts themselves."
_PACKED: Final = "Unpack it, and open the file or the folder that comes out of it."
_ARRAYS: Final = Foreign(
    "one NumPy array (.npy)",
    "Save texts and labels as a table with two columns, or word ids as an .npz with x_train, y_train, x_test and "
    "y_test.",
)
_MODEL: Final = Foreign("a Keras model and not reviews", "Choose the reviews that are to be trained on.")
_RECORDS: Final = Foreign(
    "a TFRecord file", "In Python, read it with tf.data.TFRecordDataset, and write text and label as a table."
)
_R_DATA: Final = Foreign("an R data file", 'In R, load it, and write.csv(data, "reviews.csv", row.names = FALSE).')

_SIGNATURES: Final[tuple[tuple[bytes, Foreign], ...]] = (
    (b"PAR1", _PARQUET),
    (b"ARROW1\0\0", _FEATHER),
    (b"FEA1", _FEATHER),
    (b"ORC", _by_pandas("an ORC file", "read_orc")),
    (b"Obj\x01", Foreign("an Avro file", "Write text and label as a table with two columns, and open that.")),
    (b"\x89HDF\r\n\x1a\n", _by_pandas("an HDF5 file", "read_hdf")),
    (
        b"SQLite format 3\0",
        Foreign(
            "an SQLite database",
            "Export the table with text and label as CSV, as sqlite3 -header -csv FILE 'SELECT …' does.",
        ),
    ),
    (b"%PDF-", Foreign("a PDF document", "Choose the data that it was made from; a table in it can be saved as CSV.")),
    (b"{\\rtf", Foreign("an RTF document", "Save it as plain text in UTF-8, or its table as CSV, and open that.")),
    (b"version https://git-lfs.github.com/spec/", _LFS),
    (b"\x93NUMPY", _ARRAYS),
    (b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive", _PACKED)),
    (b"Rar!\x1a\x07", Foreign("a RAR archive", _PACKED)),
    (b"\x28\xb5\x2f\xfd", Foreign("packed with Zstandard", _PACKED)),
    (b"\x04\x22\x4d\x18", Foreign("packed with LZ4", _PACKED)),
    (b"\x1f\x9d", Foreign("packed with compress (.Z)", _PACKED)),
    (b"LZIP", Foreign("packed with lzip", _PACKED)),
    (b"MSCF", Foreign("a Windows cabinet archive", _PACKED)),
    (b"xar!", Foreign("a xar archive", _PACKED)),
    (b"\x89PNG\r\n\x1a\n", Foreign("a picture (PNG)", _PICTURE)),
    (b"\xff\xd8\xff", Foreign("a picture (JPEG)", _PICTURE)),
    (b"GIF8", Foreign("a picture (GIF)", _PICTURE)),
    (b"II*\0", Foreign("a picture (TIFF)", _PICTURE)),
    (b"MM\0*", Foreign("a picture (TIFF)", _PICTURE)),
    (b"RIFF", Foreign("a picture, sound or film", _PICTURE)),
    (b"OggS", Foreign("a sound or film", _PICTURE)),
    (b"ID3", Foreign("a sound (MP3)", _PICTURE)),
    (b"RDX2\n", _R_DATA),
    (b"RDX3\n", _R_DATA),
    (b"X\n\0\0\0", _R_DATA),
    (b"MATLAB 5.0", Foreign("a MATLAB file", "In MATLAB, write text and label with writetable as CSV, and open that.")),
    (b"<stata_dta>", _by_pandas("a Stata file", "read_stata")),
    (b"$FL2", _by_pandas("an SPSS file", "read_spss")),
    (b"\x7fELF", Foreign("a program", _PICTURE)),
    (b"bplist00", Foreign("an Apple property list", _PICTURE)),
    (
        b"\0\x05\x16\x07",
        Foreign("what macOS keeps beside a file (AppleDouble)", "Choose the file without ._ before it."),
    ),
    (b"L\0\0\0\x01\x14\x02\0", Foreign("a Windows shortcut", "Choose the file that it leads to.")),
    (b"[InternetShortcut]", Foreign("a web shortcut", "Download the file that it leads to.")),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE: Final = re.compile(rb"(?:\s|<!--.*?-->|<\?xml.*?\?>)*<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.DOTALL)
_XML: Final = re.compile(rb"\s*<\?xml\s")
# Protocols 2 to 5 say so themselves; what 0 and 1 begin with for the usual things: a list, a dictionary, an object.
_PICKLED: Final = re.compile(
    rb"\x80[\x02-\x05][\x80-\xff()\]}cKMJXNUq]|\((?:lp|dp|ip)\d+\n|c[a-zA-Z_][\w.]*\n\w+\n|\]q\0|\}q\0"
)
_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def foreign(data: bytes) -> Foreign | None:
    """What a file is when it is of a kind that is known and not read, or of no text at all; else None.

    Archives that are read through are not looked into here, but those that are a document of their own are: Excel,
    Word and OpenDocument write zips.

    Args:
        data: What the file holds, or its first 64 KB.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    head = data[:_HEAD_BYTES]
    if data.startswith(_OLE):
        if "Workbook".encode("utf-16-le") in data or "Book\0".encode("utf-16-le") in data:
            return _OLD_EXCEL
        return _WORD if "WordDocument".encode("utf-16-le") in data else _OLD_OFFICE
    if b"%PDF-" in head[:1024] and b"\0" in head:
        return next(kind for signature, kind in _SIGNATURES if signature == b"%PDF-")
    if _PICKLED.match(head):
        return _PICKLE
    text = _plain(head)
    if _PAGE.match(text):
        return _HTML
    if _XML.match(text):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
            return Foreign("an Excel workbook (XML)", f"In Excel, {_AS_CSV}.")
        return Foreign("an XML file", "Write text and label as a table with two columns, and open that.")
    if head[4:8] == b"ftyp":
        return Foreign("a film or picture", _PICTURE)
    return _no_text(head)


def _no_text(head: bytes) -> Foreign | None:
    """What is left when it can be no text in any encoding; UTF-16 and UTF-32 hold a NUL in about every character."""
    if not head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls <= _MAX_CONTROLS * len(head):
        return None
    if not head.strip(b"\0"):
        return Foreign("full of zeros, as after a copy that was cut short", "Copy it again from where it came.")
    wide = [sum(map(bool, head[k::2])) < 0.2 * len(head[k::2]) for k in (0, 1)]
    if any(wide) and len(head) > 8 and not all(wide):
        return None
    if head[4:8] == bytes(4) and int.from_bytes(head[:4], "little") < 2**24:
        return _RECORDS
    return Foreign(
        f"of a kind that is not known here (it begins with the bytes {head[:_SHOWN_BYTES].hex(' ')})",
        "Choose a table (CSV, TSV), JSON, an imdb.npz, a folder of reviews, or an archive with one of these.",
    )


def _plain(head: bytes) -> bytes:
    """The beginning of a text as UTF-8, without a byte order mark."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").encode("utf-8", "ignore")
    return head


def foreign_zip(names: frozenset[str], archive: zipfile.ZipFile) -> Foreign | None:
    """What a zip is when it is a document of its own.

    Args:
        names: Of its members.
        archive: The zip itself, of which at most a few bytes are read.
    """
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return _EXCEL
        return _WORD if any(name.startswith("word/") for name in names) else _OLD_OFFICE
    if any(name.endswith("Index/Document.iwa") or name == "Index.zip" for name in names):
        return Foreign(
            "a document of Apple's Numbers, Pages or Keynote", "In Numbers, export it as CSV, and open that."
        )
    if "mimetype" in names:
        kind = _mimetype(archive)
        if "spreadsheet" in kind:
            return _ODS
        if "opendocument" in kind or "epub" in kind:
            return Foreign("a document of text", "Put the reviews into a table, save it as CSV, and open that.")
    if {"config.json", "model.weights.h5"} <= names:
        return _MODEL
    if any(name.endswith("/data.pkl") or name == "data.pkl" for name in names):
        return Foreign("a PyTorch file, which is a Python pickle", _PICKLE.step)
    return None


def _mimetype(archive: zipfile.ZipFile) -> str:
    try:
        with archive.open("mimetype") as member:
            return member.read(100).decode("ascii", "replace")
    except Exception:
        # A damaged member; zipfile raises whatever the bytes lead to.
        return ""


def listing(data: bytes) -> zipfile.ZipFile:
    """A zip's table of contents.

    Raises:
        ValueError: When there is none, or it lists more than any data set.
    """
    if data.count(b"PK\x01\x02") > _MAX_LISTED:
        raise ValueError(f"it lists more than {_MAX_LISTED:,} files")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        # A damaged directory makes zipfile seek, unpack or decode what is not there, each with its own error.
        missing = b"PK\x05\x06" not in data[-_END_BYTES:]
        reason = "its table of contents, which stands at the end, is missing" if missing else str(error)
        raise ValueError(reason or type(error).__name__) from error

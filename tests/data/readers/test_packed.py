"""Archives are read through when they hold exactly one thing that can be read, and never written to the disk."""

import bz2
import gzip
import lzma
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.data import Cancelled, DataError, DataQuestion, Dataset, Encoding, load, unpack
from tests.data.archives import write_imdb
from tests.data.packing import csv, json_lines, rows, tarred, tree, zipped

LITTER = {
    "__MACOSX/._reviews.csv": b"\0\5\x16\x07of a Mac",
    ".DS_Store": b"\0\0\0\1Bud1",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "folder/desktop.ini": b"[.ShellClassInfo]",
    "._reviews.csv": b"\0\5\x16\x07",
    ".gitignore": b"*.pyc\n",
    "_SUCCESS": b"",
}


def texts(dataset: Dataset) -> list[tuple[str, int]]:
    return [(dataset.text(dataset.train, row), int(dataset.train.labels[row])) for row in range(len(dataset.train))]


def put(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        load(put(path, content), Encoding())
    assert not isinstance(caught.value, DataQuestion)
    return str(caught.value).removeprefix(f"{path.parent}/")


PACKED = {
    "zip": zipped({"reviews.csv": csv()}),
    "zip, stored": zipped({"reviews.csv": csv()}, zipfile.ZIP_STORED),
    "zip, bzip2": zipped({"reviews.csv": csv()}, zipfile.ZIP_BZIP2),
    "zip, lzma": zipped({"reviews.csv": csv()}, zipfile.ZIP_LZMA),
    "zip with litter": zipped({"data/reviews.csv": csv(), **LITTER}),
    "zip with a readme": zipped({"reviews.txt": csv("\t"), "readme.txt": b"Made in a lab.\n" * 9, "LICENSE": b"MIT"}),
    "zip with backslashes": zipped({"data\\reviews.csv": csv()}),
    "zip with a name that leads out": zipped({"../../reviews.csv": csv()}),
    "zip with a gzip": zipped({"reviews.csv.gz": gzip.compress(csv())}),
    "zip within a zip": zipped({"reviews.zip": zipped({"reviews.csv": csv()})}),
    "zip with JSON Lines": zipped({"reviews.jsonl": json_lines()}),
    "gzip": gzip.compress(csv()),
    "gzip of two members": gzip.compress(csv()[:500]) + gzip.compress(csv()[500:]),
    "bzip2": bz2.compress(csv()),
    "xz": lzma.compress(csv()),
    "lzma alone": lzma.compress(csv(), format=lzma.FORMAT_ALONE),
    "tar": tarred({"reviews.csv": csv()}),
    "tar of GNU with a long name": tarred({"d" * 140 + "/reviews.csv": csv()}, tarfile.GNU_FORMAT),
    "tar from before POSIX": tarred({"reviews.csv": csv()}, tarfile.USTAR_FORMAT).replace(b"ustar\x0000", bytes(8), 1),
    "tar.gz with litter": gzip.compress(tarred({"./reviews.csv": csv(), **LITTER})),
    "tar.bz2": bz2.compress(tarred({"reviews.csv": csv()})),
    "tar.xz": lzma.compress(tarred({"reviews.csv": csv()})),
    "tar.gz within a zip": zipped({"reviews.tgz": gzip.compress(tarred({"reviews.csv": csv()}))}),
}


@pytest.mark.parametrize("kind", [kind for kind in PACKED if kind != "tar from before POSIX"])
@pytest.mark.parametrize("name", ["reviews", "reviews.csv"])
def test_an_archive_with_one_table_is_that_table_whatever_it_is_called(tmp_path: Path, kind: str, name: str) -> None:
    plain = load(put(tmp_path / "plain.csv", csv()), Encoding())
    packed = load(put(tmp_path / name, PACKED[kind]), Encoding())
    assert texts(packed) == texts(plain)
    assert packed.title == f"{name} (120 reviews)"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "plain.csv", "cache"])


def test_a_tar_without_a_magic_is_told_by_its_checksum(tmp_path: Path) -> None:
    old = bytearray(tarred({"reviews.csv": csv()}, tarfile.USTAR_FORMAT))
    old[257:265] = bytes(8)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old[:512])
    assert len(load(put(tmp_path / "old", bytes(old)), Encoding()).train) == 96


def test_the_published_archive_is_read_as_the_folder_in_it(tmp_path: Path) -> None:
    beside = {
        "aclImdb/README": b"Large Movie Review Dataset",
        "aclImdb/imdb.vocab": b"the\nand\n",
        "aclImdb/imdbEr.txt": b"0.1\n",
        "aclImdb/train/labeledBow.feat": b"9 0:9 1:1\n",
        "aclImdb/train/urls_pos.txt": b"http://www.imdb.com/title\n",
        "aclImdb/train/unsup/0_0.txt": b"nothing was said",
    }
    members = {**beside, **tree("aclImdb/", "test/"), **tree("aclImdb/", "train/")}
    for name, content in members.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    folder = load(str(tmp_path / "aclImdb"), Encoding())
    for name, content in (("a.tar.gz", gzip.compress(tarred(members))), ("a.zip", zipped({**members, **LITTER}))):
        packed = load(put(tmp_path / name, content), Encoding())
        assert texts(packed) == texts(folder)
        assert packed.test.labels.tolist() == folder.test.labels.tolist()
        assert len(packed.test) == 120


@pytest.mark.parametrize("folder", ["", "txt_sentoken/", "a/b/"])
def test_a_folder_of_reviews_in_an_archive(tmp_path: Path, folder: str) -> None:
    content = zipped({**tree(folder), "poldata.README.2.0": b"What this is\n" * 5})
    assert len(load(put(tmp_path / "polarity.zip", content), Encoding()).train) == 96


def test_an_npz_in_an_archive_takes_the_word_index_beside_it(tmp_path: Path) -> None:
    archive = write_imdb(tmp_path / "web")
    index = archive.with_name("imdb_word_index.json").read_bytes()
    content = zipped({"imdb.npz": archive.read_bytes(), "imdb_word_index.json": index})
    packed = load(put(tmp_path / "imdb.zip", content), Encoding())
    assert packed.vocabulary.word(7) == "word7"
    assert texts(packed) == texts(load(str(archive), Encoding()))
    assert len(load(put(tmp_path / "imdb.npz.gz", gzip.compress(archive.read_bytes())), Encoding()).train) == 80


def test_several_candidates_are_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    others = csv().replace(b"plot", b"story")
    path = tmp_path / "two.zip"
    put(path, zipped({"d/train set.csv": csv(), "d/ü#x.csv": others, "readme.md": b"# Data"}))
    with pytest.raises(DataQuestion, match=r"holds 2 files that may be the reviews: d/train set\.csv, d/ü#x\.csv\."):
        load(str(path), Encoding())
    with pytest.raises(DataQuestion) as caught:
        load(str(path), Encoding())
    assert [answer.label for answer in caught.value.answers] == ["d/train set.csv", "d/ü#x.csv"]
    datasets = [load(answer.source, Encoding()) for answer in caught.value.answers]
    assert ["story" in texts(dataset)[0][0] for dataset in datasets] == [False, True]
    with pytest.raises(DataError, match=r"holds no 'none\.csv'\. Leave #member= out"):
        load(f"{path}#member=none.csv", Encoding())


def test_a_folder_beside_a_table_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    put(path, zipped({**tree("reviews/"), "others.csv": csv()}))
    with pytest.raises(DataQuestion) as caught:
        load(str(path), Encoding())
    assert [answer.label for answer in caught.value.answers] == ["reviews", "others.csv"]
    assert [len(load(answer.source, Encoding()).train) for answer in caught.value.answers] == [96, 96]


def test_a_question_about_a_table_within_an_archive_can_be_answered(tmp_path: Path) -> None:
    text = csv().decode().replace("plot", "pl\xf6t")
    path = put(tmp_path / "latin.csv.gz", gzip.compress(text.encode("latin-1")))
    with pytest.raises(DataQuestion, match=r"latin\.csv\.gz: latin\.csv, line 2: byte 17 \(0xf6\) is not UTF-8"):
        load(path, Encoding())
    assert "plöt" in texts(load(f"{path}#encoding=latin-1", Encoding()))[0][0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (zipped({}), "x holds no file with anything in it. Choose"),
        (zipped(LITTER), "x holds no file with anything in it. Choose"),
        (
            zipped({"a.parquet": b"PAR1....", "README.md": b"# Reviews"}),
            "x holds a.parquet, and that is a Parquet file. Unpack it. In Python",
        ),
        (
            zipped({"a.png": b"\x89PNG\r\n\x1a\n", "b.jpg": b"\xff\xd8\xff"}),
            "x holds no table, JSON, npz or folder of reviews: a.png (a picture (PNG)), b.jpg (a picture (JPEG)).",
        ),
        (gzip.compress(b"\x80\x04\x95....."), "x is packed, and what it holds is a Python pickle"),
        (
            zipped({f"{k}.txt": text.encode() for k, (text, _) in enumerate(rows())}),
            "x holds 120 files that may be the reviews: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 115 more. Unpack it",
        ),
        (
            gzip.compress(tarred({"rt.pos": b"good one\n" * 99, "rt.neg": b"bad one\n" * 99, "a.README.1.0": b"Hi"})),
            "x holds rt.pos, rt.neg; each of them seems to hold the reviews of one class only",
        ),
        (zipped({name: text for name, text in tree("d/").items() if "/pos/" in name}), "x: d holds 60 reviews, and at"),
        (gzip.compress(csv())[:-20], "x is a gzip file that is damaged or not whole (Compressed file ended"),
        (bz2.compress(csv())[:-20], "x is a bzip2 file that is damaged or not whole (Compressed file ended"),
        (lzma.compress(csv())[:-40], "x is an xz file that is damaged or not whole (Compressed file ended"),
        (tarred({"a.csv": csv()})[:2000], "x is a tar archive that is damaged or not whole (unexpected end of data)"),
        (zipped({"a.csv": csv()})[:-200], "x is a zip archive that is damaged or not whole (its table of contents, "),
        (
            zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"a.csv": csv()})})})}),
            "x: 1.zip: 2.zip: 3.zip stands in an archive within an archive within an archive. Unpack it",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_through_says_why(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refusal(tmp_path / "x", content).startswith(sentence)


def test_a_header_damaged_within_a_tar_is_not_taken_for_its_end(tmp_path: Path) -> None:
    whole = bytearray(tarred({"a.csv": csv(), "readme.txt": b"Hi"}))
    second = whole.index(b"readme.txt")
    whole[second + 100] ^= 0xFF
    assert "is a tar archive that is damaged" in refusal(tmp_path / "x", bytes(whole))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped({"a.csv": data})])
def test_damage_behind_the_first_64_kb_is_told_as_well(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    random = np.random.RandomState(1)
    texts = (" ".join(map(str, random.randint(0, 10**9, 8))) for _ in range(40_000))
    packed = bytearray(pack("".join(f"{text}\t{k % 2}\n" for k, text in enumerate(texts)).encode()))
    packed[len(packed) * 3 // 4] ^= 0xFF
    assert "that is damaged or not whole (" in refusal(tmp_path / "x", bytes(packed))


def test_a_locked_zip_says_so(tmp_path: Path) -> None:
    locked = bytearray(zipped({"a.csv": csv()}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(tmp_path / "x", bytes(locked)).startswith("x is locked with a password. Unpack it yourself")


def test_a_way_of_packing_that_is_not_known_says_so(tmp_path: Path) -> None:
    other = bytearray(zipped({"a.csv": csv()}))
    other[8:10] = struct.pack("<H", 9)
    start = other.index(b"PK\x01\x02")
    other[start + 10 : start + 12] = struct.pack("<H", 9)
    assert refusal(tmp_path / "x", bytes(other)).startswith("x is packed in a way that is not read here (That")


def test_bombs_are_refused_while_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_KEPT_BYTES", 2**20)
    monkeypatch.setattr(unpack, "_MAX_UNPACKED_BYTES", 2**21)
    table = b"text,label\n" + b"a good one,1\n" * (3 * 2**20 // 13)
    for content in (zipped({"a.csv": table}), gzip.compress(table), zipped({"a.gz": gzip.compress(table)})):
        assert "holds more than 1 MB when it is unpacked. Choose a smaller file" in refusal(tmp_path / "x", content)
    # What is passed over counts as well: a tar is read from its beginning to its end.
    passed = gzip.compress(tarred({".hidden": bytes(3 * 2**20), "a.csv": csv()}))
    assert "holds more than 2 MB when it is unpacked" in refusal(tmp_path / "x", passed)


def test_a_claimed_size_is_not_believed(tmp_path: Path) -> None:
    lying = bytearray(zipped({"a.csv": csv()}))
    start = lying.index(b"PK\x01\x02")
    lying[start + 24 : start + 28] = struct.pack("<I", 100)
    assert "is a zip archive that is damaged" in refusal(tmp_path / "x", bytes(lying))
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 700 * 2**20
    assert "(a header of 734,003,200 bytes)" in refusal(tmp_path / "x", info.tobuf(tarfile.GNU_FORMAT) + csv())


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    link, device = tarfile.TarInfo("passwd.csv"), tarfile.TarInfo("zero.csv")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
    content = link.tobuf() + device.tobuf() + tarred({"a.csv": csv()})
    assert len(load(put(tmp_path / "x", content), Encoding()).train) == 96


def test_unpacking_can_be_cancelled(tmp_path: Path) -> None:
    path = put(tmp_path / "x.gz", gzip.compress(csv()))

    def stop(message: str, fraction: float | None = None) -> None:
        if message == "Unpacking":
            raise Cancelled

    with pytest.raises(Cancelled):
        load(path, Encoding(), stop)
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    assert len(load(path, Encoding()).train) == 96

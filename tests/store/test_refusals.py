"""Damaged and hostile files: refused with one sentence, or opened; never anything else."""

import io
import json
import os
import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from explorer import store
from explorer.store import opening
from tests.store.made import rewritten, saved_file, with_array, with_document


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    return saved_file(tmp_path_factory.mktemp("whole"))


def refused(path: Path) -> str:
    """The sentence, which is one and says file, reason and what to do."""
    with pytest.raises(store.RunFileError) as caught:
        store.open_run(path)
    sentence = str(caught.value)
    assert re.match(rf"^{re.escape(str(path))} cannot be opened: .+; .+$", sentence), sentence
    assert "\n" not in sentence
    return sentence


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def document(change):
    return lambda members: with_document(members, change)


def array(name, change):
    return lambda members: with_array(members, name, change)


def put(name, value):
    return document(lambda told: told.__setitem__(name, value))


def setting(name, value):
    return document(lambda told: told["settings"].__setitem__(name, value))


def figure(name, value):
    return document(lambda told: told["epochs"][0]["result"].__setitem__(name, value))


def at(index, value):
    def change(numbers):
        numbers[index] = value

    return change


def cell(column, row, value):
    def change(table):
        table[column][row] = value

    return array("epochs/0001/table.npy", change)


def stream(state):
    return document(lambda told: told["checkpoint"]["streams"].__setitem__(0, state))


def bytes_of(name, old, new):
    def change(members):
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return change


HOSTILE = {
    "no run.json": (lambda m: m.pop("run.json"), "run.json is missing"),
    "not JSON": (lambda m: m.__setitem__("run.json", b"{"), "run.json is not JSON"),
    "deep JSON": (lambda m: m.__setitem__("run.json", b"[" * 100_000), "run.json is not JSON"),
    "NaN in JSON": (bytes_of("run.json", b'"version"', b'"x": NaN, "version"'), "run.json is not JSON"),
    "another program's": (put("kind", "something"), "does not say that this is a run"),
    "no version": (put("version", "two"), "a version that is no number"),
    "version in a list": (put("version", [2]), "a version that is no number"),
    "version is an object": (put("version", {"a": 1}), "a version that is no number"),
    "version is true": (put("version", True), "a version that is no number"),
    "version 0": (put("version", 0), "a version that never was"),
    "a later version": (put("version", 99), "version 99, made by a newer Dropout Explorer than this; update this one"),
    "an unknown setting": (setting("colour", 1), "unknown setting 'colour'"),
    "rate out of range": (setting("rate_1", 1.0), r"rate_1 must be in \[0, 1\)"),
    "rate is text": (setting("rate_1", "0.5"), "rate_1 must be a number"),
    "huge layers": (setting("units", 10**9), "units must be"),
    "other layers": (setting("units", 4), r"masks_1.npy holds uint8 of shape \(3, 8\) where uint8 of shape \(3, 10\)"),
    "huge vocabulary": (setting("num_words", 65535), "kernel_1.npy"),
    "other batches": (setting("batch_size", 48), "keeps activations|batches in epoch"),
    "many reviews": (document(lambda t: t["reviews"].__setitem__("train", 10**12)), "has a train that is no whole"),
    "more reviews": (document(lambda t: t["reviews"].__setitem__("train", 9_000_000)), "batches in epoch 1"),
    "no reviews": (document(lambda t: t["reviews"].__setitem__("train", 0)), "has a train"),
    "all held out": (setting("validation", 24000), "keeps activations of 20 reviews of batches of 2"),
    "no epochs": (put("epochs", []), "has no epoch"),
    "epochs are a word": (put("epochs", "three"), "epochs of the wrong kind"),
    "too many epochs": (document(lambda t: t["epochs"].extend([t["epochs"][0]] * 10_001)), "more than 10,000 epochs"),
    "an epoch too many": (document(lambda t: t["epochs"].insert(0, t["epochs"][0])), "in the place of epoch 2"),
    "an epoch short": (document(lambda t: t["epochs"][0].__setitem__("batches", 2)), "has 2 batches in epoch 1"),
    "no figures": (document(lambda t: t["epochs"][0].__setitem__("result", None)), "no figures of epoch 1|batches"),
    "a figure is text": (figure("loss", "low"), "no number for loss of epoch 1"),
    "a huge figure": (figure("loss", 10**400), "no number for loss of epoch 1"),
    "a figure is NaN": (figure("train_loss", "nan"), "epoch 1 has a loss that is no finite number"),
    "a validation is NaN": (figure("val_loss", "nan"), "epoch 1 has a loss that is no finite number"),
    "a loss below zero": (figure("val_loss", -1.0), "epoch 1 has a loss below zero"),
    "no share": (figure("accuracy", 1.5), "accuracy 1.5 in epoch 1"),
    "impossible time": (figure("seconds", -1.0), "impossible time"),
    "other step": (figure("step", 2), "ends epoch 1 at batch 2"),
    "no validation": (figure("val_loss", None), "validation figures"),
    "stride": (document(lambda t: t["epochs"][1].__setitem__("stride", 2)), "steps.npy holds"),
    "checkpoint elsewhere": (document(lambda t: t["checkpoint"].__setitem__("epoch", 3)), "checkpoint of epoch 3"),
    "streams missing": (document(lambda t: t["checkpoint"].__setitem__("streams", [])), "where the masks come from"),
    "a stream is short": (stream(["1"]), "hidden layer 1"),
    "a stream is code": (stream(["1", "__import__"]), "hidden layer 1"),
    "a stream is long": (stream(["1", "9" * 39]), "out of range"),
    "change of units": (put("changes", [{"step": 2, "values": {"units": 9}}]), "what cannot change during a run"),
    "change to nonsense": (put("changes", [{"step": 2, "values": {"rate_1": 7}}]), "a change that cannot be: rate_1"),
    "change out of order": (put("changes", [{"step": 99, "values": {"rate_1": 0.1}}]), "before batch 99, out of order"),
    "change unseen": (put("changes", [{"step": 2, "values": {"rate_1": 0.1}}]), "a rate after hidden layer 1"),
    "climbs out": (lambda m: m.__setitem__("../../escaped", b"x"), r"its member '../../escaped' does not belong"),
    "absolute": (lambda m: m.__setitem__("/tmp/escaped", b"x"), "does not belong"),
    "one more": (lambda m: m.__setitem__("epochs/0001/virus.exe", b"x"), "does not belong"),
    "one less": (lambda m: m.pop("epochs/0002/masks_2.npy"), "its member epochs/0002/masks_2.npy is missing"),
    "weights missing": (lambda m: m.pop("epochs/0002/bias_1.npy"), "bias_1.npy is missing"),
    "labels": (array("labels.npy", at(3, 2)), "neither 0 nor 1"),
    "float labels": (array("labels.npy", lambda a: a.astype(np.float64)), "labels.npy holds float64"),
    "objects": (lambda m: m.__setitem__("labels.npy", npy(np.array([{}], dtype=object))), "labels.npy holds object"),
    "not NPY": (lambda m: m.__setitem__("labels.npy", b"hello"), "labels.npy"),
    "header cut": (lambda m: m.__setitem__("labels.npy", m["labels.npy"][:20]), "labels.npy"),
    "numbers cut": (lambda m: m.__setitem__("labels.npy", m["labels.npy"][:-1]), "labels.npy holds 59 bytes"),
    "numbers added": (lambda m: m.__setitem__("labels.npy", m["labels.npy"] + b"x"), "labels.npy holds 61 bytes"),
    "huge shape": (bytes_of("labels.npy", b"(60,), }           ", b"(9999999999999,), }"), "labels.npy holds uint8 of"),
    "header is code": (bytes_of("labels.npy", b"'|u1'", b"f(1) "), "its member labels.npy"),
    "order twice": (array("epochs/0001/order.npy", lambda a: at(0, a[1])(a)), "order of epoch 1 does not take"),
    "order held out": (array("epochs/0001/order.npy", at(0, 0)), "order of epoch 1 does not take"),
    "order outside": (array("epochs/0001/order.npy", at(0, 60)), "order of epoch 1 does not take"),
    "masks too narrow": (array("epochs/0001/masks_1.npy", lambda a: a[:, :-1]), "masks_1.npy holds uint8 of shape"),
    "masks are bool": (array("epochs/0001/masks_1.npy", lambda a: a.astype(bool)), "masks_1.npy holds bool"),
    "epoch in the table": (cell("epoch", 0, 2), "batches out of order"),
    "rate in the table": (cell("rate_1", 0, np.nan), "a rate after hidden layer 1"),
    "factor in the table": (cell("factor_2", 0, np.nan), "a factor after hidden layer 2"),
    "accuracy in the table": (cell("accuracy", 0, np.nan), "an accuracy that is no share"),
    "loss in the table": (cell("loss", 1, np.nan), "epoch 1 has a loss that is no finite"),
    "steps": (array("epochs/0001/steps.npy", at(0, 2)), "steps of epoch 1"),
    "NaN activation": (array("epochs/0001/activation_1.npy", at((0, 0, 0), np.nan)), "not finite"),
    "infinite weight": (array("epochs/0002/kernel_1.npy", at((0, 0), np.inf)), "epochs/0002/kernel_1.npy has numbers"),
    "NaN velocity": (array("checkpoint/velocity_bias_1.npy", at(0, np.nan)), "velocity_bias_1.npy has numbers"),
    "negative velocity": (array("checkpoint/velocity_bias_1.npy", at(0, -1)), "a negative mean of squares"),
    "Fortran order": (array("epochs/0002/kernel_2.npy", np.asfortranarray), "kernel_2.npy is in Fortran order"),
    "big-endian": (array("epochs/0002/bias_1.npy", lambda a: a.astype(">f4")), "bias_1.npy holds >f4"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name, whole, tmp_path):
    change, reason = HOSTILE[name]
    path = rewritten(whole, tmp_path / "run.dropout", change)
    assert re.search(reason, refused(path))
    assert [each.name for each in tmp_path.iterdir()] == ["run.dropout"]


def test_the_untouched_copy_is_opened(whole, tmp_path):
    assert len(store.open_run(rewritten(whole, tmp_path / "run.dropout", lambda m: None)).record.history) == 7
    without_readme = rewritten(whole, tmp_path / "other.dropout", lambda m: m.pop("README.txt"))
    assert len(store.open_run(without_readme).record.history) == 7


def test_what_is_no_zip_is_refused(tmp_path):
    path = tmp_path / "run.dropout"
    assert "No such file" in refused(path)
    for content in (b"", b"hello", b"PK\x03\x04", b"\x80\x04\x95" * 100):
        path.write_bytes(content)
        assert "it is not a whole run file" in refused(path)
    assert "it is not an ordinary file" in refused(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.dropout")
        assert "it is not an ordinary file" in refused(tmp_path / "pipe.dropout")


def test_a_run_that_no_memory_holds_is_refused_unread(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_HELD_BYTES", 1000)
    assert "GB of memory" in refused(rewritten(whole, tmp_path / "run.dropout", lambda m: None))


def test_a_zip_bomb_is_refused_unread(whole, tmp_path):
    def bomb(members):
        members["epochs/0001/masks_1.npy"] = bytes(50_000_000)

    assert "50,0" in refused(rewritten(whole, tmp_path / "run.dropout", bomb))


def test_a_member_that_lies_about_its_size_is_refused(whole, tmp_path):
    """The directory says what is expected; what is unpacked is more."""
    path = rewritten(whole, tmp_path / "run.dropout", lambda m: m.__setitem__("labels.npy", bytes(2_000_000)))
    data = bytearray(path.read_bytes())
    for found in re.finditer(re.escape(struct.pack("<I", 2_000_000)), bytes(data)):
        data[found.start() : found.end()] = struct.pack("<I", 188)
    path.write_bytes(data)
    assert "labels.npy" in refused(path)


def test_members_that_share_their_bytes_are_refused(whole, tmp_path):
    """Overlapping members unpack to a hundred times what the file holds."""
    path = tmp_path / "run.dropout"
    path.write_bytes(whole.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        first = max(archive.infolist(), key=lambda info: info.compress_size)
        for k in range(200):
            copy = zipfile.ZipInfo(f"copy-{k}")
            copy.header_offset, copy.CRC = first.header_offset, first.CRC
            copy.compress_size, copy.file_size, copy.compress_type = first.compress_size, first.file_size, 8
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
        archive._didModify = True
    assert re.search("claim to unpack|does not belong", refused(path))


def test_a_member_listed_twice_is_refused(whole, tmp_path):
    path = tmp_path / "run.dropout"
    path.write_bytes(whole.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("labels.npy", npy(np.zeros(60, np.uint8)))
    assert "lists a member twice" in refused(path)


def test_encrypted_members_and_odd_packing_are_refused(whole, tmp_path):
    path = tmp_path / "run.dropout"
    data = bytearray(whole.read_bytes())
    at_entry = data.index(b"PK\x01\x02")
    data[at_entry + 8] |= 1
    path.write_bytes(data)
    assert "packed in a way" in refused(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("run.json", b"{}")
    assert "packed in a way" in refused(path)


def test_a_file_cut_anywhere_is_refused(whole, tmp_path):
    path, data = tmp_path / "run.dropout", whole.read_bytes()
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        refused(path)


def test_a_flipped_byte_is_refused_or_harmless(whole, tmp_path):
    path, data = tmp_path / "run.dropout", whole.read_bytes()
    random = np.random.default_rng(5)
    opened = 0
    for position in random.integers(0, len(data), 400):
        flipped = bytearray(data)
        flipped[position] ^= 1 << int(random.integers(8))
        path.write_bytes(flipped)
        try:
            saved = store.open_run(path)
        except store.RunFileError:
            continue
        opened += 1
        saved.weights(2)
        assert len(saved.record.history) == 7
    assert opened < 200


def test_flipped_numbers_with_right_checksums_are_refused_or_harmless(whole, tmp_path):
    """As before, with every member's checksum made to fit: what is looked at is what it says."""
    random = np.random.default_rng(6)
    with zipfile.ZipFile(whole) as archive:
        names = [name for name in archive.namelist() if name != "README.txt"]
    for k in range(200):

        def flip(members, k=k):
            name = names[k % len(names)]
            data = bytearray(members[name])
            data[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))
            members[name] = bytes(data)

        path = rewritten(whole, tmp_path / "run.dropout", flip)
        try:
            saved = store.open_run(path)
        except store.RunFileError:
            continue
        for step in range(1, 8):
            saved.record.snapshot(step)


def test_names_are_one_line_without_control_characters(whole, tmp_path):
    path = rewritten(whole, tmp_path / "run.dropout", put("name", "a\n\x1b[31m<b>run</b>\ud800" + "x" * 5000))
    name = store.open_run(path).record.name
    assert name.startswith(r"a\n\x1b[31m<b>run</b>\ud800x")
    assert len(name) == 1200


def test_weights_of_a_file_that_was_replaced_are_not_taken(tmp_path):
    path = saved_file(tmp_path, 4)
    other = saved_file(tmp_path_of(tmp_path), 4, seed=8)
    saved = store.open_run(path)
    object.__setattr__(saved, "checkpoint", None)  # whose weights are held
    assert saved.weights(1) is not None
    path.write_bytes(other.read_bytes())
    with pytest.raises(store.RunFileError, match="has changed since it was opened; open it again"):
        saved.weights(1)
    path.unlink()
    with pytest.raises(store.RunFileError, match="No such file"):
        saved.weights(1)


def tmp_path_of(folder: Path) -> Path:
    inner = folder / "other"
    inner.mkdir()
    return inner


def test_the_document_is_strict_json(whole):
    with zipfile.ZipFile(whole) as archive:
        json.loads(archive.read("run.json"), parse_constant=lambda c: pytest.fail(c))

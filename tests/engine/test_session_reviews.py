"""What becomes of the reviews that are loaded when others are refused, cancelled, unclear or asked for again."""

import threading

from explorer.data import with_columns
from explorer.data.progress import DataError
from explorer.engine.questions import NewBatch
from explorer.engine.session import Session
from explorer.engine.snapshot import AnswerNeeded, DataReady, Failed, Finished, Stopped
from tests.engine.test_session import DATA, SMALL, Watched, with_loader


def test_refused_reviews_leave_those_loaded_before_which_are_not_read_again():
    read = []

    def loader(source, encoding, report):
        read.append(source)
        if source == "bad.csv":
            raise DataError("bad.csv, row 3 cannot be read. Correct it.")
        return DATA

    watched = with_loader(loader)
    watched.session.load(SMALL)
    watched.wait(DataReady)
    watched.session.load(SMALL.replace(data="bad.csv"))
    failed = watched.wait(Failed)
    assert failed.refused
    assert failed.message == "bad.csv, row 3 cannot be read. Correct it."
    watched.session.start(SMALL)
    watched.wait(Finished)
    assert read == ["auto", "bad.csv"]
    assert watched.session.close(30)


def test_a_cancelled_load_leaves_the_reviews_loaded_before():
    read = []
    reached, go_on = threading.Event(), threading.Event()

    def loader(source, encoding, report):
        read.append(source)
        if source == "large.csv":
            reached.set()
            assert go_on.wait(30)
            report("Reading", 0.5)
        return DATA

    watched = with_loader(loader)
    watched.session.load(SMALL)
    watched.wait(DataReady)
    watched.session.load(SMALL.replace(data="large.csv"))
    assert reached.wait(30)
    watched.session.stop()
    go_on.set()
    watched.wait(Stopped)
    watched.session.start(SMALL)
    watched.wait(Finished)
    assert read == ["auto", "large.csv"]
    assert watched.session.close(30)


def test_a_run_that_fails_does_not_blame_the_reviews():
    watched = with_loader(lambda source, encoding, report: DATA)
    watched.session.start(SMALL.replace(learning_rate=10.0, optimizer="sgd", l2=1.0, epochs=1000))
    assert not watched.wait(Failed).refused
    assert watched.session.close(30)


def test_a_file_is_read_as_it_is_when_somebody_asks_to_load_it_again():
    read = []

    def loader(source, encoding, report):
        read.append(source)
        return DATA

    watched = with_loader(loader)
    for count in (1, 2):
        watched.session.load(SMALL.replace(data="reviews.csv"))
        watched.wait(DataReady, count)
    assert read == ["reviews.csv", "reviews.csv"]
    assert watched.session.close(30)


def test_a_download_that_fails_leaves_the_reviews_loaded_before():
    read = []

    def loader(source, encoding, report):
        read.append(source)
        return DATA

    def fetcher(report):
        raise DataError("There is no network. Try again later.")

    watched = Watched(Session(loader=loader, fetcher=fetcher))
    watched.session.load(SMALL)
    watched.wait(DataReady)
    watched.session.download(SMALL)
    assert watched.wait(Failed).refused
    watched.session.start(SMALL)
    watched.wait(Finished)
    assert read == ["auto"]
    assert watched.session.close(30)


def test_columns_that_are_not_clear_are_asked_for_and_the_answer_is_read(tmp_path):
    """With the true loader."""
    path = tmp_path / "reviews.csv"
    names = ("neg", "pos")
    lines = [f"{k},a {('dull', 'warm')[k % 2]} film number {k},{names[k % 2]},{names[k % 3 > 0]}" for k in range(400)]
    path.write_text("\n".join(["id,the review,verdict,other verdict", *lines]), encoding="utf-8")
    watched = Watched(Session())
    generation = watched.session.start(SMALL.replace(data=str(path)))
    asked = watched.wait(AnswerNeeded)
    assert asked.generation == generation
    needed = asked.question
    columns = ("id", "the review", "verdict", "other verdict")
    assert (needed.path, needed.columns, needed.has_header) == (str(path), columns, True)
    assert needed.rows[1] == ("1", "a warm film number 1", "pos", "pos")
    assert watched.session.ask(NewBatch()) is None, "there is no run"
    watched.session.start(SMALL.replace(data=with_columns(needed.path, "the review", "verdict")))
    watched.wait(Finished)
    dataset = watched.wait(DataReady).dataset
    assert dataset.title == "reviews.csv (400 reviews)"
    assert "film number" in dataset.text(dataset.train, 0)
    assert watched.session.close(30)

"""How an error reads, and what a run ends with."""

from __future__ import annotations

import pickle

import pytest

from scraper.errors import (
    BugError,
    ExportError,
    FetchError,
    NoItems,
    ParseError,
    PolicyError,
    ScrapeError,
    SelectorError,
    StatusError,
    run_exit_code,
)

BUG = BugError("a", "unexpected")
EMPTY = NoItems("a", "no entries", category="empty")
FETCH = StatusError("a", "the server answered 404")
PARSE = ParseError("a", "not HTML")
POLICY = PolicyError("a", "forbidden")
USAGE = SelectorError("a", "no selector")
EXPORT = ExportError("a", "not kept")


def caused_by(cause: Exception, error: ScrapeError) -> ScrapeError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (ValueError("one\ntwo"), "a.html: cannot be read: one; try again"),
        (ValueError(), "a.html: cannot be read; try again"),
    ],
)
def test_an_error_is_one_line_with_its_cause(cause, said):
    error = FetchError("a.html", "cannot be read", advice="try again")
    assert str(caused_by(cause, error)) == said


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (OSError("odd"), "a.json: cannot be written: odd"),
        (OSError(28, "No space left", ".tmp"), "a.json: cannot be written: No space left"),
    ],
)
def test_what_stopped_an_export_names_no_temporary_file(cause, said):
    assert str(caused_by(cause, ExportError("a.json", "cannot be written"))) == said


@pytest.mark.parametrize("error", [BUG, EMPTY, FETCH, EXPORT])
def test_errors_can_be_sent_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([None, None], 0),
        ([BUG], 1),
        ([USAGE, USAGE], 2),
        ([FETCH], 4),
        ([FETCH, PARSE], 4),
        ([EMPTY, EMPTY], 5),
        ([EXPORT], 6),
        ([POLICY, POLICY], 7),
        # Some worked.
        ([None, FETCH], 3),
        ([EMPTY, None], 3),
        ([POLICY, None, FETCH], 3),
        ([None, BUG], 3),
        # None did, each for its own reason.
        ([EMPTY, FETCH], 4),
        ([POLICY, EMPTY], 4),
        ([POLICY, FETCH], 4),
        ([EXPORT, FETCH], 4),
        ([BUG, FETCH], 1),
    ],
)
def test_a_run_ends_with_the_code_of_what_happened(errors, code):
    assert run_exit_code(errors) == code

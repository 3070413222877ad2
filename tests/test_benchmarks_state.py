"""The rigs for states measure what they say."""

from __future__ import annotations

from pathlib import Path

import drift as drift_rig
import kills
import pytest
import state as state_rig

from scraper import pipeline


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "ParserPool", kills.Here)


@pytest.mark.parametrize("out", kills.OUTPUTS)
def test_an_output_is_read_as_it_was_written(out):
    rig = kills.Rig(out, "s.db", seed=1)
    rig._publish(0)
    rig._finish()
    assert sorted(kills.read_titles(Path(out))) == sorted(rig.tally.published)
    Path(out).write_bytes(Path(out).read_bytes()[:-40] + b"\xff")
    rig._look(taken=False)
    assert rig.tally.torn == 1


def test_kills_are_counted_with_what_came_of_them():
    tally = kills.Rig("new.json", "s.db", seed=1).run(2)
    assert (tally.kills, tally.moments.total()) == (2, 2)
    assert (tally.torn, tally.lost, tally.repeated) == (0, 0, 0)
    tally.taken = [*tally.taken[1:], tally.taken[-1]]
    assert (tally.lost, tally.repeated) == (1, 1)


def test_a_filled_state_is_opened_and_asked(monkeypatch):
    monkeypatch.setattr(state_rig, "_SOURCES", 8)
    state_rig.fill("s.db", 400)
    seconds, megabytes, found = state_rig.open_afresh("s.db")
    assert 0 < seconds < 20
    assert megabytes > 1
    assert found == 2  # by its address and by its title


def test_broken_listings_are_told_from_those_that_vary(monkeypatch):
    monkeypatch.setattr(drift_rig, "_SITES", 50)
    assert drift_rig.passed(1, lambda chance, count: drift_rig.shape(chance, count, 0), runs=3) == 0
    assert drift_rig.passed(1, lambda chance, count: drift_rig.shape(chance, count, 1), runs=3) == 1

"""Which lists a page is there for: small pages with several, and which of them are kept."""

from __future__ import annotations

import pytest

from scraper.parsers.blocks import Block
from scraper.parsers.judging import (
    FURTHER,
    LIST,
    Candidate,
    Whole,
    further_evidence,
)
from scraper.parsers.parts import Parts, split_parts
from scraper.parsers.ranking import (
    Refusal,
    choose_lists,
    lone_candidates,
    rank_lists,
)
from scraper.parsers.tree import Outline, flatten

STORIES = [
    "Council approves the new tram line",
    "Library opens on Sundays from April",
    "Bridge closed for repairs until June",
    "Swimming pool raises its entrance fees",
    "Night buses run again at weekends",
    "Mayor plants the last of a thousand oaks",
]
NOTICES = [
    "Tender for works on the harbour wall",
    "Public hearing on the land use plan",
    "Vacancy for a keeper of the museum",
    "Road works in the upper town",
    "Appointment of the election board",
]
MENU = "".join(
    f"<li><a href=/{name.lower()}>{name}</a>"
    for name in ("Home", "About us", "Town hall", "Services", "Visitors", "Business", "Contact")
)
PROSE = "The works are to begin in spring and will take a year, number {} of the council said."


def listed(piece: str, titles: list[str], start: int = 0) -> str:
    return "".join(
        piece.format(n=start + n, title=title, day=f"{n + 1} March 2024", prose=PROSE.format(n))
        for n, title in enumerate(titles)
    )


LINE = "<li><a href=/story/{n}>{title}</a> {day}"
BARE = "<li><a href=/story/{n}>{title}</a>"
CARD = "<div class=card><h3><a href=/story/{n}>{title}</a></h3><p>{day}<p>{prose}</div>"


def read(html: str) -> tuple[Outline, Parts, list[Candidate]]:
    page = flatten(html)
    parts = split_parts(page)
    return page, parts, rank_lists(page, parts)


def titles(candidate: Candidate) -> list[str]:
    return [row.title_text for row in candidate.reading.rows if row.title is not None]


def chosen(html: str, refused: list[Refusal] | None = None) -> list[list[str]]:
    """Return the headlines of the lists that are kept."""
    page, parts, candidates = read(html)
    return [titles(one) for one in choose_lists(page, parts, candidates, refused)]


def refused(html: str) -> list[tuple[str, str]]:
    """Return the first headline of each list that is not kept, and why it is not."""
    found: list[Refusal] = []
    chosen(html, found)
    return [(titles(one.candidate)[0], one.reason) for one in found]


# What is the list of the page


@pytest.mark.parametrize(
    "page",
    [
        f"<nav><ul>{MENU}</ul></nav><h1>News</h1><ul>{{}}</ul><footer><ul>{MENU}</ul></footer>",
        f"<div class=menu>{MENU.replace('<li>', '')}</div><table><tr><td>{{}}</table>",
        # the only list of the page, wherever it stands
        "<nav><h1>News</h1><ul>{}</ul></nav>",
        "<aside><ul>{}</ul></aside>",
        "<div class=sidebar><ul>{}</ul></div>",
        "<form><ul>{}</ul></form>",
        # a page without a heading, or with all kinds of it
        "<ul>{}</ul>",
        "<h1>News</h1><h2>March</h2><ul>{}</ul><h2>About this page of the town</h2>",
    ],
)
@pytest.mark.parametrize("piece", [LINE, CARD], ids=["lines", "cards"])
def test_the_list_is_found_whatever_is_around_it(page, piece):
    assert chosen(page.format(listed(piece, STORIES))) == [STORIES]


@pytest.mark.parametrize(
    "page",
    [
        f"<ul>{MENU}</ul><h1>News</h1><ul>{{}}</ul>",
        f"<div id=left><ul>{MENU}</ul></div><div id=middle><h1>News</h1><ul>{{}}</ul></div>",
        f"<table><tr><td><ul>{MENU}</ul><td><h1>News</h1><ul>{{}}</ul></table>",
    ],
)
def test_a_menu_of_the_same_markup_is_no_part_of_the_list(page):
    assert chosen(page.format(listed(LINE, STORIES))) == [STORIES]


@pytest.mark.parametrize("count", [2, 3, 6])
def test_the_number_of_entries_decides_nothing(count):
    html = f"<ul>{MENU}</ul><h1>News</h1><div>{listed(CARD, STORIES[:count])}</div>"
    assert chosen(html) == [STORIES[:count]]


def test_a_dated_list_in_a_menu_beats_bare_links_in_the_main_column():
    html = f"<nav><ul>{listed(CARD, STORIES)}</ul></nav><main><ul>{MENU}</ul></main>"
    assert chosen(html) == [STORIES]


@pytest.mark.parametrize(
    "side",
    [
        f"<aside><h2>Most read</h2><ol>{listed(BARE, STORIES[:3], 40)}</ol></aside>",
        f"<div class=sidebar><h4>Service</h4><ul>{MENU}</ul></div>",
        "<div class=related><a href=/e>Events</a><a href=/f>Forms</a></div>",
    ],
)
def test_a_box_at_the_side_is_not_the_list(side):
    html = f"<main><h1>News</h1>{listed(CARD, NOTICES)}</main>{side}"
    assert chosen(html) == [NOTICES]
    assert chosen(f"{side}<main><h1>News</h1>{listed(CARD, NOTICES)}</main>") == [NOTICES]


def test_the_best_candidate_comes_first():
    html = (
        f"<ul>{MENU}</ul><h1>News</h1>{listed(CARD, STORIES)}<ul>{listed(BARE, NOTICES, 20)}</ul>"
    )
    candidates = read(html)[2]
    scores = [one.score for one in candidates]
    assert scores == sorted(scores, reverse=True)
    assert titles(candidates[0]) == STORIES
    assert len(candidates) > 1


# Pages that list nothing


@pytest.mark.parametrize(
    "html",
    [
        "",
        "word",
        "<p>One sentence and no more.</p>",
        f"<nav><ul>{MENU}</ul></nav>",
        f"<nav><ul>{MENU}</ul></nav><h1>Imprint</h1><p>{PROSE}<p>{PROSE}<footer>{MENU}</footer>",
        f"<ul>{MENU}</ul><h1>Bridge closed for repairs</h1><p>{PROSE}</p><p>{PROSE} And more.",
        "<form><label>Name</label><input><label>Password</label><input type=password></form>",
        "<p><a href=?p=1>1</a> <a href=?p=2>2</a> <a href=?p=3>3</a> <a href=?p=4>4</a></p>",
        "<ul><li>12<li>34<li>56</ul>",
        "<a href=/de>Deutsch</a> <a href=/fr>Français</a> <a href=/es>Español</a>",
    ],
)
def test_a_page_without_a_list_gives_none(html):
    assert chosen(html) == []


def test_what_is_too_weak_to_be_a_list_is_refused_as_weak():
    assert {reason for _, reason in refused(f"<nav><ul>{MENU}</ul></nav>")} == {"weak"}


# Further lists


def test_two_lists_of_one_kind_are_both_kept_in_document_order():
    html = (
        f"<h2>Notices</h2><div class=a>{listed(CARD, NOTICES, 20)}</div>"
        f"<h2>News</h2><div class=b>{listed(CARD, STORIES)}</div>"
    )
    assert [title for one in chosen(html) for title in one] == NOTICES + STORIES


def test_a_list_that_leads_where_the_best_one_leads_is_left_out():
    again = f"<h2>News in short</h2><ul>{listed(LINE, STORIES)}</ul>"
    html = f"<h1>News</h1>{listed(CARD, STORIES)}{again}"
    assert chosen(html) == [STORIES]
    assert (STORIES[0], "repeats") in refused(html)


def test_a_list_is_not_kept_twice_in_other_divisions():
    html = f"<h1>News</h1>{listed('<h3><a href={n}>{title}</a></h3><p>{prose}', STORIES)}"
    assert chosen(html) == [STORIES]
    assert {reason for _, reason in refused(html)} == {"overlaps"}


def test_bare_links_beside_cards_are_unlike_them():
    side = f"<aside><h2>Most read</h2><ol>{listed(BARE, NOTICES, 40)}</ol></aside>"
    assert (NOTICES[0], "unlike") in refused(f"<h1>News</h1>{listed(CARD, STORIES)}{side}")


@pytest.mark.parametrize(
    "html",
    [
        f"<ul>{MENU}</ul><h1>News</h1>{listed(CARD, STORIES)}<ul>{listed(BARE, STORIES)}</ul>",
        f"<h1>News</h1>{listed('<h3><a href={n}>{title}</a></h3><p>{prose}', STORIES)}",
        f"<nav><ul>{MENU}</ul></nav>",
    ],
)
def test_every_candidate_is_either_kept_or_refused(html):
    page, parts, candidates = read(html)
    found: list[Refusal] = []
    kept = {one.block.spans for one in choose_lists(page, parts, candidates, found)}
    not_kept = {one.candidate.block.spans for one in found}
    assert kept | not_kept >= {one.block.spans for one in candidates}
    assert not kept & not_kept


# Lone entries

HERO = (
    "<section><h2><a href=/harbour-festival-opens>Harbour festival opens with a record</a></h2>"
    "<p>{0}</section>"
)


def test_a_story_outside_the_list_is_kept_beside_it():
    hero = HERO.format(f"<i>5 March 2024</i>{PROSE}")
    html = f"<h1>News</h1><div>{listed(CARD, STORIES)}</div>{hero}"
    assert chosen(html) == [STORIES, ["Harbour festival opens with a record"]]


@pytest.mark.parametrize(
    "other",
    [
        "<nav><h2><a href=/a>All the services of the town</a></h2></nav>",
        "<h2><a href=/a>Contact</a></h2>",
        "<h1>All the news of our good old town</h1>",
        "<h2><a href=/story/1>Library opens on Sundays</a></h2>",
    ],
)
def test_a_heading_that_is_no_story_is_not_kept(other):
    assert chosen(f"{other}<div>{listed(CARD, STORIES)}</div>") == [STORIES]


@pytest.mark.parametrize(
    ("html", "tops"),
    [
        ("<div><article><h2><a href=x>One good headline</a></h2></article><p>x</div>", ["article"]),
        ("<ul><li><h2><a href=x>One good headline</a></h2></ul><p>xx", ["li"]),
        (
            "<div><div><h2><a href=x>One good headline</a></h2><p>x</div></div>"
            "<div><h2><a href=y>Two good headlines</a></h2></div>",
            ["div", "div"],
        ),
        ("<nav><h2><a href=x>One good headline</a></h2></nav>", []),
        ("<h2><a href=x>Short one</a></h2>", []),
        ("<h1>One good headline</h1>", []),
        ("<h1><a href=x>One good headline</a></h1>", ["h1"]),
        ("<h2>One good headline</h2>", ["h2"]),
    ],
)
def test_a_lone_entry_grows_as_far_as_it_holds_no_other(html, tops):
    page = flatten(html)
    found = lone_candidates(page, split_parts(page), set())
    assert [page.tag(one.block.tops[0]) for one in found] == tops


def test_at_most_eight_headings_are_tried_as_lone_entries():
    html = "".join(f"<h2><a href={n}>Headline number {n} here</a></h2>" for n in range(20))
    page = flatten(html)
    assert len(list(lone_candidates(page, split_parts(page), set()))) == 8


# The evidence


def evidence(html: str) -> dict[str, float]:
    return LIST.explain(read(html)[2][0].evidence)


@pytest.mark.parametrize(
    ("html", "figure", "expected"),
    [
        (f"<ul>{listed(LINE, STORIES)}</ul>", "many", 6 / 30),
        (f"<ul>{listed(LINE, STORIES[:2])}</ul>", "few", 1),
        (f"<ul>{listed(LINE, STORIES[:3])}</ul>", "few", 0.5),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "few", 0),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "dated", 1),
        (f"<ul>{listed(BARE, STORIES)}</ul>", "dated", 0),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "title_linked", 1),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "distinct_urls", 1),
        (f"<ul>{listed('<li><a href=/x>{title}</a> {day}', STORIES)}</ul>", "distinct_urls", 1 / 6),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "numbers", 1),
        (f"<ul>{listed(LINE.replace('{n}', 'a-b-c'), STORIES)}</ul>", "slugs", 1),
        (f"<ul>{listed(LINE.replace('{n}', 'a-b'), STORIES)}</ul>", "slugs", 0),
        (f"<ul>{listed(LINE, STORIES)}</ul>", "heads", 0),
        (listed(CARD, STORIES), "heads", 1),
        (listed(CARD, STORIES), "prose", 1),
        (listed(CARD, STORIES), "even", 1),
        (listed(CARD, STORIES), "orphans", 0),
        (listed(CARD, STORIES), "dealt", 0),
        (listed("<h3><a href={n}>{title}</a></h3><p>{prose}</p>", STORIES), "dealt", 1),
        (listed(CARD, STORIES), "share", 1),
        (f"<nav>{listed(CARD, STORIES)}</nav>", "nav", 1),
        (f"<aside>{listed(CARD, STORIES)}</aside>", "aside", 1),
        (f"<main>{listed(CARD, STORIES)}</main>", "main", 1),
        (listed(CARD, STORIES), "early", 1),
        (f"<ul>{listed(BARE, STORIES)}</ul>", "bare", 1),
        (listed(CARD, STORIES), "bare", 0),
    ],
)
def test_a_list_is_judged_by_what_its_entries_have(html, figure, expected):
    assert evidence(html)[figure] == pytest.approx(expected)


def test_a_long_list_is_judged_by_pairs_of_neighbours_from_all_of_it():
    many = [f"{title} once again, number {n}" for n in range(20) for title in STORIES]
    best = read(f"<ul>{listed(LINE, many)}</ul>")[2][0]
    numbers = [row.target for row in best.reading.rows]
    assert len(best.block.spans) == 120
    assert len(numbers) == 12
    starts = [row.first for row in best.reading.rows]
    assert starts[0] == best.block.spans[0][0]
    assert starts[-1] == best.block.spans[-1][0]
    assert all(b - a == 2 for a, b in zip(starts[::2], starts[1::2], strict=True))


def test_the_sums_over_the_parts_of_a_page_begin_at_nothing():
    page = flatten("<h2><a href=1>Bridge</a></h2><p>It opens")
    whole = Whole.of(split_parts(page))
    assert whole == ([0, 6, 14], [0, 6, 6], [0, 1, 1])


def test_a_further_list_is_compared_with_the_best_one():
    html = f"<h1>News</h1>{listed(CARD, STORIES)}<ul>{listed(BARE, NOTICES, 20)}</ul>"
    page, _, candidates = read(html)
    best = candidates[0]
    other = next(one for one in candidates if titles(one) == NOTICES)
    against = FURTHER.explain(further_evidence(page, other, best))
    itself = FURTHER.explain(further_evidence(page, best, best))
    assert (itself["margin"], itself["unlike"], itself["same"]) == (0, 0, 1)
    assert against["margin"] == pytest.approx(min(best.score - other.score, 6) / 6)
    assert (against["before"], against["lone"]) == (0, 0)
    assert against["unlike"] > 0.3


@pytest.mark.parametrize(
    ("heading", "linked"),
    [("<h2><a href=/x>One good headline</a></h2>", 1), ("<h2>One good headline</h2>", 0)],
)
def test_a_lone_entry_is_told_from_a_list(heading, linked):
    page, parts, candidates = read(f"{heading}<div>{listed(CARD, STORIES)}</div>")
    lone = next(lone_candidates(page, parts, set()))
    assert titles(lone) == ["One good headline"]
    found = FURTHER.explain(further_evidence(page, lone, candidates[0]))
    assert (found["lone"], found["lone_link"], found["before"]) == (1, linked, 1)
    best = FURTHER.explain(further_evidence(page, candidates[0], candidates[0]))
    assert (best["lone"], best["lone_link"]) == (0, 0)


def test_a_block_that_holds_one_part_of_another_overlaps_it():
    page, parts, candidates = read(f"<div>{listed(CARD, STORIES)}</div>")
    best = candidates[0]
    (start, stop), *_ = best.block.spans
    small = best._replace(block=Block(((stop - 1, stop),), best.block.tops[:1], dealt=False))
    found: list[Refusal] = []
    assert choose_lists(page, parts, [best, small], found)[0].block.spans[0] == (start, stop)
    assert [one.reason for one in found] == ["overlaps"]

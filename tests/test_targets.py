from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.fetchers.warc import record_bytes
from scraper.models import Source
from scraper.targets import resolve_targets

SEEDS = Path("seeds")
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working folder with two seeds, a saved page, and a folder of saved pages."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "news.html",
        "saved/b.html",
        "saved/A.HTM",
        "saved/notes.txt",
        "saved/b_files/frame.html",
        "saved/.cache/old.html",
        "saved/host/one/page.html",
        "saved/host/one/meta.toml",
        "saved/host/one/print.html",
    ):
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    SEEDS.mkdir()
    Path("empty").mkdir()
    Path("seeds/a.toml").write_text('name = "nato-newsroom"\nurl = "https://a.example/"\n')
    Path("seeds/b.toml").write_text('name = "env-japan"\nurl = "https://b.example/"\n')


def names(*targets: str, url: str | None = None) -> list[str]:
    return [source.name for source in resolve_targets(targets, seeds_folder=SEEDS, url=url)]


def test_no_target_means_all_seeds():
    assert names() == ["nato-newsroom", "env-japan"]


def test_a_name_is_a_seed():
    assert names("env-japan") == ["env-japan"]


def test_an_address_is_fetched_whole_and_shown_without_secrets():
    (source,) = resolve_targets(["https://ann:pw@a.example/?token=1"], seeds_folder=SEEDS)
    assert source == Source(
        name="https://a.example/?token=", url="https://ann:pw@a.example/?token=1"
    )


def test_a_file_is_a_saved_page():
    (source,) = resolve_targets(["news.html"], seeds_folder=SEEDS)
    assert source == Source(name="news.html", path="news.html")


def test_a_hyphen_is_standard_input():
    (source,) = resolve_targets(["-"], seeds_folder=SEEDS, url="https://a.example/")
    assert source == Source(name="-", path="-", url="https://a.example/")


def test_a_folder_gives_its_saved_pages_and_no_attachments():
    assert names("saved") == ["saved/A.HTM", "saved/b.html", "saved/host/one/page.html"]


def test_targets_keep_their_order_and_come_once():
    assert names("news.html", "env-japan", "news.html") == ["news.html", "env-japan"]


def test_a_broken_seed_does_not_hinder_a_saved_page():
    Path("seeds/c.toml").write_text("nonsense")
    assert names("news.html", "https://a.example/") == ["news.html", "https://a.example/"]


def test_url_is_the_address_of_the_saved_page():
    (source,) = resolve_targets(["news.html"], seeds_folder=SEEDS, url="https://a.example/news")
    assert source == Source(name="news.html", path="news.html", url="https://a.example/news")


@pytest.mark.parametrize(
    ("targets", "url", "said"),
    [
        (
            ["nato-newsrom"],
            None,
            'nato-newsrom: no such seed or file; did you mean "nato-newsroom"?',
        ),
        (["Env-Japan"], None, 'Env-Japan: no such seed or file; did you mean "env-japan"?'),
        (["nato"], None, 'nato: no such seed or file; did you mean "nato-newsroom"?'),
        (
            ["zzz"],
            None,
            "zzz: no such seed or file; the seeds are nato-newsroom, env-japan",
        ),
        (["new.html"], None, 'new.html: no such file or folder; did you mean "news.html"?'),
        (["saved/c/x.html"], None, "saved/c/x.html: no such file or folder"),
        (
            ["nato.int/news"],
            None,
            'nato.int/news: no such seed or file; write "https://nato.int/news"',
        ),
        (
            ["htps://ann:pw@a.example/"],
            None,
            "htps://a.example/: not an address; addresses begin with https:// or http://",
        ),
        (["empty"], None, "empty: no saved pages in it; name a folder of .html files"),
        ([""], None, '"": no such seed or file; the seeds are nato-newsroom, env-japan'),
        (["a" * 300], None, "a" * 80),
        (["a\0b"], None, "a\0b: "),
        (
            ["saved"],
            "https://a.example/",
            "--url: names the address of one page, not of 3; name one page",
        ),
        ([], "https://a.example/", "--url: names the address of one page, not of 2; name one page"),
        (
            ["env-japan"],
            "https://a.example/",
            '--url: belongs to a saved page, which "env-japan" is not; leave it out',
        ),
        (
            ["news.html"],
            "a.example",
            '--url: not an address: "a.example"; addresses begin with https:// or http://',
        ),
    ],
)
def test_what_is_no_target_is_said_in_one_line(targets, url, said):
    with pytest.raises(UsageError) as caught:
        resolve_targets(targets, seeds_folder=SEEDS, url=url)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_no_seeds_at_all_is_said():
    with pytest.raises(UsageError, match=r"^none: no seeds there; name an address"):
        resolve_targets([], seeds_folder=Path("none"))


def test_the_pages_of_an_archive_are_a_source_each():
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>a"
    made = [
        record_bytes("response", block, content_type="application/http", moment=NOON, url=url)
        for url in ("https://a.example/1", "https://a.example/2")
    ]
    Path("run.warc").write_bytes(b"".join(made))
    assert names("run.warc") == ["run.warc#1", "run.warc#2"]
    assert len(set(resolve_targets(["run.warc", "run.warc"], seeds_folder=SEEDS))) == 2
    with pytest.raises(UsageError, match="names the address of one page, not of 2"):
        names("run.warc", url="https://a.example/")
    Path("run.warc").write_bytes(made[0])
    with pytest.raises(UsageError, match=r'belongs to a saved page, which "run\.warc#1" is not'):
        names("run.warc", url="https://a.example/")


def test_an_archive_without_pages_is_refused_and_costs_a_folder_nothing():
    for name in ("none.warc", "saved/none.warc.gz"):
        Path(name).write_bytes(b"")
    with pytest.raises(UsageError, match=r"none\.warc: no pages in it; name an archive"):
        names("none.warc")
    assert "saved/b.html" in names("saved")


def test_letters_are_saved_pages():
    Path("saved/c.mhtml").write_text("")
    Path("saved/d.EML").write_text("")
    assert names("saved")[-3:] == ["saved/c.mhtml", "saved/d.EML", "saved/host/one/page.html"]
    (source,) = resolve_targets(["saved/c.mhtml"], seeds_folder=SEEDS, url="https://a.example/")
    assert source == Source(name="saved/c.mhtml", path="saved/c.mhtml", url="https://a.example/")

"""``scrape serve``: whom it answers, what it does, and that a browser can do it all."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree
from test_learning import CARD, LISTS, OTHERS, TITLES, URL, entries

from scraper.cli import main
from scraper.models import Page, Source
from scraper.parsers import parse
from scraper.seeds import load_seeds

HOSTILE = (
    "<title></textarea><script>document.title='ran'</script></title><ul>"
    + entries(CARD, [f"<script>document.title='ran'</script>&lt;b&gt; {one}" for one in TITLES])
    + '<li><h3><a href="javascript:document.title=1">&lt;img src=x onerror=alert(1)&gt;</a></h3>'
)
#: Where Linux tells who listens where.
LISTENERS = Path("/proc/net/tcp")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A place to serve in: what is saved there is what the web would answer."""
    folder = tmp_path_factory.mktemp("desk")
    pages = {URL: LISTS, "https://hostile.example/": HOSTILE, "https://empty.example/": " "}
    for number, (url, html) in enumerate(pages.items()):
        place = folder / "fixtures" / str(number)
        place.mkdir(parents=True)
        (place / "page.html").write_text(html)
        (place / "meta.toml").write_text(f'url = "{url}"\n')
    return folder


@pytest.fixture(scope="module")
def address(folder):
    command = [sys.executable, "-m", "scraper", "serve", "--replay"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as server:
        said = server.stderr.readline()
        try:
            yield said.split()[2]
        finally:
            server.terminate()
            assert server.wait(20) == 143
            assert server.stderr.read() == ""


@pytest.fixture(autouse=True)
def no_seeds(folder):
    shutil.rmtree(folder / "seeds", ignore_errors=True)


def post(place: str, /, **fields: str) -> requests.Response:
    return requests.post(place, data=fields, timeout=20)


def text_of(answer: requests.Response) -> str:
    return " ".join("".join(etree.HTML(answer.text).itertext()).split())


def titles_of(answer: requests.Response) -> list[str]:
    found = etree.HTML(answer.text).xpath("//ol[@class='records']/li//div[@class='title']")
    return ["".join(one.itertext()) for one in found]


def seed_of(answer: requests.Response) -> str:
    return etree.HTML(answer.text).findtext(".//textarea").removeprefix("\n")


# Whom it answers


def test_answers_run_nothing_but_its_own_script(address):
    answer = requests.get(address, timeout=20)
    assert answer.status_code == 200
    policy = dict(one.strip().split(" ", 1) for one in
                  answer.headers["Content-Security-Policy"].split(";"))  # fmt: skip
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/", "/open", "/x/", "/{short}/", "//{token}/", "/{token}x/"])
def test_nobody_is_answered_without_the_secret(address, path):
    parts = urlsplit(address)
    token = parts.path.strip("/")
    path = path.format(token=token, short=token[:-1])
    # requests would tidy the path up.
    with socket.create_connection((parts.hostname, parts.port), 20) as stream:
        head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
        stream.sendall(head.encode())
        status = stream.makefile("rb").readline().split()[1]
    assert status == b"404"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost:1", "evil.example:{port}", ""]
)
def test_a_name_that_was_made_to_mean_this_computer_is_not_answered(address, host):
    host = host.format(port=urlsplit(address).port)
    answer = requests.get(address, headers={"Host": host}, timeout=20)
    assert answer.status_code in (400, 421)
    assert "scrape" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_others_can_send_nothing(address, headers):
    answer = requests.post(f"{address}open", data={"url": URL}, headers=headers, timeout=20)
    assert answer.status_code == 403


@pytest.mark.skipif(not LISTENERS.exists(), reason="no list of listeners here")
def test_it_listens_on_the_loopback_address_alone(address):
    port = f"{urlsplit(address).port:04X}"
    rows = [line.split() for line in LISTENERS.read_text().splitlines()[1:]]
    places = [row[1].split(":") for row in rows if row[3] == "0A"]
    assert [place for place, own in places if own == port] == ["0100007F"]


def test_what_is_too_long_is_refused(address):
    assert post(f"{address}open", url="x" * 300_000).status_code == 413


# What it does


def test_a_page_is_shown_learnt_from_and_saved(address, folder):
    shown = post(f"{address}open", url=URL)
    assert shown.status_code == 200
    assert titles_of(shown) == TITLES
    assert "read by the engine" in text_of(shown)
    learnt = post(f"{shown.url}learn", title=f"  {OTHERS[1]}\n")
    assert titles_of(learnt) == OTHERS
    assert "Learnt: 3 of 3 entries." in text_of(learnt)
    saved = post(f"{shown.url}save", seed=seed_of(learnt))
    assert "Saved as seeds/city.example-news.toml." in text_of(saved)
    (source,) = load_seeds(folder / "seeds")
    items = parse(Page(url=URL, body=LISTS.encode()), source=source).items
    assert [item.title for item in items] == OTHERS


def test_a_seed_can_be_tried_before_it_is_saved(address, folder):
    shown = post(f"{address}open", url=URL)
    seed = f'{seed_of(shown)}\nwithin = ".side"\n'
    tried = post(f"{shown.url}try", seed=seed.replace("\n", "\r\n"))
    assert titles_of(tried) == OTHERS
    assert seed_of(tried) == seed
    wrong = post(f"{shown.url}try", seed=f'{seed}exclude = "a >"\n')
    assert 'seed:5: not a selector: "a >"' in text_of(wrong)
    # What was read last stays, and so does what was typed.
    assert titles_of(wrong) == OTHERS
    assert 'exclude = "a >"' in seed_of(wrong)
    assert not (folder / "seeds").exists()


def test_a_long_seed_comes_back_whole(address):
    shown = post(f"{address}open", url=URL)
    seed = f"{seed_of(shown)}# {'</textarea>&amp;' * 300}\n"
    assert seed_of(post(f"{shown.url}try", seed=seed)) == seed


def test_an_older_seed_is_written_over_only_if_that_is_said(address, folder):
    shown = post(f"{address}open", url=URL)
    seed = seed_of(shown)
    (folder / "seeds").mkdir()
    older = folder / "seeds" / "city.example-news.toml"
    older.write_text("# mine\n")
    refused = post(f"{shown.url}save", seed=seed)
    assert "there is such a seed; change its name, or choose to write over it" in text_of(refused)
    assert older.read_text() == "# mine\n"
    post(f"{shown.url}save", seed=seed, overwrite="yes")
    assert older.read_text() == seed


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "."])
def test_a_seed_is_saved_nowhere_but_among_the_seeds(address, folder, name):
    shown = post(f"{address}open", url=URL)
    before = sorted(folder.rglob("*"))
    seed = seed_of(shown).replace("city.example-news", name)
    assert "not a name" in text_of(post(f"{shown.url}save", seed=seed))
    assert sorted(folder.rglob("*")) == before


def test_a_saved_page_is_read_too(address):
    answer = requests.post(f"{address}file?name=my%20page.html", data=LISTS.encode(), timeout=20)
    parts = urlsplit(address)
    shown = requests.get(f"http://{parts.netloc}{answer.json()['place']}", timeout=20)
    assert titles_of(shown) == TITLES
    assert "address not known: write it into the seed" in text_of(shown)
    fault = text_of(post(f"{shown.url}save", seed=seed_of(shown)))
    assert 'seed:2: not an address: ""' in fault
    seed = seed_of(shown).replace('url = ""', f'url = "{URL}"')
    tried = post(f"{shown.url}try", seed=seed)
    links = etree.HTML(tried.text).xpath("//ol[@class='records']//div[@class='title']/a/@href")
    assert links[0] == "https://city.example/1"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", 'address: not an address: ""; addresses begin with https:// or http://'),
        ("file:///etc/passwd", "not an address"),
        ("https://u:pw@nowhere.example/", "https://nowhere.example/ is not saved in fixtures"),
    ],
)
def test_an_address_that_cannot_be_read_is_told(address, url, message):
    answer = post(f"{address}open", url=url)
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "pw@" not in text_of(answer)


def test_a_file_with_a_wrong_address_is_told(address):
    answer = requests.post(f"{address}file?name=a&url=htps://a", data=b"<p>a", timeout=20)
    assert answer.status_code == 422
    assert "not an address" in answer.json()["fault"]


def test_a_page_that_lists_nothing_says_so(address):
    answer = post(f"{address}open", url="https://empty.example/")
    assert answer.status_code == 200
    assert "No entries: " in text_of(answer)


@pytest.mark.parametrize(
    ("title", "message"),
    [("", "click the headline of an entry first"), ("Xyz", '"Xyz" is not on this page')],
)
def test_a_headline_that_is_none_is_told_and_nothing_changes(address, title, message):
    shown = post(f"{address}open", url=URL)
    answer = post(f"{shown.url}learn", title=title)
    assert message in text_of(answer)
    assert titles_of(answer) == TITLES


def test_a_page_that_is_no_longer_kept_leads_to_the_start(address):
    assert requests.get(f"{address}case/999/", timeout=20).url == address
    assert post(f"{address}case/999/learn", title="a").url == address
    assert requests.get(f"{address}nope.css", timeout=20).status_code == 404


def test_nothing_of_a_page_is_markup(address):
    answer = post(f"{address}open", url="https://hostile.example/")
    page = etree.HTML(answer.text)
    assert [one.get("src") for one in page.iter("script")] == [f"{urlsplit(address).path}serve.js"]
    assert not page.xpath("//img | //iframe | //*[@onerror] | //*[starts-with(@href, 'java')]")


def test_a_port_that_is_taken_is_told(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit) as end:
            main(["serve", "--port", port])
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        f"error: --port: usage: {port} cannot be had: [Errno 98] Address already in use; "
        "name another, or none\n"
    )


def test_without_the_extra_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("scraper.commands.serve.find_spec", lambda _: None)
    with pytest.raises(SystemExit) as end:
        main(["serve"])
    assert end.value.code == 2
    assert "pip install 'scraper[serve]'" in capsys.readouterr().err


# In a browser


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(1400, 900, "light"), (390, 844, "dark")], ids=["wide", "phone"])
def tab(chromium, request):
    width, height, scheme = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    tab = context.new_page()
    tab.faults = []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda said: tab.faults.append(said.text))
    tab.set_default_timeout(20_000)
    yield tab
    assert tab.faults == []
    context.close()


def is_wider_than_it_may_be(tab) -> bool:
    tab.wait_for_load_state()  # without its style a page is as wide as it likes
    return tab.evaluate("document.scrollingElement.scrollWidth > innerWidth")


def test_a_headline_is_clicked_the_records_change_and_the_seed_is_saved(tab, address, folder):
    tab.goto(address)
    assert not is_wider_than_it_may_be(tab)
    tab.fill("#url", URL)
    tab.click("text=Read it")
    tab.wait_for_url("**/case/*/")
    records = tab.locator("ol.records div.title")
    assert records.all_inner_texts() == TITLES
    tab.locator("div.page").get_by_text(OTHERS[2]).click()
    assert tab.input_value("#title") == OTHERS[2]
    tab.click("text=Learn that list")
    tab.wait_for_selector("text=Learnt: 3 of 3 entries.")
    assert records.all_inner_texts() == OTHERS
    assert not is_wider_than_it_may_be(tab)
    tab.click("text=Save it")
    tab.wait_for_selector("text=Saved as")
    (source,) = load_seeds(folder / "seeds")
    assert source == Source(name="city.example-news", url=URL, fields=source.fields)
    assert source.fields.entry == ".side li"


def test_a_file_is_chosen_and_nothing_in_it_runs(tab, address, tmp_path):
    (tmp_path / "hostile.html").write_text(HOSTILE)
    tab.goto(address)
    tab.fill("#from", "htps:")
    tab.set_input_files("#file", tmp_path / "hostile.html")
    tab.wait_for_selector("#file-fault >> text=not an address")
    # A browser tells of every answer that is none.
    assert tab.faults == [one for one in tab.faults if "422" in one]
    tab.faults.clear()
    tab.fill("#from", URL)
    tab.set_input_files("#file", tmp_path / "hostile.html")
    tab.wait_for_url("**/case/*/")
    assert tab.locator("ol.records > li").count() >= 4
    assert "ran" not in tab.title().split()
    assert tab.title().startswith("</textarea>")
    assert not is_wider_than_it_may_be(tab)

"""New entries at a server: signed, repeated until they are accepted, and none of them lost."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from faults.receiver import Answered, Receiver
from runs import PAGE, fork, parse, publish, started, titles, wait
from stand_ins import ParserHere
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from scraper import messages, pipeline
from scraper.cli import main
from scraper.errors import ExportError, UsageError
from scraper.messages import SECRET, make_messages, read_secret
from scraper.models import Item
from scraper.state import SqliteStore
from scraper.webhook import Webhook

KEY = b"twenty-four bytes or more"
WORD = "whsec_" + base64.b64encode(KEY).decode()
NEW = ("a.html", "--new", "--out", "new.json")
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def item(number: int, **more: object) -> Item:
    title = f"story {number}"
    return Item(title=title, url=f"https://a.example/{number}", position=number, id=title, **more)


ITEMS = [item(1), item(2)]


@pytest.fixture
def waits() -> list[float]:
    """How long was waited between tries."""
    return []


@pytest.fixture
def hook(waits):
    """Make a webhook that waits in no time."""

    def make(url: str, **more: object) -> Webhook:
        options = {"sleep": waits.append, "random": lambda low, _: low, "clock": lambda: NOON}
        return Webhook(url, secret=KEY, user_agent="scraper/1", **options | more)

    return make


# A message


def test_a_message_has_the_records_and_what_the_convention_asks_for(hook):
    with Receiver() as receiver:
        hook(receiver.url, clock=lambda: datetime.now(UTC)).send(ITEMS)
    (posted,) = receiver.posted
    assert posted.path == "/hook"
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["user-agent"] == "scraper/1"
    assert posted.json["type"] == "entries.new"
    assert datetime.fromisoformat(posted.json["timestamp"]).tzinfo is not None
    assert posted.json["data"]["items"][0] == json.loads(messages.encode_record(ITEMS[0]))
    assert posted.titles == ["story 1", "story 2"]


def test_a_receiver_can_verify_it(hook):
    with Receiver() as receiver:
        hook(receiver.url, clock=lambda: datetime.now(UTC)).send(ITEMS)
    (posted,) = receiver.posted
    assert Verifier(WORD).verify(posted.body, dict(posted.headers)) == posted.json
    other = "whsec_" + base64.b64encode(b"another secret of some length").decode()
    for wrong, body in ((other, posted.body), (WORD, posted.body.replace(b"story 1", b"story 3"))):
        with pytest.raises(WebhookVerificationError):
            Verifier(wrong).verify(body, dict(posted.headers))


@pytest.mark.skipif(not Path("/usr/bin/openssl").exists(), reason="no openssl")
def test_the_signature_is_that_of_another_program():
    (message,) = make_messages(ITEMS, now=NOON)
    headers = message.headers(secret=KEY, now=NOON)
    signed = f"{headers['webhook-id']}.1709640000.".encode() + message.body
    words = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.hex()}", "-binary"]
    done = subprocess.run(["openssl", *words], input=signed, capture_output=True, check=True)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(done.stdout).decode()}"


def test_many_entries_are_several_messages_of_moderate_size(monkeypatch):
    many = [item(number) for number in range(1_201)]
    sizes = [len(json.loads(one.body)["data"]["items"]) for one in make_messages(many, now=NOON)]
    assert sizes == [500, 500, 201]
    long = [item(number, summary="x" * 300_000) for number in range(7)]
    long[3] = item(3, summary="x" * 2_000_000)
    parts = list(make_messages(long, now=NOON))
    assert [len(json.loads(one.body)["data"]["items"]) for one in parts] == [3, 1, 3]
    assert all(len(one.body) < 1.01 * 1024**2 for one in (parts[0], parts[2]))
    assert len({one.id for one in parts}) == 3


@pytest.mark.parametrize(
    ("others", "same"),
    [
        ([item(1, summary="Now with a teaser"), item(2, fetched_at=NOON)], True),
        ([ITEMS[1], ITEMS[0]], True),
        ([item(1)], False),
        ([item(1), item(2, date="2024-03-05")], False),
        ([item(1), item(2, source="b")], False),
    ],
    ids=["teaser and time", "order", "fewer", "date", "source"],
)
def test_the_id_is_that_of_the_entries(others, same):
    (one,), (other,) = make_messages(ITEMS, now=NOON), make_messages(others, now=NOON)
    assert (one.id == other.id) is same


def test_a_title_that_no_encoding_can_write_has_an_id():
    (one,) = make_messages([Item(title="a\ud800", position=1, id="a")], now=NOON)
    assert one.id.startswith("msg_")


# The secret


@pytest.mark.parametrize("word", [WORD, WORD.removeprefix("whsec_"), f" {WORD}\n"])
def test_the_secret_is_read_as_others_read_it(word):
    assert read_secret({SECRET: word}) == KEY


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "no secret to sign with in SCRAPE_WEBHOOK_SECRET; make one: "),
        ({SECRET: " "}, "no secret to sign with"),
        ({SECRET: "hunter2!"}, "what SCRAPE_WEBHOOK_SECRET holds is no base64; make one: "),
        ({SECRET: "whsec_äöü"}, "is no base64"),
        ({SECRET: "c2hvcnQ="}, "is not 24 to 64 bytes long"),
        ({SECRET: "A" * 100}, "is not 24 to 64 bytes long"),
    ],
)
def test_a_secret_that_is_none_is_refused_and_not_told(environment, said):
    with pytest.raises(UsageError) as caught:
        read_secret(environment)
    assert said in str(caught.value)
    assert not any(word.strip() and word in str(caught.value) for word in environment.values())


# Faults


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_an_answer(hook, status, waits):
    with Receiver(Answered(status)) as receiver:
        hook(receiver.url).send(ITEMS)
    assert (len(receiver.posted), waits) == (1, [])


@pytest.mark.parametrize(
    "fault",
    [Answered(500), Answered(503), Answered(429), Answered(408), Answered(hangs_up=True)],
    ids=["500", "503", "429", "408", "hung up"],
)
def test_what_may_pass_is_tried_again_with_the_same_id_and_body(hook, fault, waits):
    with Receiver(fault, fault) as receiver:
        hook(receiver.url).send(ITEMS)
    assert len(receiver.posted) == 3
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.posted}) == 1
    assert waits == [1.0, 1.0]


def test_each_try_is_signed_anew(hook):
    moments = iter([NOON, *(NOON.replace(minute=minute) for minute in range(9))])
    with Receiver(Answered(503)) as receiver:
        hook(receiver.url, clock=lambda: next(moments)).send(ITEMS)
    stamps = [one.headers["webhook-timestamp"] for one in receiver.posted]
    assert len(set(stamps)) == 2


def test_retry_after_is_the_least_that_is_waited(hook, waits):
    later = {"Retry-After": "7"}
    with Receiver(Answered(429, later), Answered(503, {"Retry-After": "0"})) as receiver:
        hook(receiver.url).send(ITEMS)
    assert waits == [7.0, 1.0]


@pytest.mark.parametrize(
    ("answers", "posts", "said"),
    [
        ([Answered(503)] * 9, 3, "it answered 503 Service Unavailable; its entries come again"),
        ([Answered(429, {"Retry-After": "3600"})], 1, "it answered 429 Too Many Requests; "),
        ([Answered(400)], 1, "it answered 400 Bad Request; check the address and the secret: "),
        ([Answered(401)], 1, "it answered 401 Unauthorized; check the address and the secret: "),
        ([Answered(410)], 1, "it answered 410 Gone; "),
        ([Answered(302, {"Location": "/else"})], 1, "it answered 302 Found; redirects are not "),
        ([Answered(hangs_up=True)] * 9, 3, "no connection"),
    ],
    ids=["503", "429 for long", "400", "401", "410", "302", "hung up"],
)
def test_what_stays_is_one_line(hook, answers, posts, said):
    with Receiver(*answers) as receiver, pytest.raises(ExportError) as caught:
        hook(receiver.url).send(ITEMS)
    assert len(receiver.posted) == posts
    host = receiver.url.split("/")[2]
    assert str(caught.value).startswith(f"webhook {host}: {said}")


def test_a_receiver_that_takes_too_long_is_given_up_each_time(hook, waits):
    slow = Answered(after_s=20)
    with Receiver(slow, slow, slow) as receiver:
        began = time.monotonic()
        with pytest.raises(ExportError, match=r"no whole answer within 0\.2 s; its entries come"):
            hook(receiver.url, whole_s=0.2).send(ITEMS)
        assert time.monotonic() - began < 10
    assert len(receiver.posted) == 3
    assert len(waits) == 2


def test_nobody_there_is_one_line(hook):
    with Receiver() as receiver:
        pass
    with pytest.raises(ExportError, match="no connection: Connection refused; its entries come"):
        hook(receiver.url).send(ITEMS)


def test_a_server_that_is_not_to_be_trusted_gets_nothing(hook):
    with Receiver(tls=True) as receiver:
        with pytest.raises(ExportError, match="its certificate is not to be trusted"):
            hook(receiver.url).send(ITEMS)
        assert receiver.posted == []
        hook(receiver.url, insecure=True).send(ITEMS)
        assert len(receiver.posted) == 1


@pytest.mark.parametrize("url", ["localhost:1/s3cret", "ftp://a.example/s3cret", "", "http://"])
def test_what_is_no_address_is_refused_and_not_told(hook, url):
    with pytest.raises(UsageError, match=r"^--webhook: not an address; ") as caught:
        hook(url)
    assert "s3cret" not in str(caught.value)


# The command


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(SECRET, WORD)
    monkeypatch.setattr(pipeline, "ParserPool", lambda _: ParserHere(parse))
    publish("a.html", "one", "two")
    return tmp_path


@pytest.fixture
def run(place, capsysbinary):
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsysbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


def test_new_entries_are_posted_once(run):
    with Receiver() as receiver:
        host = receiver.url.split("/")[2]
        words = (*NEW, "--webhook", receiver.url)
        code, out, err = run(*words)
        assert (code, out) == (0, "")
        assert err.endswith(f"1 of 1 source, 2 items (2 new) → new.json, webhook {host}\n")
        assert run(*words)[2] == "1 of 1 source, 2 items (0 new) → new.json\n"
        publish("a.html", "three", "one")
        run(*words)
    assert [one.titles for one in receiver.posted] == [["one", "two"], ["three"]]
    assert receiver.posted[0].headers["user-agent"].startswith("scraper/")


def test_without_an_output_nothing_goes_to_standard_output(run):
    with Receiver() as receiver:
        assert run("a.html", "--new", "--webhook", receiver.url)[:2] == (0, "")
    assert len(receiver.posted) == 1


@pytest.mark.parametrize("out", ["new.json", "new-{time}.json"])
def test_what_was_refused_comes_again_with_the_same_id(run, out):
    with Receiver(Answered(400)) as receiver:
        words = ("a.html", "--new", "--out", out, "--webhook", receiver.url)
        code, _, err = run(*words)
        assert code == 6
        assert "400 Bad Request; check the address and the secret: its entries come again" in err
        assert list(Path().glob("new-*")) == []
        assert ("nothing written" in err) is (out != "new.json")
        assert run(*words)[0] == 0
    first, again = receiver.posted
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert again.titles == ["one", "two"]
    (path,) = Path().glob("new*.json")
    assert titles(str(path)) == ["one", "two"]


def test_where_a_file_could_not_be_written_nothing_is_posted(run, monkeypatch):
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Receiver() as receiver:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full_disk)
            assert run(*NEW, "--webhook", receiver.url)[0] == 6
        assert receiver.posted == []
        assert run(*NEW, "--webhook", receiver.url)[0] == 0
    assert [one.titles for one in receiver.posted] == [["one", "two"]]


def test_a_source_that_fails_costs_no_other(run):
    publish("b.html", "bad")
    with Receiver() as receiver:
        assert run("b.html", *NEW, "--webhook", receiver.url)[0] == 3
    assert [one.titles for one in receiver.posted] == [["one", "two"]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("step", ["deliver", "end_run"])
def test_a_kill_behind_the_answer_repeats_the_message_with_its_id(place, monkeypatch, step):
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with Receiver() as receiver:
        words = ("a.html", "--new", "--webhook", receiver.url)
        with monkeypatch.context() as patch:
            patch.setattr(SqliteStore, step, die)
            assert wait(fork(*words)) == -signal.SIGKILL
        assert wait(fork(*words)) == 0
        publish("a.html", "three", "one", "two")
        assert wait(fork(*words)) == 0
    ids = [one.headers["webhook-id"] for one in receiver.posted]
    assert ids[0] == ids[1] != ids[2]
    assert [one.titles for one in receiver.posted] == [["one", "two"]] * 2 + [["three"]]


def test_it_tells_of_what_is_new_and_nothing_else(run):
    code, _, err = run("a.html", "--webhook", "http://127.0.0.1:9/")
    assert (code, err) == (2, "error: --webhook: usage: tells of what is new; add --new\n")


def test_a_missing_secret_is_told_before_any_page_is_read(run, monkeypatch):
    monkeypatch.delenv(SECRET)
    code, _, err = run(*NEW, "--webhook", "http://127.0.0.1:9/")
    assert code == 2
    assert err.startswith("error: --webhook: usage: no secret to sign with in SCRAPE_WEBHOOK")
    assert not Path("output").exists()


@pytest.mark.parametrize("status", [204, 403])
def test_neither_the_address_nor_the_secret_is_shown(run, status):
    with Receiver(Answered(status)) as receiver:
        host = receiver.url.split("/")[2]
        url = f"http://ann:pa55@{host}/T0/s3cret?token=t0ken"
        _, out, err = run(*NEW, "--webhook", url, "--debug", "--verbose", "--report", "run.json")
    told = out + err + Path("run.json").read_text()
    (posted,) = receiver.posted
    assert posted.path == "/T0/s3cret?token=t0ken"
    assert posted.headers["authorization"].startswith("Basic ")
    assert f"webhook {host}" in told
    # A traceback shows lines of the program, and no values.
    hidden = ("s3cret", "pa55", "t0ken", "ann:", WORD, WORD.removeprefix("whsec_"), KEY.decode())
    assert not [word for word in hidden if word in told]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_to_end_does_not_wait_for_a_slow_receiver(place, number, code):
    Path("page.html").write_text(PAGE)
    os.mkfifo("slow.html")  # nobody ever writes to it
    with Receiver(Answered(after_s=20)) as receiver:
        words = ["page.html", "slow.html", "--new", "--webhook", receiver.url]
        with started(*words) as process:
            assert any(line == "page.html: 2 items\n" for line in process.stderr)
            sent = time.monotonic()
            process.send_signal(number)
            _, err = process.communicate(timeout=10)
        assert time.monotonic() - sent < 2
        assert process.returncode == code
        assert "no whole answer within 0.5 s; its entries come again with the next run" in err
        words.remove("slow.html")
        with started(*words) as process:
            process.communicate()
        assert process.returncode == 0
    assert len({one.headers["webhook-id"] for one in receiver.posted}) == 1
    assert len(receiver.posted) == 2

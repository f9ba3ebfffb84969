"""Who is asked for events: endpoints that answer well, badly or not at all; programs; and what may not be asked."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest
from tests.plain.endpoints import Say, drips, envelope, raw, says, served, sleeps

from upriver.errors import ProposerError
from upriver.plain.proposers import KEY_VARIABLE, Endpoint, Program


def test_an_endpoint_is_asked_in_its_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k-1")
    with served(says("hello")) as model:
        assert Endpoint(model.url, "m").ask("the rules", "the passage") == "hello"
    ((path, headers, body),) = model.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer k-1"
    assert body["model"] == "m"
    assert (body["temperature"], body["seed"], body["stream"]) == (0, 0, False)
    assert body["messages"] == [
        {"role": "system", "content": "the rules"},
        {"role": "user", "content": "the passage"},
    ]


def test_no_key_is_sent_where_none_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with served(says("hello")) as model:
        Endpoint(model.url, "m").ask("a", "b")
    assert "Authorization" not in model.asked[0][1]


def test_no_proxy_sees_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(says("from the proxy")) as proxy, served(says("hello")) as model:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        assert Endpoint(model.url, "m").ask("a", "b") == "hello"
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("say", "reason"),
    [
        (raw(b"<html>Sign in</html>", kind="text/html"), "no JSON: '<html>Sign in</html>'"),
        (raw(envelope("x")[:40]), "no JSON"),
        (raw(b""), "no JSON"),
        (raw(b"oh no", 500), "it answered 500 Internal Server Error: oh no"),
        (raw(b"", 404), "it answered 404"),
        (raw(b'{"error": "no such model"}'), "not in the form of /chat/completions"),
        (raw(b'{"choices": []}'), "not in the form of /chat/completions"),
        (raw(b'{"choices": [{"message": {"content": null}}]}'), "holds no text"),
        (raw(b"[" * 100_000), "no JSON"),
        (raw(b"7"), "not in the form of /chat/completions"),
        (says('{"events": [', "length"), "cut short"),
        (raw(b" " * (5 << 20)), "longer than"),
        (sleeps, "no answer within 0.3 seconds"),
        (drips, "no answer within 0.3 seconds"),
    ],
)
def test_an_endpoint_that_gives_no_answer_says_why(say: Say, reason: str) -> None:
    started = time.monotonic()
    with served(say) as model, pytest.raises(ProposerError) as raised:
        Endpoint(model.url, "m", seconds=0.3).ask("a", "b")
    assert reason in str(raised.value)
    assert time.monotonic() - started < 5


def test_a_redirection_is_not_followed() -> None:
    with (
        served(says("elsewhere")) as other,
        served(raw(b"", 307, Location=f"{other.url}/chat/completions")) as model,
        pytest.raises(ProposerError, match="it answered 307"),
    ):
        Endpoint(model.url, "m").ask("a", "b")
    assert other.asked == []


def test_an_endpoint_that_is_down_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ProposerError, match="cannot be reached"):
        Endpoint(f"http://127.0.0.1:{port}/v1", "m").ask("a", "b")


@pytest.mark.parametrize("url", ["http://8.8.8.8/v1", "https://[2001:4860:4860::8888]/v1", "http://[::ffff:8.8.8.8]/v1",
                                 "http://169.254.169.254/v1"])  # fmt: skip
def test_text_is_not_sent_out_of_the_own_network_unless_told(url: str) -> None:
    with pytest.raises(ProposerError, match="would leave it"):
        Endpoint(url, "m")
    assert Endpoint(url, "m", allow_remote=True).remote()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/v1", "http://[::1]:1/v1", "http://10.1.2.3/v1", "http://192.168.0.9:8/v1"]
)
def test_this_machine_and_the_own_network_may_be_asked(url: str) -> None:
    assert Endpoint(url, "m").remote() is None


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8080", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/", "http://[::1",
     "http://u:p@127.0.0.1/v1", "http://no such host.invalid/v1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ProposerError):
        Endpoint(url, "m")


def program(tmp_path: Path, code: str) -> Program:
    path = tmp_path / "propose.py"
    path.write_text(code)
    return Program(f"{sys.executable} '{path}'", seconds=20)


def test_a_program_reads_the_prompt_and_writes_its_answer(tmp_path: Path) -> None:
    echo = program(tmp_path, "import sys; sys.stdout.write(sys.stdin.read().upper())")
    assert echo.ask("rules", "passage") == "RULES\n\nPASSAGE\n"
    assert echo.name.startswith("python")


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    Program(f"{sys.executable} -c pass ; touch {tmp_path / 'made'}", seconds=20).ask("a", "b")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(("code", "reason"), [("raise SystemExit(3)", "code 3"), ("print('x' * (5 << 20))", "longer")])
def test_a_program_that_gives_no_answer_says_why(tmp_path: Path, code: str, reason: str) -> None:
    with pytest.raises(ProposerError, match=reason):
        program(tmp_path, code).ask("a", "b")


def test_a_slow_program_is_ended_with_all_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "late"
    child = f"import time, pathlib; time.sleep(2); pathlib.Path({str(mark)!r}).touch()"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    slow = Program(program(tmp_path, code).command, seconds=0.5)
    with pytest.raises(ProposerError, match="no answer within"):
        slow.ask("a", "b")
    time.sleep(2.5)
    assert not mark.exists()


@pytest.mark.parametrize("command", ["", "  ", "'open"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(ProposerError):
        Program(command)


def test_a_program_that_is_not_there_says_so() -> None:
    with pytest.raises(ProposerError, match="cannot be started"):
        Program("/no/such/program").ask("a", "b")

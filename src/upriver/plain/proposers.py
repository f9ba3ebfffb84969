"""Who proposes events: a model behind an OpenAI-compatible endpoint, or a program of this machine.

Text leaves the machine only where its user says so: addresses out of the own network are refused, no redirection is
followed and no proxy is used.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from upriver.errors import ProposerError

KEY_VARIABLE = "UPRIVER_API_KEY"
_MOST_BYTES = 4 << 20  # of an answer
_MOST_TOKENS = 4096
_BLOCK = 1 << 16


class Proposer(Protocol):
    """Something that answers a prompt; `name` goes into `proposed_by`."""

    @property
    def name(self) -> str: ...

    def ask(self, instructions: str, passage: str) -> str:
        """The answer to one passage, as text.

        raises  ProposerError when there is none
        """
        ...


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirection: an address that was allowed must not send the text on to another."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind `url`/chat/completions; temperature 0 and a seed, so that it says the same again if it can.

    seconds  to wait for the whole of one answer
    raises   ProposerError when the address is none, or lies out of the own network and `allow_remote` is not given
    """

    url: str
    model: str
    seconds: float = 60.0
    allow_remote: bool = False

    def __post_init__(self) -> None:
        remote = self.remote()
        if remote and not self.allow_remote:
            raise ProposerError(
                f"{self.url} is {remote}, out of this machine's own network: the text of every passage would leave it; "
                "name an endpoint of your own, or add --allow-remote if the text may be given away"
            )

    @property
    def name(self) -> str:
        return self.model

    def remote(self) -> str | None:
        """The first address of the endpoint that is neither this machine nor a private network; None where all are.

        raises  ProposerError when the address cannot be read or found
        """
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ProposerError(f"{self.url}: no address: {error}; write http://127.0.0.1:8080/v1") from error
        if parts.scheme not in ("http", "https") or not host:
            raise ProposerError(f"{self.url}: no address of an endpoint; write it as http://127.0.0.1:8080/v1")
        if parts.username or parts.password:
            raise ProposerError(f"the endpoint's address holds a password; put it into the variable {KEY_VARIABLE}")
        try:
            found = socket.getaddrinfo(host, port or 80, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise ProposerError(f"{self.url}: there is no machine {host}; correct the address") from error
        addresses = sorted({str(entry[4][0]).partition("%")[0] for entry in found})
        return next((address for address in addresses if not _is_own(address)), None)

    def ask(self, instructions: str, passage: str) -> str:
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": passage}],
            "temperature": 0,
            "seed": 0,
            "max_tokens": _MOST_TOKENS,
            "stream": False,
        }
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if key:
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(
            self.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers, method="POST"
        )
        return _content(self._sent(request))

    def _sent(self, request: urllib.request.Request) -> bytes:
        opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
        until = time.monotonic() + self.seconds
        try:
            with opener.open(request, timeout=self.seconds) as answer:
                return self._read(answer, until)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(300).decode("utf-8", "replace") if error.fp else ""
            raise ProposerError(f"it answered {error.code} {error.reason}: {' '.join(said.split())[:200]}") from error
        except TimeoutError as error:
            raise ProposerError(f"it gave no answer within {self.seconds:g} seconds") from error
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise ProposerError(f"it gave no answer within {self.seconds:g} seconds") from error
            raise ProposerError(f"it cannot be reached: {reason}") from error

    def _read(self, answer: Any, until: float) -> bytes:
        """The whole answer. A server that sends a byte a minute never breaks the limit of one read, so time is kept."""
        pieces = []
        n_bytes = 0
        while piece := answer.read1(_BLOCK):
            n_bytes += len(piece)
            pieces.append(piece)
            if n_bytes > _MOST_BYTES:
                raise ProposerError(f"its answer is longer than {_MOST_BYTES} bytes")
            if time.monotonic() > until:
                raise TimeoutError
        return b"".join(pieces)


def _is_own(address: str) -> bool:
    """Whether an address is this machine or of a private network; a link-local one is no place to send evidence to."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_loopback or (found.is_private and not found.is_link_local)


def _content(answer: bytes) -> str:
    """What the model says, out of the envelope of its endpoint."""
    try:
        envelope = json.loads(answer.decode("utf-8", "replace"))
        choice = envelope["choices"][0]
        said = choice["message"]["content"]
    except (ValueError, RecursionError) as error:
        start = " ".join(answer[:100].decode("utf-8", "replace").split())
        raise ProposerError(f"its answer is no JSON: {start!r}") from error
    except (KeyError, IndexError, TypeError) as error:
        raise ProposerError(
            "its answer is not in the form of /chat/completions: no choices[0].message.content"
        ) from error
    if not isinstance(said, str):
        raise ProposerError("its answer holds no text")
    if choice.get("finish_reason") == "length":
        raise ProposerError(f"its answer was cut short after {_MOST_TOKENS} tokens")
    return said


@dataclass(frozen=True, slots=True)
class Program:
    """A program that reads the prompt on its input and writes JSON to its output; no shell stands between.

    raises  ProposerError when `command` names no program
    """

    command: str
    seconds: float = 60.0

    def __post_init__(self) -> None:
        self._words()

    @property
    def name(self) -> str:
        return Path(self._words()[0]).name

    def _words(self) -> list[str]:
        try:
            words = shlex.split(self.command)
        except ValueError as error:
            raise ProposerError(f"--proposer {self.command!r}: {error}; write it as in a shell") from error
        if not words:
            raise ProposerError("--proposer names no program")
        return words

    def ask(self, instructions: str, passage: str) -> str:
        # Files, not pipes: a program that writes without end fills no memory, and its time is bounded.
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
            given.write(f"{instructions}\n\n{passage}\n".encode("utf-8", "replace"))
            given.seek(0)
            try:
                process = subprocess.Popen(
                    self._words(), stdin=given, stdout=said, stderr=subprocess.DEVNULL, start_new_session=True
                )
            except (OSError, ValueError) as error:
                raise ProposerError(f"{self.name} cannot be started: {getattr(error, 'strerror', error)}") from error
            try:
                code = process.wait(self.seconds)
            except subprocess.TimeoutExpired as error:
                raise ProposerError(f"it gave no answer within {self.seconds:g} seconds") from error
            finally:
                _end(process)
            if code:
                raise ProposerError(f"it ended with code {code}")
            said.seek(0)
            answer = said.read(_MOST_BYTES + 1)
        if len(answer) > _MOST_BYTES:
            raise ProposerError(f"its answer is longer than {_MOST_BYTES} bytes")
        return answer.decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a program and of those it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

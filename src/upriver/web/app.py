"""Routes of the local server: pages of a case, and one form that adds a decision to its journal.

It listens on this machine alone, answers to local names alone (a page elsewhere that points its name at 127.0.0.1 gets
nothing), and takes a form only from its own pages.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from upriver.case import journal
from upriver.case.store import Case
from upriver.errors import CaseError, JournalError, UpriverError
from upriver.report.pages import POLICY, environment
from upriver.review.labelling import label
from upriver.review.session import ACCEPT, REJECT
from upriver.review.sitting import withdraw
from upriver.web.views import Views

HOST = "127.0.0.1"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_COOKIE = "upriver_form"
_STRANGE_FORM = "This form did not come from a page of this server: open it again."
_HEADERS = {
    "Content-Security-Policy": POLICY.format(forms="'self'") + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(case_dir: Path, unmask: bool = False) -> FastAPI:
    """The server of one case, which it opens for reading and closes when it stops.

    raises  CaseError when there is no such case; CaseLockedError while another process writes it
    """
    case = Case.open(case_dir, read_only=True)
    views = Views(case, unmask)
    lock = threading.Lock()
    token = secrets.token_urlsafe(32)
    app = FastAPI(title="Upriver", docs_url=None, redoc_url=None, openapi_url=None, on_shutdown=[case.close])

    @app.middleware("http")
    async def only_local(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Refuse other host names, and add the headers that keep evidence from running or leaving."""
        if (urlsplit(f"//{request.headers.get('host', '')}").hostname or "") not in _LOCAL:
            response: Response = HTMLResponse("This server answers to this machine alone.", 421)
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    async def page(name: str, make: Callable[[], dict[str, Any]], status: int = 200, **more: Any) -> HTMLResponse:
        """A page of what `make` says, made while no other request reads the case."""

        def render() -> str:
            with lock:
                told = make()
            head = {
                "title": views.masks.text(case.manifest.title or case_dir.stem),
                "masked": views.masks.hides,
                "version": case.manifest.upriver,
            }
            return environment("upriver.web").get_template(name).render({**head, "token": token, **told, **more})

        try:
            text = await run_in_threadpool(render)
        except CaseError as error:
            text = (
                environment("upriver.web")
                .get_template("refused.html")
                .render(title="Not found", masked=True, version=case.manifest.upriver, reason=str(error))
            )
            status = 404
        response = HTMLResponse(text.encode("utf-8", "replace"), status)
        response.set_cookie(_COOKIE, token, httponly=True, samesite="strict", path="/")
        return response

    @app.get("/")
    async def summary() -> HTMLResponse:
        return await page("summary.html", views.summary)

    @app.get("/finding/{finding_id}")
    async def finding(finding_id: str) -> HTMLResponse:
        return await page("finding.html", lambda: views.finding(finding_id))

    @app.get("/people")
    async def people() -> HTMLResponse:
        return await page("people.html", views.people)

    @app.get("/accounts")
    async def accounts(q: str = "") -> HTMLResponse:
        return await page("accounts.html", lambda: views.accounts(q[:200]))

    @app.get("/ledger")
    async def ledger() -> HTMLResponse:
        return await page("entries.html", views.ledger)

    @app.get("/tables")
    async def tables() -> HTMLResponse:
        return await page("tables.html", views.tables)

    @app.get("/tables/{name}")
    async def table(name: str, page_number: int = 0) -> HTMLResponse:
        return await page("table.html", lambda: views.table(name, page_number))

    @app.get("/decisions")
    async def decisions() -> HTMLResponse:
        return await page("decisions.html", views.decisions, refused="")

    @app.post("/decisions")
    async def decide(
        request: Request,
        kind: Annotated[str, Form()],
        subject_id: Annotated[str, Form()],
        who: Annotated[str, Form()],
        why: Annotated[str, Form()],
        form_token: Annotated[str, Form()] = "",
        object_id: Annotated[str, Form()] = "",
        value: Annotated[str, Form()] = "",
    ) -> Response:
        if not _own(request, form_token, token):
            return HTMLResponse(_STRANGE_FORM, 403)
        try:
            with lock:
                journal.append(
                    case_dir, kind, subject_id.strip(), object_id.strip() or None, value.strip() or None,
                    who=who.strip(), why=why.strip(),
                )  # fmt: skip
        except JournalError as error:
            return await page("decisions.html", views.decisions, 422, refused=str(error))
        return RedirectResponse("/decisions", 303)

    # Who sits here, and what was decided last: one analyst, on this machine.
    sitting = {"who": "", "last": ""}

    def take_back(made: dict[str, str]) -> None:
        if made["last"]:
            withdraw(case_dir, made["last"], sitting["who"])
            made["last"] = ""

    @app.get("/review")
    async def review(merged: int = 0, after: int = 0) -> HTMLResponse:
        return await page(
            "review.html",
            lambda: views.review(bool(merged), after),
            who=sitting["who"],
            last=sitting["last"],
            refused="",
        )

    @app.post("/review")
    async def review_pair(
        request: Request,
        decision: Annotated[str, Form()],
        form_token: Annotated[str, Form()] = "",
        left_id: Annotated[str, Form()] = "",
        right_id: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
        why: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        merged: Annotated[int, Form()] = 0,
        after: Annotated[int, Form()] = 0,
    ) -> Response:
        if not _own(request, form_token, token):
            return HTMLResponse(_STRANGE_FORM, 403)
        sitting["who"] = who.strip() or sitting["who"]
        try:
            with lock:
                if decision == "undo":
                    take_back(sitting)
                elif decision not in {ACCEPT, REJECT}:
                    raise JournalError(f"a pair is decided by {ACCEPT} or {REJECT}")
                else:
                    told = why.strip() or f"seen side by side: {reason}"
                    made = journal.append(case_dir, decision, left_id, right_id, who=sitting["who"], why=told)
                    sitting["last"] = made.decision_id
        except JournalError as error:
            return await page(
                "review.html", lambda: views.review(bool(merged), after), 422, who=sitting["who"], last=sitting["last"],
                refused=str(error),
            )  # fmt: skip
        return RedirectResponse(f"/review?merged={int(bool(merged))}&after={max(after, 0)}", 303)

    labelled = {"last": ""}

    @app.get("/contacts")
    async def contacts(after: int = 0) -> HTMLResponse:
        return await page(
            "contacts.html",
            lambda: views.contacts(after),
            who=sitting["who"],
            last=labelled["last"],
            refused="",
        )

    @app.post("/contacts")
    async def label_contact(
        request: Request,
        decision: Annotated[str, Form()],
        form_token: Annotated[str, Form()] = "",
        record_id: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "",
        who: Annotated[str, Form()] = "",
        why: Annotated[str, Form()] = "",
        after: Annotated[int, Form()] = 0,
    ) -> Response:
        if not _own(request, form_token, token):
            return HTMLResponse(_STRANGE_FORM, 403)
        sitting["who"] = who.strip() or sitting["who"]

        def write() -> None:
            with lock:
                if decision == "undo":
                    take_back(labelled)
                    return
                value = f"{decision}:{kind}" if kind and decision == "scam" else decision
                made = label(case_dir, views.asked(record_id), value, sitting["who"], why)
                labelled["last"] = made.decision_id

        try:
            await run_in_threadpool(write)
        except (JournalError, CaseError) as error:
            return await page(
                "contacts.html", lambda: views.contacts(after), 422, who=sitting["who"], last=labelled["last"],
                refused=str(error),
            )  # fmt: skip
        return RedirectResponse(f"/contacts?after={max(after, 0)}", 303)

    return app


def _own(request: Request, form_token: str, token: str) -> bool:
    """Whether a form comes from a page of this very server: its token in form and cookie, and its origin."""
    origin = request.headers.get("origin")
    ours = origin is None or origin == f"http://{request.headers.get('host', '')}"
    cookie = request.cookies.get(_COOKIE, "")
    return ours and secrets.compare_digest(form_token, token) and secrets.compare_digest(cookie, token)


def serve(case_dir: Path, port: int = 8000, unmask: bool = False) -> None:
    """Serve a case on this machine until it is stopped; port 0 takes a free one.

    raises  UpriverError when the case cannot be opened or the port is taken
    """
    import socket

    import uvicorn

    app = create_app(case_dir, unmask)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise UpriverError(f"port {port} is taken ({error.strerror}); name another with --port") from error
        print(f"http://{HOST}:{listener.getsockname()[1]}/  (Ctrl-C stops it)", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])

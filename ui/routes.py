"""Plain addresses beside the pages: joining by link, coming back, signing in and out, health, own data.

Tokens never stay in the address bar: they become an HttpOnly cookie and the browser is sent on.
"""

import json
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from domain.errors import AccessError, MoralGraphError, NotFoundError
from domain.ids import PersonId, new_id
from services.secrets_store import is_administrator
from services.tokens import PARTICIPANT_MAX_AGE_S, STAFF_MAX_AGE_S, ParticipantTicket, StaffTicket
from ui.export_routes import download_export
from ui.messages import known_language
from ui.runtime import services
from ui.session import PARTICIPANT_COOKIE, STAFF_COOKIE
from ui.web_pages import message_page, resume_page, sign_in_page

TRIES_PER_MINUTE = 10
MOST_ADDRESSES = 10_000
MINUTE_S = 60
SEE_OTHER = 303


class Tries:
    """Counts tries per address, so that passwords and codes cannot be guessed at speed.

    Addresses without a try in the last minute are forgotten, and of more than ``most`` the one that has been quiet
    longest: what is held stays small whoever asks.
    """

    def __init__(
        self, per_minute: int, *, most: int = MOST_ADDRESSES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        """Times in seconds, each address by its newest one."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._seen)

    def is_allowed(self, who: str) -> bool:
        """Count one try; tell whether it is within the limit."""
        now = self._clock()
        with self._lock:
            while self._seen and now - next(iter(self._seen.values()))[-1] > MINUTE_S:
                self._seen.popitem(last=False)
            seen = self._seen.setdefault(who, deque())
            while seen and now - seen[0] > MINUTE_S:
                seen.popleft()
            if len(seen) >= self._per_minute:
                return False
            seen.append(now)
            self._seen.move_to_end(who)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return True


_tries = Tries(TRIES_PER_MINUTE)


def join(request: Request) -> Response:
    """Turn a study link into a cookie, keep a cookie that already stands for this study, and go to the welcome page."""
    try:
        study_id = services().tokens.read_study_link(request.path_params["token"])
    except AccessError as error:
        return HTMLResponse(message_page("This link does not work", str(error)), status_code=404)
    held = _ticket(request)
    if held is not None and held.study_id == study_id and _is_known(held.person_id):
        return RedirectResponse(_in_language("/welcome", request), SEE_OTHER)
    ticket = ParticipantTicket(person_id=PersonId(new_id()), study_id=study_id)
    return _with_cookie(
        RedirectResponse(_in_language("/welcome", request), SEE_OTHER),
        request,
        PARTICIPANT_COOKIE,
        services().tokens.participant(ticket),
        PARTICIPANT_MAX_AGE_S,
    )


async def resume(request: Request) -> Response:
    """Show the receipt form, or turn a typed receipt code into a cookie on this device."""
    language = known_language(request.query_params.get("lang"))
    if request.method == "GET":
        return HTMLResponse(resume_page(language=language))
    refusal = _refusal(request)
    if refusal:
        return HTMLResponse(resume_page(refusal, language=language), status_code=429)
    typed = str((await request.form()).get("code", ""))
    try:
        person = await run_in_threadpool(services().participants.by_receipt, typed)
    except NotFoundError as error:
        return HTMLResponse(resume_page(str(error), language=language), status_code=404)
    token = services().tokens.participant(ParticipantTicket(person_id=person.id, study_id=person.study_id))
    return _with_cookie(
        RedirectResponse(_in_language("/my-contributions", request), SEE_OTHER),
        request,
        PARTICIPANT_COOKIE,
        token,
        PARTICIPANT_MAX_AGE_S,
    )


async def sign_in(request: Request) -> Response:
    """Show the sign-in form, or check the administrator's password."""
    if request.method == "GET":
        return HTMLResponse(sign_in_page())
    refusal = _refusal(request)
    if refusal:
        return HTMLResponse(sign_in_page(refusal), status_code=429)
    form = await request.form()
    name, password = str(form.get("name", "")), str(form.get("password", ""))
    folder = services().settings.data_dir
    if not await run_in_threadpool(is_administrator, folder, name=name, password=password):
        return HTMLResponse(sign_in_page("Name or password is wrong. Nothing was changed."), status_code=403)
    token = services().tokens.staff(StaffTicket(name=name, epoch=services().staff_epoch()))
    return _with_cookie(RedirectResponse("/studies", SEE_OTHER), request, STAFF_COOKIE, token, STAFF_MAX_AGE_S)


def sign_out(_request: Request) -> Response:
    """Forget the staff session of this browser."""
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(STAFF_COOKIE)
    return response


def leave(_request: Request) -> Response:
    """Forget the participant on this device; their data stays until they delete it."""
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(PARTICIPANT_COOKIE)
    return response


def my_data(request: Request) -> Response:
    """Send everything stored about the participant of this cookie."""
    held = _ticket(request)
    if held is None or not _is_known(held.person_id):
        return HTMLResponse(message_page("No data here", "This browser does not take part in a study."), 404)
    document = services().own_data.fetch(services().participants.guest(held.person_id).person)
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"},
    )


def health(_request: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok")


def ready(_request: Request) -> Response:
    """Say whether the database answers; why it does not is for the log alone, since anybody may ask here."""
    try:
        services().database.ping()
    except MoralGraphError as error:
        logging.getLogger("moralgraph").warning("Not ready: %s", error)
        return JSONResponse({"ready": False}, status_code=503)
    return JSONResponse({"ready": True})


def _in_language(path: str, request: Request) -> str:
    """Return ``path`` in the language that the request asks for, where there is a catalogue for it."""
    language = known_language(request.query_params.get("lang"))
    return path if language == "en" else f"{path}?lang={language}"


def _ticket(request: Request) -> ParticipantTicket | None:
    token = request.cookies.get(PARTICIPANT_COOKIE)
    if not token:
        return None
    try:
        return services().tokens.read_participant(token)
    except AccessError:
        return None


def _is_known(person_id: PersonId) -> bool:
    try:
        services().participants.guest(person_id)
    except NotFoundError:
        return False
    return True


def _refusal(request: Request) -> str:
    """Return why a form is not read: from another site, or too many tries. Empty when it is."""
    origin = request.headers.get("origin")
    if origin is not None and origin.split("//", 1)[-1] != request.headers.get("host"):
        return "This form was sent from another site. Open it here and try again."
    who = request.client.host if request.client else ""
    return "" if _tries.is_allowed(who) else "Too many tries. Wait a minute, then try again."


def _with_cookie(response: Response, request: Request, name: str, value: str, max_age_s: int) -> Response:
    response.set_cookie(
        name, value, max_age=max_age_s, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return response


ROUTES: list[BaseRoute] = [
    Route("/join/{token}", join),
    Route("/resume", resume, methods=["GET", "POST"]),
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
    Route("/my-data.json", my_data),
    Route("/exports/{token}/{name}", download_export),
    Route("/healthz", health),
    Route("/readyz", ready),
    Mount("/assets", StaticFiles(directory="assets")),
]

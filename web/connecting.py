"""The page to connect a model: servers that were found, their models, a try, and which one is used from now on.

An address and a key stay in this process's memory, but for a key that a person has the system's keyring keep. Where the
page has a password, others than its owner may be there: then nothing can be connected on it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from ..schemas.context import Context
from ..schemas.errors import RecurrentGPTError, SettingsError
from .forms import read_form
from .render import render_page
from .words import words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from ..stories.connections import Wanted
    from ..stories.doctor import Finding


async def show(request: Request) -> Response:
    """What there is to connect."""
    return await _page(request)


async def act(request: Request) -> Response:
    """Try a model, look at what it can do, or use it from now on."""
    from ..stories import connections  # noqa: PLC0415 (the model's side is slow to import)

    library, form = request.app.state.sessions.library, await read_form(request)
    keeps = bool(form.get("keep"))
    wanted = connections.Wanted(form.get("model", ""), form.get("address", ""), form.get("key", ""), keeps)
    try:
        if request.app.state.auth.password is not None:
            raise SettingsError("connect_on_the_machine")
        match form.get("do"):
            case "use":
                connections.connect(library, wanted)
                return RedirectResponse("/connect", HTTPStatus.SEE_OTHER)
            case "forget":
                connections.forget_key(wanted.address)
                return await _page(request, wanted, forgotten=wanted.address)
            case "examine":
                return await _page(request, wanted, findings=await connections.findings(library, wanted))
            case _:
                return await _page(request, wanted, wrote=await connections.one_sentence(library, wanted))
    except RecurrentGPTError as error:
        return await _page(request, wanted, problem=error)


async def _page(
    request: Request,
    wanted: Wanted | None = None,
    problem: RecurrentGPTError | None = None,
    **came: str | Sequence[Finding],
) -> Response:
    """The page, with what came of what was asked for: ``wrote``, ``findings`` or ``forgotten``."""
    from ..stories import connections  # noqa: PLC0415
    from ..stories.connections import Wanted, can_keep_keys  # noqa: PLC0415

    library, words = request.app.state.sessions.library, words_for(request)
    may_connect, found = request.app.state.auth.password is None, []
    if may_connect:
        try:
            found = await connections.connections(library)
        except RecurrentGPTError as error:
            problem = problem or error
    return render_page(
        "connect",
        request,
        HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
        found=found,
        may_connect=may_connect,
        wanted=wanted or Wanted(""),
        in_use=library.default_model,
        is_demonstration=library.is_demonstration(Context()),
        problem=words.problem(problem),
        can_keep=may_connect and can_keep_keys(),
        **{"wrote": "", "findings": (), "forgotten": "", **came},
    )

"""What each initiator asks for: mode, destination, credentials and method, as HTML and the XHR standard set them."""

from __future__ import annotations

from dataclasses import dataclass

from corstui.fetch.mime import JAVASCRIPT_TYPES


@dataclass(frozen=True, slots=True)
class Initiator:
    """``mode`` and ``credentials`` apply without ``crossorigin``; None leaves them to the caller (fetch, XHR).

    ``scripted``: the caller chooses method, headers and body, and the request may need a preflight (the unsafe-request
    flag). ``needs_body``: a response whose body fails is an error to the initiator.
    """

    name: str
    destination: str
    mode: str | None
    credentials: str | None
    scripted: bool = False
    needs_body: bool = False
    method: str = "GET"
    takes_crossorigin: bool = False
    #: MIME types that the initiator takes, by prefix; empty: any.
    mime_types: tuple[str, ...] = ()


_ROWS = (
    Initiator("fetch", "empty", None, None, scripted=True),
    Initiator("xhr", "empty", "cors", None, scripted=True, needs_body=True),
    Initiator("eventsource", "empty", "cors", "same-origin", takes_crossorigin=True, mime_types=("text/event-stream",)),
    Initiator("beacon", "empty", "no-cors", "include", method="POST"),
    Initiator("img", "image", "no-cors", "include", takes_crossorigin=True, needs_body=True),
    Initiator("script", "script", "no-cors", "include", takes_crossorigin=True, needs_body=True),
    Initiator(
        "module", "script", "cors", "same-origin", takes_crossorigin=True, needs_body=True, mime_types=JAVASCRIPT_TYPES
    ),
    Initiator("stylesheet", "style", "no-cors", "include", takes_crossorigin=True, needs_body=True),
    Initiator("font", "font", "cors", "same-origin", needs_body=True),
    Initiator("video", "video", "no-cors", "include", takes_crossorigin=True),
    Initiator("audio", "audio", "no-cors", "include", takes_crossorigin=True),
    Initiator("track", "track", "same-origin", "same-origin", takes_crossorigin=True, needs_body=True),
    Initiator("preload", "empty", "no-cors", "include", takes_crossorigin=True),
    Initiator("iframe", "iframe", "navigate", "include"),
    Initiator("form", "document", "navigate", "include"),
    Initiator("navigation", "document", "navigate", "include"),
)

INITIATORS = {row.name: row for row in _ROWS}

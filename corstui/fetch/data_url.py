"""data: URLs, which answer by themselves: https://fetch.spec.whatwg.org/#data-url-processor"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from corstui.fetch.engines import Engine
from corstui.fetch.result import ScriptResponse
from corstui.fetch.url import Url

_DEFAULT_TYPE = "text/plain;charset=US-ASCII"


def data_response(url: Url, method: str, engine: Engine) -> ScriptResponse | None:
    """The response that the URL itself holds; no network is asked. None for a URL without a comma, which has none."""
    head, comma, data = url.without_fragment.removeprefix("data:").partition(",")
    if not comma:
        return None
    media_type = unquote_to_bytes(head).decode("latin-1").strip()
    body = unquote_to_bytes(data)
    if media_type.lower().replace(" ", "").endswith(";base64"):
        media_type = media_type[: media_type.rindex(";")].strip()
        try:
            body = base64.b64decode(body, validate=False)
        except binascii.Error:
            body = b""
    if media_type.startswith(";"):
        media_type = "text/plain" + media_type
    content_type = media_type if "/" in media_type else _DEFAULT_TYPE
    headers = [("content-type", content_type)]
    if engine.data_urls_have_length:
        headers.append(("content-length", str(len(body))))
    return ScriptResponse("basic", 200, url.without_fragment, False, headers, b"" if method == "HEAD" else body)

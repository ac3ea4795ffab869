"""What never leaves a profile that does not allow it: unsafe requests, and secrets to origins that it does not name."""

from __future__ import annotations

from corstui.fetch.messages import Request
from corstui.fetch.origin import origin_of
from corstui.fetch.url import parse
from corstui.runner.plan import Planned


class Guard:
    """Decides, for one flow, whether a request may leave. It sees every request, redirect hops included."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned
        self._preflighted = False

    def hold(self, request: Request) -> str | None:
        """The ``held-*`` reason for which the request stays here, or None when it may leave."""
        if request.phase == "preflight":
            self._preflighted = True
        elif not self._planned.may_send(request.method):
            return "held-after-preflight" if self._preflighted else "held-no-preflight"
        return "held-secret" if self._planned.guarded and self._leaks(request) else None

    def _leaks(self, request: Request) -> bool:
        deployment = self._planned.deployment
        url = parse(request.url)
        if url is None or str(origin_of(url)) in deployment.named_origins:
            return False
        return carries_secret(self._planned, request)


def carries_secret(planned: Planned, request: Request) -> bool:
    """Whether the request would show a secret or a cookie of the profile."""
    deployment = planned.deployment
    cookies = {f"{cookie.name}={cookie.value}" for cookie in deployment.cookies}
    own = {(name.lower(), value) for name, value in planned.endpoint.headers if deployment.is_secret_name(name)}
    for name, value in request.headers:
        if name.lower() == "cookie" and cookies.intersection(value.split("; ")):
            return True
        if (name.lower(), value) in own:
            return True
    texts = [request.url, *(value for _, value in request.headers), request.body.decode("utf-8", "surrogateescape")]
    return any(map(deployment.masker.holds, texts))

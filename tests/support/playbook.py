"""Dialogues without a network: a script of answers, played to the pure flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from corstui.fetch.context import BrowserState, FetchParams, PageContext
from corstui.fetch.flow import fetch
from corstui.fetch.messages import Held, NetworkError, Reply, Request
from corstui.fetch.result import Flow

Answer = bytes | NetworkError | Held


def head(status: int, *headers: tuple[str, str], reason: str = "OK") -> bytes:
    """A raw response head."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


@dataclass
class Playbook:
    """Answers requests one by one and keeps them. Its clock advances by ``step`` seconds a reply."""

    answers: Callable[[Request], Answer]
    requests: list[Request] = field(default_factory=list)
    now: float = 1000.0
    wall: float = 1_790_000_000.0
    step: float = 0.01

    def play(self, params: FetchParams, page: PageContext, state: BrowserState) -> Flow:
        """Run one flow to its end."""
        flow = fetch(params, page, state, self.now, self.wall)
        try:
            request = next(flow)
            while True:
                request = flow.send(self.reply(request))
        except StopIteration as done:
            result: Flow = done.value
            return result

    def reply(self, request: Request) -> Reply:
        self.requests.append(request)
        self.now += self.step
        self.wall += self.step
        answer = self.answers(request)
        if isinstance(answer, NetworkError):
            return Reply(error=answer, now=self.now, wall=self.wall)
        if isinstance(answer, Held):
            return Reply(held=answer, now=self.now, wall=self.wall)
        return Reply(head=answer, now=self.now, wall=self.wall)

    @property
    def lines(self) -> list[str]:
        """``METHOD url`` of every request."""
        return [f"{request.method} {request.url}" for request in self.requests]


def answers(*sequence: Answer) -> Callable[[Request], Answer]:
    """Answers in the order of the requests; one too few is an error of the test."""
    queue: Iterable[Answer] = iter(sequence)

    def answer(request: Request) -> Answer:
        try:
            return next(queue)  # type: ignore[call-overload,no-any-return]
        except StopIteration:
            raise AssertionError(f"no answer left for {request.method} {request.url}") from None

    return answer


def values(request: Request, name: str) -> list[str]:
    """The values of one request header."""
    return [value for key, value in request.headers if key.lower() == name.lower()]

"""Cells as the runner hands them out, made from a flow or from plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

from corstui.fetch.result import Flow, ScriptResponse


@dataclass(frozen=True)
class Key:
    environment: str = "staging"
    origin: str = "partner"
    endpoint: str = "list orders"
    engine: str = "chromium"


@dataclass(frozen=True)
class Cell:
    flow: Flow
    key: Key = field(default_factory=Key)
    origin_value: str = "https://partner.example"
    method: str = "GET"
    url: str = "https://api.example/orders"
    as_expected: bool | None = None
    expected: str | None = None
    severity: str | None = None
    waiver_state: str | None = None

    @property
    def verdict(self) -> str:
        return self.flow.verdict

    @property
    def reason(self) -> str | None:
        return self.flow.reason

    @property
    def phase(self) -> str:
        return self.flow.phase

    @property
    def sent(self) -> bool:
        return self.flow.sent

    @property
    def inconclusive(self) -> bool:
        return self.flow.inconclusive

    @property
    def response(self) -> ScriptResponse | None:
        return self.flow.response

    @property
    def status(self) -> int | None:
        return self.flow.response.status if self.flow.response is not None else None

"""Secrets end here: everything that a report says about a cell goes through the mask of its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from corstui.fetch.messages import HeaderList
from corstui.profile.secrets import Masker
from corstui.report.formats import Options

if TYPE_CHECKING:
    from corstui.profile import Deployment


class Mask(Protocol):
    """Hides secrets in free text, and the values of header fields that carry them."""

    def text(self, text: str) -> str: ...

    def headers(self, headers: HeaderList) -> HeaderList: ...


class Unmasked:
    """Shows everything: somebody asked for it, or it was masked before."""

    def text(self, text: str) -> str:
        return text

    def headers(self, headers: HeaderList) -> HeaderList:
        return headers


class Masked:
    """Hides what the masker knows."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def text(self, text: str) -> str:
        return self._masker.mask(text)

    def headers(self, headers: HeaderList) -> HeaderList:
        return self._masker.mask_headers(headers)


def mask_for(deployment: Deployment, options: Options) -> Mask:
    """The mask of one environment."""
    return Unmasked() if options.secrets else Masked(deployment.masker)

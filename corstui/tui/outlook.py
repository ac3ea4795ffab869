"""What a run is about to send, in a few lines, for somebody who has to say yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corstui.printable import printable

if TYPE_CHECKING:
    from corstui.runner import Planned

_LISTED = 6


def outlook(planned: Iterable[Planned]) -> list[tuple[str, str]]:
    """Pairs of a heading and its text: cells, hosts, credentials, writes."""
    cells = list(planned)
    return [
        ("cells", f"{len(cells)}: one request each, besides preflights, redirects and controls"),
        ("hosts", _counted(Counter(_host(cell.url) for cell in cells))),
        ("credentials", _credentials(cells)),
        ("writes", _writes(cells)),
    ]


def _host(url: str) -> str:
    try:
        return printable(urlsplit(url).netloc.rpartition("@")[2]) or "an address that cannot be parsed"
    except ValueError:
        return "an address that cannot be parsed"


def _counted(counts: Counter[str]) -> str:
    listed = [f"{name} ({number})" for name, number in counts.most_common(_LISTED)]
    more = len(counts) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more > 0 else "")


def _credentials(cells: list[Planned]) -> str:
    cookies = {cookie.name for cell in cells for cookie in cell.deployment.cookies}
    included = sum(cell.endpoint.credentials == "include" for cell in cells)
    secrets = sum(cell.endpoint.uses_secret for cell in cells)
    said = [
        f"{included} cells include them" if included else "",
        f"{len(cookies)} cookies of the profile" if cookies else "",
        f"{secrets} cells carry a secret" if secrets else "",
    ]
    return ", ".join(part for part in said if part) or "none"


def _writes(cells: list[Planned]) -> str:
    from corstui.profile.model import SAFE_METHODS

    changing = [cell for cell in cells if cell.method.upper() not in SAFE_METHODS]
    sent = Counter(printable(cell.method) for cell in changing if cell.sends)
    held = len(changing) - sum(sent.values())
    said = [_counted(sent) + " will be sent" if sent else "", f"{held} held back after the preflight" if held else ""]
    return "; ".join(part for part in said if part) or "none"

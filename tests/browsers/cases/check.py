"""The CORS check: Access-Control-Allow-Origin and -Credentials on the response, on the preflight, and on both."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.browsers.cases.build import (
    ACAC,
    ACAM,
    ACAO,
    API,
    APP,
    CREDENTIALS,
    Case,
    allow,
    ask,
    at,
    case,
    field,
    preflight,
    serves,
    text,
)
from tests.browsers.cases.spellings import ALLOWED_CREDENTIALS, ODD_CREDENTIALS, ORIGINS, TELLING_ORIGINS

_ALL_CREDENTIALS = ALLOWED_CREDENTIALS | ODD_CREDENTIALS


def simple() -> Iterator[Case]:
    for acao, credentials, acac in product(ORIGINS, CREDENTIALS, _ALL_CREDENTIALS):
        plain = acac in ALLOWED_CREDENTIALS
        if not plain and acao not in TELLING_ORIGINS:
            continue
        for method in ("GET", "HEAD", "POST") if plain else ("GET",):
            body = "x" if method == "POST" else None
            request = ask(at(API), method, credentials=credentials, body=body)
            said = field(ACAO, *ORIGINS[acao]) + field(ACAC, *_ALL_CREDENTIALS[acac])
            yield case(f"{method} acao={acao} cred={credentials} acac={acac}", request, serves(text(said)))


def on_preflight() -> Iterator[Case]:
    """The response itself would pass."""
    for acao, credentials, acac in product(ORIGINS, CREDENTIALS, _ALL_CREDENTIALS):
        if acac in ODD_CREDENTIALS and (acao not in TELLING_ORIGINS or credentials == "omit"):
            continue
        said = field(ACAO, *ORIGINS[acao]) + field(ACAC, *_ALL_CREDENTIALS[acac])
        server = serves(text(allow(APP, True)), preflight(said, field(ACAM, "PUT")))
        what = f"PUT preflight acao={acao} cred={credentials} acac={acac}"
        yield case(what, ask(at(API), "PUT", credentials=credentials), server)


def on_both() -> Iterator[Case]:
    origins, flags = ("absent", "*", "exact", "other"), (False, True)
    for asked, actual, credentials, acac_asked, acac in product(origins, origins, CREDENTIALS[::2], flags, flags):
        if actual == "exact" and acac:
            continue  # the preflight alone decides, as above
        first = field(ACAO, *ORIGINS[asked]) + allow(credentials=acac_asked, methods="PUT")
        second = field(ACAO, *ORIGINS[actual]) + allow(credentials=acac)
        what = f"PUT pf-acao={asked} acao={actual} cred={credentials} pf-acac={acac_asked} acac={acac}"
        request = ask(at(API), "PUT", credentials=credentials)
        yield case(what, request, serves(text(second), preflight(first)))


#: Bytes that no spelling above ends in: all controls but those that end a line, and what some take for white space.
_TAILS = [*range(1, 10), 11, 12, *range(14, 33), 0x7F, 0x80, 0x85, 0xA0, 0xAD, 0xFF]


def trailing_bytes() -> Iterator[Case]:
    for byte in _TAILS:
        tail, name = chr(byte), f"0x{byte:02x}"
        include = ask(at(API), credentials="include")
        yield case(f"acao exact+{name}", ask(at(API)), serves(text(field(ACAO, APP + tail))))
        yield case(f"acao {name}+exact", ask(at(API)), serves(text(field(ACAO, tail + APP))))
        yield case(f"acac true+{name}", include, serves(text(field(ACAO, APP), field(ACAC, "true" + tail))))
        asked = preflight(field(ACAO, APP), field(ACAM, "PUT" + tail))
        yield case(f"acam PUT+{name}", ask(at(API), "PUT"), serves(text(field(ACAO, APP)), asked))


GROUPS = {"acao": simple, "pfacao": on_preflight, "pfactual": on_both, "hdrbyte": trailing_bytes}

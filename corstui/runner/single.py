"""A plan of one flow that no profile describes: somebody typed it and wants to know now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from corstui.fetch.url import parse
from corstui.profile import Deployment, Endpoint, Location, Settings, Tls
from corstui.profile.model import OPTIONS
from corstui.profile.secrets import Masker, credentials_in, credentials_of, is_secret_name, remember
from corstui.runner.plan import CellKey, Plan, Planned

#: The one environment of such a plan.
ENVIRONMENT = "default"


def single(
    url: str,
    origin: str,
    *,
    engines: Sequence[str],
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes | None = None,
    timeout: float = 10.0,
    verify: bool = True,
    resolve: Mapping[str, str] | None = None,
    **options: str,
) -> Plan:
    """One cell for each engine. Nothing is held back: the request is what was asked for, and so is where it goes.

    ``options``: mode, credentials, redirect and the other plain choices of a request.
    """
    secrets = _secrets(url, headers)
    remember(secrets)
    endpoint = _endpoint(Masker(secrets).mask(_named(url)), url, method, headers, body, options)
    deployment = Deployment(
        name=ENVIRONMENT,
        writes=True,
        confirm=False,
        cookies=(),
        resolve=dict(resolve or {}),
        proxy=None,
        tls=Tls(verify=verify),
        origins={origin: origin},
        endpoints=(endpoint,),
        secrets=secrets,
        named_origins=frozenset(),
    )
    return Plan(
        name=endpoint.name,
        settings=Settings(engine=engines[0], timeout=timeout, controls=False),
        cells=tuple(_planned(endpoint, origin, deployment, engine) for engine in engines),
        environments=(ENVIRONMENT,),
        origins=(origin,),
        endpoints=(endpoint.name,),
        engines=tuple(engines),
    )


def _endpoint(
    name: str,
    url: str,
    method: str,
    headers: Sequence[tuple[str, str]],
    body: bytes | None,
    options: Mapping[str, str],
) -> Endpoint:
    return Endpoint(
        name=f"{method} {name}",
        group=None,
        method=method,
        url=url,
        headers=tuple(headers),
        body=body,
        **{**OPTIONS, **options},
        origins=None,
        repeat=1,
        send="auto",
        timeout=None,
        tags=(),
        notes="",
        uses_secret=False,
        expectations={},
        location=Location("command line"),
    )


def _planned(endpoint: Endpoint, origin: str, deployment: Deployment, engine: str) -> Planned:
    return Planned(
        key=CellKey(ENVIRONMENT, origin, endpoint.name, engine),
        origin_value=origin,
        endpoint=endpoint,
        deployment=deployment,
        expectation=None,
        may_write=True,
        guarded=False,
    )


def _named(url: str) -> str:
    """The URL as a name, without user name, password, query and fragment."""
    parsed = parse(url)
    return re.split("[?#]", parsed.wire_url if parsed is not None and parsed.includes_credentials else url)[0]


def _secrets(url: str, headers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The credentials that the request carries, hidden wherever they come back."""
    parsed = parse(url)
    found = credentials_of(parsed) if parsed is not None else frozenset()
    return found.union(*(credentials_in(value) for name, value in headers if is_secret_name(name)))

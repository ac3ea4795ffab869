"""A plan of one flow that no profile describes: somebody typed it and wants to know now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corstui.profile import Deployment, Endpoint, Location, Settings, Tls
from corstui.profile.secrets import is_secret_name
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
    mode: str = "cors",
    credentials: str = "same-origin",
    redirect: str = "follow",
    timeout: float = 10.0,
    verify: bool = True,
    resolve: Mapping[str, str] | None = None,
) -> Plan:
    """One cell for each engine. Nothing is held back: the request is what was asked for, and so is where it goes."""
    endpoint = Endpoint(
        name=f"{method} {url.partition('?')[0]}",
        group=None,
        method=method,
        url=url,
        headers=tuple(headers),
        body=body,
        mode=mode,
        credentials=credentials,
        redirect=redirect,
        cache="default",
        referrer_policy="",
        keepalive=False,
        upload_listener=False,
        crossorigin=None,
        initiator="fetch",
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
        secrets=frozenset(value for name, value in headers if value and is_secret_name(name)),
        named_origins=frozenset(),
    )
    cells = tuple(
        Planned(
            key=CellKey(ENVIRONMENT, origin, endpoint.name, engine),
            origin_value=origin,
            endpoint=endpoint,
            deployment=deployment,
            expectation=None,
            may_write=True,
            guarded=False,
        )
        for engine in engines
    )
    return Plan(
        name=endpoint.name,
        settings=Settings(engine=engines[0], timeout=timeout),
        cells=cells,
        environments=(ENVIRONMENT,),
        origins=(origin,),
        endpoints=(endpoint.name,),
        engines=tuple(engines),
    )

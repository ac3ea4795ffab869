"""Hypothesis strategies for whole runs: any profile, played by the pure engine against any servers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from corstui.fetch.engines import ENGINES
from corstui.fetch.messages import Held, NetworkError, Reply, Request, Timing
from corstui.fetch.result import Exchange
from corstui.profile import Profile, load_profile
from corstui.runner import Cell, Plan, Planned, Run, plan, recorded
from corstui.runner.cell import compact, finished
from corstui.runner.controls import controls_of, exchange_of, place_of
from corstui.runner.guard import Guard
from corstui.runner.simulate import Recorded, joined, simulation
from tests.support.hostile import BAD_BYTES, CONSENT, NASTY, ORIGIN, SCRIPTS, TEXTS, head_of, timed

#: When runs began, and the day by which their waivers hold.
STARTED = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
_NOW = STARTED.timestamp()
SECRET = "s3cret-value"


def _written(text: str) -> str:
    """The text as a profile can hold it: no halves of characters, no reference to a variable."""
    return text.encode("utf-8", "replace").decode().replace("$", "\u0394")


def _printed(text: str) -> str:
    """What of the text may stand in a name."""
    return "".join(char for char in _written(text) if char.isprintable())


TITLES = st.just("Shop") | TEXTS.map(_written).filter(str.strip)
NAMES = st.sampled_from(["web", "list orders", "a.b", "*x", "null"]) | TEXTS.map(_printed).filter(
    lambda name: name.strip() not in ("", "*")
)
_WORDS = st.sampled_from(
    ["allow", "allow any", "allow 404", "opaque", "preflight", "block", "block acao-missing", "block/actual"]
)
_WAIVED = st.builds(
    lambda word, why, day: {"expect": word, "waiver": {"reason": why, "expires": day}},
    _WORDS,
    TITLES,
    st.sampled_from(["2020-01-01", "2099-01-01"]),
)
_EXPECT = _WORDS | st.dictionaries(st.just("*"), _WORDS | _WAIVED, min_size=1, max_size=1)
_URLS = st.sampled_from(
    ["https://api.test/orders", "https://app.test/own", "${api}/x?key=${secret:TOKEN}", "http://api.test/"]
)
_HEADERS = st.sampled_from(
    [{}, {"X-A": "1"}, {"Authorization": "Bearer ${secret:TOKEN}"}, {"Content-Type": "text/plain"}]
)
_ENDPOINTS = st.fixed_dictionaries(
    {"url": _URLS, "method": st.sampled_from(["GET", "POST", "PUT", "patch"]), "headers": _HEADERS},
    optional={
        "credentials": st.sampled_from(["omit", "same-origin", "include"]),
        "redirect": st.sampled_from(["follow", "error", "manual"]),
        "mode": st.sampled_from(["cors", "no-cors", "same-origin"]),
        "repeat": st.just(2),
        "send": st.just("never"),
        "notes": TEXTS.map(_written),
        "tags": st.lists(st.sampled_from(["a", "b c"]), max_size=1),
        "expect": _EXPECT,
    },
)
_ORIGINS = st.just(ORIGIN) | st.sampled_from(
    ["https://partner.test", "null", "capacitor://localhost", "http://localhost:3000"]
)
_SHOPS = st.builds(
    lambda title, names, origins, endpoints: {
        "version": 1,
        "name": title,
        "environments": {name: {"vars": {"api": "https://api.test"}, "writes": True} for name in names},
        "origins": origins,
        "endpoints": endpoints,
    },
    TITLES,
    st.lists(NAMES, min_size=1, max_size=2, unique=True),
    st.dictionaries(NAMES, _ORIGINS, min_size=1, max_size=2),
    st.dictionaries(NAMES, _ENDPOINTS, min_size=1, max_size=2),
)
_ENGINE_LISTS = st.sampled_from([["chromium"], ["chromium"], ["firefox"], ["webkit", "standard"], list(ENGINES)])


def profile_of(tree: Mapping[str, Any]) -> Profile:
    """The profile that holds this tree; raises ProfileError where it is none."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "shop.yaml")
        path.write_text(yaml_of(tree), encoding="utf-8")
        return load_profile(path, process_env={"TOKEN": SECRET})


def yaml_of(tree: Any) -> str:
    """JSON, which is YAML, with escapes that YAML knows for what it does not take."""
    text = json.dumps(tree, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text)


@dataclass(frozen=True)
class Case:
    """A profile, and what each of its endpoints' servers says to each cell in turn."""

    tree: Mapping[str, Any]
    engines: Sequence[str]
    scripts: Sequence[Sequence[Reply]]
    interrupted: bool

    def run(self) -> Run:
        chosen = plan(profile_of(self.tree), engines=self.engines, today=date(2026, 11, 23))
        cells = list(_cells(chosen, self.scripts))
        kept = cells[: len(cells) // 2] if self.interrupted else cells
        return recorded(chosen, kept, STARTED, 12.5, interrupted=self.interrupted)


#: Names and answers that act upon whatever shows them carelessly: examples for every reader.
HOSTILE = Case(
    {
        "version": 1,
        "name": "=1 \x1b]0;owned\x07 %cells% \u202e",
        "environments": {"@SUM(A1)": {}, "</script><!--": {}},
        "origins": {"-1|`x`": ORIGIN, "+\ufe0f[x](javascript:1)": "https://partner.test"},
        "endpoints": {
            "<b>&amp;</b> **x** \\|": {"url": "https://api.test/", "expect": "block acao-missing"},
            "a.b]]>": {"request": "PUT https://api.test/x", "send": "never", "expect": "allow"},
        },
    },
    list(ENGINES),
    [
        [
            Reply(
                head=head_of("HTTP/1.1 200 \x1b[2J", [*CONSENT, *((f"X-{n}", bad) for n, bad in enumerate(BAD_BYTES))])
            )
        ],
        [Reply(head=head_of("HTTP/1.1 200 X", [("Access-Control-Allow-Origin", bad)])) for bad in BAD_BYTES],
        [Reply(error=NetworkError("timeout", "".join(NASTY), sent=True), timing=Timing(1.0, 2.0, 3.0, 4.0, 5.0, 0.5))],
    ],
    False,
)
CASES = st.builds(Case, _SHOPS, _ENGINE_LISTS, st.lists(SCRIPTS, min_size=1, max_size=4), st.booleans())


def _cells(chosen: Plan, scripts: Sequence[Sequence[Reply]]) -> Iterator[Cell]:
    controls = {place: tuple(_asked(requests, scripts[0])) for place, requests in controls_of(chosen).items()}
    for planned, script in zip(chosen.cells, cycle(scripts), strict=False):
        yield played(planned, script, controls.get(place_of(planned), ()), bodies=True)


def _asked(requests: Iterable[Request], script: Sequence[Reply]) -> Iterator[Exchange]:
    for request, reply in zip(requests, cycle(script), strict=False):
        yield exchange_of(request, reply, "chromium")


def played(
    planned: Planned, script: Sequence[Reply], controls: tuple[Exchange, ...] = (), *, bodies: bool = False
) -> Cell:
    """One cell as the runner would make it, its network being the script, over and over again."""
    stage, now = simulation(planned), 5.0
    dialogue, flows = [], []
    answers = cycle(script)
    for _ in range(planned.endpoint.repeat):
        guard, flow, replies, began = Guard(planned), stage.begin(now, _NOW + now), list[Reply](), now
        try:
            request = next(flow)
            while True:
                held = guard.hold(request)
                reply = timed(Reply(held=Held(held)) if held else next(answers), now, _NOW + now)
                now = reply.now
                replies.append(compact(reply, 0.0, bodies=bodies))
                request = flow.send(replies[-1])
        except StopIteration as done:
            flows.append(done.value)
        dialogue.append(Recorded(began, _NOW + began, tuple(replies)))
    return finished(planned, tuple(dialogue), joined(flows), now * 1000, controls)

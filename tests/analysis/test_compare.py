"""Comparing cells: what differs, what cannot be compared, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from corstui.analysis.compare import Comparison, compare
from corstui.analysis.policy import Policies, names_of, policy
from corstui.fetch.messages import Held, NetworkError
from corstui.fetch.result import Exchange, Flow
from tests.analysis.doubles import Cell, Key
from tests.analysis.flows import APP, flow, ok, preflight
from tests.runner.lint.scenes import CANARY, anonymous, control
from tests.support.playbook import head

PUT = ("Access-Control-Allow-Methods", "PUT")


def cell(done: Flow, *, origin: str = "app", endpoint: str = "list orders", environment: str = "staging") -> Cell:
    return Cell(done, Key(environment, origin, endpoint, done.engine))


def both(a: Flow, b: Flow, **names: str) -> Comparison[Cell]:
    return compare([cell(a, **names)], [cell(b, environment="production", **names)])


def test_equal_cells_do_not_differ() -> None:
    result = both(flow(ok()), flow(ok()))
    assert (result.a, result.b) == ("staging", "production")
    assert result.differing == []
    assert result.summary == ()


def test_verdict_and_reason_differ_and_are_told_by_the_side_that_allows() -> None:
    result = both(flow(ok(origin=None)), flow(ok()), origin="partner")
    assert result.pairs[0].differs == ("verdict", "reason")
    assert result.summary == (
        "list orders: production lets partner in, "
        "staging does not: the answer (200) has no Access-Control-Allow-Origin",
    )
    back = both(flow(ok()), flow(ok(origin=None)), origin="partner")
    assert back.summary == (
        "list orders: staging lets partner in, "
        "production does not: the answer (200) has no Access-Control-Allow-Origin",
    )


def test_origins_with_the_same_difference_share_a_sentence() -> None:
    a = [cell(flow(ok(origin=None)), origin=name) for name in ("partner", "admin")]
    b = [cell(flow(ok()), origin=name, environment="production") for name in ("admin", "partner")]
    assert compare(a, b).summary == (
        "list orders: production lets partner, admin in, "
        "staging does not: the answer (200) has no Access-Control-Allow-Origin",
    )


def test_a_request_that_left_on_one_side_only_is_a_difference() -> None:
    result = both(flow(preflight(status=401), method="PUT"), flow(preflight(PUT), ok(origin=None), method="PUT"))
    assert result.pairs[0].differs == ("phase", "reason", "sent")


def test_the_class_of_the_status_counts_and_not_the_status() -> None:
    assert both(flow(ok(status=200)), flow(ok(status=201))).differing == []
    assert both(flow(ok(status=200)), flow(ok(status=404))).pairs[0].differs == ("status",)


def test_readable_header_names_count_and_their_values_do_not() -> None:
    expose = ("Access-Control-Expose-Headers", "X-Total")
    result = both(flow(ok(("X-Total", "1"))), flow(ok(expose, ("x-total", "2"))))
    assert result.pairs[0].differs == ("headers",)
    assert result.summary == ("list orders: script reads other headers for app (production: +x-total)",)
    assert both(flow(ok(expose, ("X-Total", "1"))), flow(ok(expose, ("x-total", "2")))).differing == []


def test_errors_and_inconclusive_answers_are_not_comparable() -> None:
    for lost in (flow(NetworkError("timeout", "", sent=True)), flow(ok(status=503))):
        result = both(flow(ok()), lost)
        assert not result.pairs[0].comparable
        assert result.pairs[0].differs == ()
        assert len(result.incomparable) == 1
        assert result.summary[0].startswith("list orders: not comparable for app (production ")


def test_a_cell_on_one_side_only_is_listed() -> None:
    result = compare([cell(flow(ok()))], [cell(flow(ok()), endpoint="other", environment="production")])
    assert [(pair.a is None, pair.b is None) for pair in result.pairs] == [(False, True), (True, False)]
    assert len(result.one_sided) == 2
    assert result.incomparable == []
    assert result.summary == ("list orders: only staging has app", "other: only production has app")


def test_a_held_request_is_compared_by_its_preflight_alone() -> None:
    held = flow(preflight(PUT), Held("held-after-preflight"), method="PUT")
    assert both(held, flow(preflight(PUT), ok(), method="PUT")).differing == []
    assert both(flow(preflight(PUT), ok(origin=None), method="PUT"), held).differing == []
    refused = both(held, flow(preflight(status=405), method="PUT"))
    assert refused.pairs[0].differs == ("verdict", "phase", "reason")
    assert refused.summary == (
        "list orders: staging's preflight lets app through, production's does not: the preflight was answered 405",
    )


def test_what_both_refuse_is_told_with_both_reasons() -> None:
    result = both(flow(ok(origin=None)), flow(ok(origin="https://else.example")))
    assert result.summary == (
        "list orders: both refuse app (staging: the answer (200) has no Access-Control-Allow-Origin; "
        "production: it allows only https://else.example)",
    )


def test_a_held_simple_request_differs_from_one_that_was_preflighted() -> None:
    simple = flow(Held("held-no-preflight"), method="POST")
    assert both(simple, flow(ok(), method="POST")).differing == []
    json = flow(preflight(("Access-Control-Allow-Headers", "*")), ok(), method="POST", headers=[("X-A", "1")])
    assert both(simple, json).pairs[0].differs == ("preflight",)


def test_two_held_requests_compare_like_any_other() -> None:
    held = flow(preflight(PUT), Held("held-after-preflight"), method="PUT")
    assert both(held, held).differing == []


def test_a_budget_that_ran_out_on_one_side_is_not_comparable() -> None:
    assert not both(flow(Held("held-budget")), flow(ok())).pairs[0].comparable


def test_pairs_keep_the_order_of_the_first_side() -> None:
    names = ["b", "a", "c"]
    result = compare(
        [cell(flow(ok()), endpoint=name) for name in names],
        [cell(flow(ok()), endpoint=name, environment="production") for name in sorted(names)],
        name_a="left",
        name_b="right",
    )
    assert [pair.endpoint for pair in result.pairs] == names
    assert (result.a, result.b) == ("left", "right")


def test_engines_are_paired_apart() -> None:
    result = compare([cell(flow(ok()))], [cell(replace(flow(ok()), engine="firefox"))])
    assert [pair.engine for pair in result.pairs] == ["chromium", "firefox"]


def test_engines_are_named_where_not_all_see_the_difference() -> None:
    def side(environment: str, *flows: Flow) -> list[Cell]:
        engines = ("chromium", "firefox")
        return [
            cell(replace(one, engine=each), environment=environment) for one, each in zip(flows, engines, strict=True)
        ]

    fine, closed = flow(ok()), flow(ok(origin=None))
    lets = "list orders: staging lets app in, production does not: the answer (200) has no Access-Control-Allow-Origin"
    assert compare(side("staging", fine, fine), side("production", closed, closed)).summary == (lets,)
    assert compare(side("staging", fine, fine), side("production", fine, closed)).summary == (f"{lets} (in firefox)",)


# -- policies ----------------------------------------------------------------------------------------------------------


def test_a_policy_names_both_answers() -> None:
    done = flow(
        preflight(PUT, ("Access-Control-Allow-Headers", "X-B, x-a"), ("Access-Control-Max-Age", "600")),
        ok(("Vary", "Accept-Encoding, Origin"), ("Access-Control-Expose-Headers", "ETag")),
        method="PUT",
        headers=[("X-A", "1"), ("X-B", "1")],
    )
    found = policy(done)
    assert found.preflight is not None and found.actual is not None
    assert dict(found.preflight) == {
        "status": "204",
        "allow-origin": "echo",
        "allow-credentials": "absent",
        "allow-methods": "PUT",
        "allow-headers": "x-a, x-b",
        "max-age": "600",
        "vary": "-",
    }
    assert dict(found.actual)["expose-headers"] == "etag"
    assert dict(found.actual)["vary"] == "origin"


def test_a_policy_that_was_not_seen_is_none() -> None:
    found = policy(flow(ok()))
    assert found.preflight is None
    assert policy(flow(NetworkError("timeout", ""))).actual is None


ACAO = "Access-Control-Allow-Origin"
OTHER = "https://b.example"


def kind(*headers: tuple[str, str], controls: tuple[Exchange, ...] = ()) -> str:
    """How the policy calls Access-Control-Allow-Origin of an answer to APP."""
    actual = policy(flow(head(200, *headers)), controls, {APP: "storefront", OTHER: "partner"}).actual
    assert actual is not None
    return dict(actual)["allow-origin"]


def test_allow_origin_is_told_by_kind() -> None:
    assert kind() == "absent"
    assert kind((ACAO, "*")) == "*"
    assert kind((ACAO, "null")) == "null"
    assert kind((ACAO, APP)) == "echo"
    assert kind((ACAO, "*"), (ACAO, "*")) == "several"
    assert kind((ACAO, f"{APP}, {OTHER}")) == "several"
    assert kind((ACAO, "")) == "invalid"
    assert kind((ACAO, APP + "/")) == "invalid"


def test_a_fixed_origin_has_the_name_that_the_profile_gives_it() -> None:
    assert kind((ACAO, OTHER)) == "fixed (partner)"
    assert kind((ACAO, "https://else.example")) == "fixed (https://else.example)"


def test_controls_tell_a_fixed_origin_from_an_echoed_one() -> None:
    assert kind((ACAO, APP), controls=(anonymous(), control())) == "echo"
    assert kind((ACAO, APP), controls=(control((ACAO, CANARY)),)) == "echo"
    assert kind((ACAO, APP), controls=(control((ACAO, APP)),)) == "fixed (storefront)"
    assert kind((ACAO, APP), controls=(anonymous((ACAO, APP)),)) == "fixed (storefront)"


def test_of_several_names_for_one_origin_the_first_counts() -> None:
    one = Played(flow(ok()), Key(), {"web": APP, "app": APP, "partner": OTHER})
    assert names_of([one, one]) == {APP: "web", OTHER: "partner"}


@dataclass(frozen=True)
class Played:
    """A cell with what its environment calls its origins."""

    flow: Flow
    key: Key
    origins: dict[str, str]
    controls: tuple[Exchange, ...] = ()

    @property
    def planned(self) -> Played:
        return self

    @property
    def deployment(self) -> Played:
        return self


def met(*cells: Played) -> list[str]:
    """How the policies of one side call the origin that each of its cells was answered."""
    found = Policies(cells)
    rows = [found.of(each).actual for each in cells]
    return [dict(each or ())["allow-origin"] for each in rows]


def test_other_cells_of_an_endpoint_tell_a_fixed_origin_where_no_control_does() -> None:
    names = {"web": APP, "partner": OTHER}
    mine = Played(flow(ok()), Key(origin="web"), names)
    theirs = Played(flow(head(200, (ACAO, APP)), origin=OTHER), Key(), names)
    assert met(mine) == ["echo"]
    assert met(mine, theirs) == ["fixed (web)", "fixed (web)"]
    assert met(mine, replace(theirs, key=replace(theirs.key, endpoint="another"))) == ["echo", "fixed (web)"]
    assert met(mine, replace(theirs, key=replace(theirs.key, environment="production")))[0] == "echo"

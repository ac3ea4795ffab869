"""Who answered: told by what an answer lacks beside others of the same host."""

from __future__ import annotations

import pytest

from corstui.analysis.answerers import in_front
from corstui.fetch.result import Exchange
from tests.analysis.flows import APP, flow, ok, preflight
from tests.runner.lint.scenes import control
from tests.support.playbook import head

NGINX, EXPRESS = ("Server", "nginx/1.27.2"), ("X-Powered-By", "Express")
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"


def beside(mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]) -> list[str]:
    """What is told of a refused answer with some headers beside a control's with others."""
    other: Exchange = control(*theirs)
    return in_front(flow(head(401, *mine), url=other.request.url), (other,))


def test_a_preflight_without_the_applications_header_was_answered_in_front_of_it() -> None:
    answers = preflight(("Access-Control-Allow-Methods", "PUT"), NGINX), ok(NGINX, EXPRESS, origin=None)
    assert in_front(flow(*answers, method="PUT")) == [
        "The application answered the PUT, 200 (nginx, Express); the preflight, 204 (nginx) was answered by something "
        "in front."
    ]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [((NGINX,), (NGINX, EXPRESS)), ((NGINX,), (("Server", "uvicorn"),)), ((NGINX,), (NGINX, ("Via", "1.1 inner")))],
)
def test_an_answer_that_lacks_signs_of_the_application_came_from_in_front_of_it(
    mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]
) -> None:
    (said,) = beside(mine, theirs)
    assert said.startswith("Something in front answered the GET, 401 (nginx), and not the application, which answered")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [((NGINX,), (("Server", "nginx/1.26"),)), ((), (("Server", "mine"),)), ((("Server", "a"),), (("Server", "b"),))],
)
def test_answers_that_are_alike_or_tell_too_little_say_nothing(
    mine: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]
) -> None:
    assert beside(mine, theirs) == []


def test_an_answer_of_another_host_is_no_witness() -> None:
    assert in_front(flow(ok(NGINX, origin=None), url="https://elsewhere.example/"), (control(EXPRESS),)) == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([(ACAO, APP)] * 2, f"{ACAO} comes 2 times, with the same value: "),
        ([(ACAO, APP), (ACAO, "*")], f"{ACAO} comes 2 times, with different values: "),
        ([(ACAO, f"{APP}, {APP}")], f"{ACAO} comes 2 times, with the same value: "),
        ([(ACAO, APP), (ACAC, "true"), (ACAC, "true")], f"{ACAC} comes 2 times, with the same value: "),
    ],
)
def test_a_policy_header_that_comes_twice_was_added_by_two(headers: list[tuple[str, str]], said: str) -> None:
    (found,) = in_front(flow(head(200, *headers)))
    assert found == f"{said}the application adds it, and something in front."


def test_a_list_of_different_origins_in_one_line_is_not_taken_for_two_at_work() -> None:
    assert in_front(flow(head(200, (ACAO, f"{APP}, https://b.example")))) == []


def test_an_answer_with_an_age_is_a_caches() -> None:
    assert in_front(flow(ok(("Age", "30")))) == ["A cache answered: the application did not see this request."]

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Footer, Static

from corstui.analysis.completion import Completion, Names
from corstui.analysis.query import Query, parse
from corstui.tui.widgets.filter import REMEMBERED, SYNTAX, Filter, offered

NAMES = Names(
    endpoints=("list orders", "create order", "catalogue"),
    origins=("storefront", "partner"),
    environments=("staging", "production"),
)


class Alone(App[None]):
    """A filter bar below something else to focus."""

    CSS = "#above { height: 1fr; }"

    def __init__(self, *, ascii: bool) -> None:
        super().__init__()
        self.ascii = ascii
        self.asked: list[Query] = []

    @property
    def left(self) -> bool:
        """Whether what is above has the keys."""
        return self.focused is self.query_one("#above")

    def compose(self) -> ComposeResult:
        above = Static(id="above")
        above.can_focus = True
        yield above
        yield Filter(above, ascii=self.ascii)
        yield Footer()

    def on_filter_asked(self, message: Filter.Asked) -> None:
        self.asked.append(message.query)


class Typist:
    """Somebody who has opened the filter."""

    def __init__(self, app: Alone, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def bar(self) -> Filter:
        return self.app.query_one(Filter)

    async def type(self, text: str) -> None:
        """The last character by its key; a key takes long here, and before it nobody looks."""
        self.bar.value += text[:-1]
        await self.press(*text[-1:])

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.app.workers.wait_for_complete()
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """What the bar shows, without its padding."""
        region = self.bar.region
        strips = self.app.screen._compositor.render_strips()[region.y : region.bottom]
        return ["".join(segment.text for segment in strip)[1:].rstrip() for strip in strips]


@asynccontextmanager
async def typing(*, columns: int = 80, ascii: bool = False, names: Names = NAMES) -> AsyncIterator[Typist]:
    app = Alone(ascii=ascii)
    async with app.run_test(size=(columns, 24)) as pilot:
        bar = app.query_one(Filter)
        bar.names = names
        bar.open()
        await pilot.pause()
        yield Typist(app, pilot)


# -- asking ------------------------------------------------------------------------------------------------------------


async def test_it_is_hidden_until_it_is_opened_and_takes_the_keys_then() -> None:
    app = Alone(ascii=False)
    async with app.run_test() as pilot:
        bar = app.query_one(Filter)
        assert not bar.display
        bar.open()
        await pilot.pause()
        assert bar.display
        await pilot.press("x")
        assert bar.value == "x"


async def test_every_change_that_is_a_query_is_asked_for_at_once() -> None:
    async with typing() as somebody:
        await somebody.press("a", "b")
        assert somebody.app.asked == [parse("a"), parse("ab")]
        await somebody.press("backspace", "backspace")
        assert somebody.app.asked[2:] == [parse("a"), Query()]


async def test_nothing_is_asked_for_while_the_query_stays_what_it_was() -> None:
    async with typing() as somebody:
        await somebody.type("a verdict:")
        assert somebody.app.asked[-1] == parse("a")
        asked = len(somebody.app.asked)
        await somebody.type("zz")
        assert somebody.bar.value == "a verdict:zz"
        assert len(somebody.app.asked) == asked


async def test_a_text_that_is_set_is_asked_for_too() -> None:
    async with typing() as somebody:
        somebody.bar.value = "verdict:blocked"
        await somebody.pilot.pause()
        assert somebody.app.asked == [parse("verdict:blocked")]
        await somebody.type("|error")
        assert somebody.bar.value == "verdict:blocked|error"


async def test_enter_and_down_leave_and_a_text_stays_in_sight() -> None:
    for key in ("enter", "down"):
        async with typing() as somebody:
            await somebody.type("orders")
            await somebody.press(key)
            assert somebody.app.left
            assert somebody.bar.display
            assert somebody.lines() == ["orders"]


async def test_leaving_without_a_text_closes() -> None:
    async with typing() as somebody:
        await somebody.press("enter")
        assert somebody.app.left
        assert not somebody.bar.display
        assert somebody.app.asked == []


async def test_escape_clears_and_closes() -> None:
    async with typing() as somebody:
        await somebody.press("a", "colon")
        await somebody.press("escape")
        assert somebody.app.left
        assert somebody.bar.value == ""
        assert not somebody.bar.display
        assert somebody.app.asked[-1] == Query()
        somebody.bar.open()
        await somebody.pilot.pause()
        assert len(somebody.lines()) == 2


async def test_what_does_not_print_is_typed_as_a_wildcard() -> None:
    async with typing() as somebody:
        somebody.app.copy_to_clipboard("a\x1b[31mb\u202ec")
        await somebody.press("ctrl+v")
        assert somebody.bar.value == "a?[31mb?c"


# -- what is wrong -----------------------------------------------------------------------------------------------------


async def test_what_is_wrong_is_said_above_the_line_with_marks_above_the_wrong_part() -> None:
    async with typing() as somebody:
        await somebody.type("orders vardict:blocked")
        assert somebody.lines() == [
            "There is no field 'vardict'; did you mean verdict?",
            "       ▾▾▾▾▾▾▾",
            "orders vardict:blocked",
        ]
        assert somebody.app.asked == []
        await somebody.press("home", *["right"] * 8, "delete", "e")
        assert somebody.bar.value == "orders verdict:blocked"
        assert somebody.app.asked[-1] == parse("orders verdict:blocked")
        assert len(somebody.lines()) == 2


async def test_what_is_wrong_is_underlined_in_the_line_itself() -> None:
    async with typing() as somebody:
        await somebody.type("a b:c")
        strip = somebody.app.screen._compositor.render_strips()[somebody.bar.region.bottom - 1]
        underlined = "".join(segment.text for segment in strip if segment.style and segment.style.underline)
        assert underlined == "b"


async def test_a_long_error_takes_a_second_line_and_stays_when_the_matrix_has_the_keys() -> None:
    async with typing() as somebody:
        await somebody.type("verdict:blokced")
        await somebody.press("enter")
        assert somebody.app.left
        assert somebody.lines() == [
            "There is no verdict 'blokced'; did you mean 'blocked'? allowed: allowed,",
            "blocked, error, opaque, unsent, waiting",
            "        ▾▾▾▾▾▾▾",
            "verdict:blokced",
        ]


async def test_the_marks_stay_above_the_wrong_part_when_the_line_scrolls() -> None:
    async with typing(columns=40) as somebody:
        await somebody.type("x" * 50 + " zzz:1")
        *_, marks, line = somebody.lines()
        assert line.index("zzz") == marks.index("▾")
        assert marks.count("▾") == 3
        await somebody.press("home")
        *_, marks, line = somebody.lines()
        assert line == "x" * 38
        assert marks.index("▾") == len(marks) - 1 == 37
        somebody.bar.value = "zzz:1" + " x" * 40
        await somebody.pilot.pause()
        *_, marks, line = somebody.lines()
        assert marks == "▾"


async def test_wide_characters_before_the_wrong_part_move_the_marks() -> None:
    async with typing() as somebody:
        await somebody.type("訂單 a:b")
        assert somebody.lines()[-2] == "     ▾"


async def test_an_ascii_screen_gets_ascii_marks() -> None:
    async with typing(ascii=True) as somebody:
        await somebody.type("a:" + "b" * 100)
        assert all(line.isascii() for line in somebody.lines())
        assert somebody.lines()[-2] == "v"


# -- completion --------------------------------------------------------------------------------------------------------


async def test_an_empty_line_offers_the_fields() -> None:
    async with typing() as somebody:
        assert somebody.lines()[0] == ("verdict:  origin:  endpoint:  reason:  status:  expected:  method:  group:  …")


async def test_the_rest_of_the_best_completion_stands_behind_the_cursor() -> None:
    async with typing() as somebody:
        await somebody.type("ver")
        assert somebody.lines()[-1] == "verdict:"
        assert somebody.bar.value == "ver"
        await somebody.press("right")
        assert somebody.bar.value == "verdict:"
        assert somebody.lines() == ["allowed  blocked  error  opaque  unsent  waiting", "verdict:allowed"]
        await somebody.type("b")
        assert somebody.lines()[-1] == "verdict:blocked"
        await somebody.press("tab")
        assert somebody.bar.value == "verdict:blocked"
        assert not somebody.app.left


async def test_tab_leaves_when_there_is_nothing_to_complete() -> None:
    for text in ("", "orders", "verdict:blocked", "a "):
        async with typing() as somebody:
            await somebody.type(text)
            await somebody.press("tab")
            assert somebody.bar.value == text
            assert somebody.app.left


async def test_a_name_with_blanks_is_completed_in_quotes() -> None:
    async with typing() as somebody:
        await somebody.type("endpoint:li")
        assert somebody.lines()[-1] == "endpoint:list orders"
        await somebody.press("tab")
        assert somebody.bar.value == 'endpoint:"list orders"'
        assert somebody.app.asked[-1] == parse('endpoint:"list orders"')


async def test_the_middle_of_a_name_is_completed_by_tab() -> None:
    async with typing() as somebody:
        await somebody.type("endpoint:order")
        assert somebody.lines() == ["list orders  create order", "endpoint:order"]
        await somebody.press("tab")
        assert somebody.bar.value == 'endpoint:"list orders"'


async def test_the_only_completion_is_offered_above_when_it_does_not_go_on_from_what_is_typed() -> None:
    async with typing() as somebody:
        await somebody.type("endpoint:eate")
        assert somebody.lines() == ["create order", "endpoint:eate"]
        await somebody.press("right")
        assert somebody.bar.value == 'endpoint:"create order"'


async def test_a_word_in_the_middle_of_the_line_is_completed_by_tab() -> None:
    async with typing() as somebody:
        await somebody.type("verdict:b orders")
        await somebody.press(*["left"] * 7)
        await somebody.press("right", "left")
        await somebody.press("tab")
        assert somebody.bar.value == "verdict:blocked orders"


async def test_right_moves_the_cursor_where_nothing_is_to_be_completed() -> None:
    async with typing() as somebody:
        await somebody.type("vb")
        await somebody.press("left", "right", "right")
        await somebody.type("c")
        assert somebody.bar.value == "vbc"


async def test_with_one_completion_or_none_the_line_above_helps_otherwise() -> None:
    async with typing() as somebody:
        await somebody.type("orders")
        assert somebody.lines() == [SYNTAX, "orders"]
        await somebody.type(" sent:y")
        assert somebody.lines()[0] == "sent: whether the server received the request"


async def test_new_names_are_offered_at_once() -> None:
    async with typing(names=Names()) as somebody:
        await somebody.type("origin:")
        assert somebody.lines()[0] == "origin: name or value of the origin"
        somebody.bar.names = NAMES
        await somebody.pilot.pause()
        assert somebody.bar.names is NAMES
        assert somebody.lines()[0] == "storefront  partner"


async def test_names_from_outside_are_shown_printable_and_cut() -> None:
    async with typing(names=Names(origins=("[red]x\x1b[0m\u202e", "y" * 200))) as somebody:
        await somebody.type("origin:")
        assert somebody.lines()[0] == f"[red]x?[0m?  {'y' * 27}…"
        await somebody.press("tab")
        assert somebody.bar.value == "origin:[red]x?[0m?"


@pytest.mark.parametrize("columns", range(10, 48))
def test_completions_are_as_many_as_fit_and_there_are_more_when_it_says_so(columns: int) -> None:
    labels = ["alpha", "beta", "gamma", "delta", "epsilon"]
    offers = [Completion(label, label, 0, 0) for label in labels]
    for ellipsis in ("…", ".."):
        shown = str(offered(offers, columns, ellipsis)).rstrip()
        assert len(shown) <= columns
        words = shown.split("  ")
        assert words == labels or words[-1] == ellipsis or len(words) == 1
        assert words[0] == labels[0]
        assert (words == labels) == (columns >= len("  ".join(labels)))


# -- history -----------------------------------------------------------------------------------------------------------


async def test_up_and_down_go_through_earlier_filters() -> None:
    async with typing() as somebody:
        for text in ("one", "two", "three"):
            await somebody.type(text)
            await somebody.press("escape")
            somebody.bar.open()
            await somebody.pilot.pause()
        await somebody.press("up")
        assert somebody.bar.value == "three"
        await somebody.press("up", "up")
        assert somebody.bar.value == "one"
        assert somebody.app.asked[-1] == parse("one")
        await somebody.press("up")
        assert somebody.bar.value == "one"
        assert [str(note.message) for note in somebody.app._notifications] == ["There is no earlier filter."]
        await somebody.press("down")
        assert somebody.bar.value == "two"
        await somebody.press("down", "down")
        assert somebody.bar.value == "three"
        assert somebody.app.left


async def test_the_filter_that_stands_there_is_not_its_own_earlier_one() -> None:
    async with typing() as somebody:
        for key in "12":
            await somebody.press(key, "enter")
            somebody.bar.open()
            await somebody.pilot.pause()
        assert somebody.bar.value == "2"
        await somebody.press("up")
        assert somebody.bar.value == "1"


async def test_only_filters_are_remembered_each_once_and_not_for_ever() -> None:
    async with typing() as somebody:
        for text in (*(f"x{number}" for number in range(REMEMBERED + 5)), "same", "a:b", "same"):
            somebody.bar.value = text
            somebody.bar.clear_and_close()
        somebody.bar.open()
        seen = []
        for _ in range(REMEMBERED + 5):
            somebody.bar.action_earlier()
            seen.append(somebody.bar.value)
        assert seen[:2] == ["same", f"x{REMEMBERED + 4}"]
        assert seen[REMEMBERED - 1 :] == ["x6"] * 6
        await somebody.pilot.pause()

"""The application: which screen comes when. Everything else lives in the screens, the session and the bridge."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message

from corstui.garbage import collect_rarely
from corstui.tui import terminal
from corstui.tui.bridge import Bridge
from corstui.tui.commands import commands_of
from corstui.tui.places import KEEP_RUNS, find_profiles, user_runs
from corstui.tui.plain import PLAIN_CSS, PLAIN_KEYS, draw_scrollbars
from corstui.tui.screens.loading import LoadingScreen
from corstui.tui.session import Session, Stamp, Trouble, load, stamps
from corstui.tui.settings import Settings, SettingsError, load_settings, settings_file

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.screen import Screen

    from corstui.report.archive import Archive
    from corstui.tui.screens.dashboard import Dashboard

#: Starts the built-in lab; returns its profile and the environment variables that it needs.
Demo = Callable[[], tuple[Path, Mapping[str, str]]]

WATCH_SECONDS = 1.0
#: After how many seconds a key without an effect holds up the next one no longer: the widget that had it is gone.
_LOST = 1.0


class Dealt(Message):
    """Follows a key through every widget that it goes through; when it arrives, the key has had its effect."""

    def __init__(self, key: events.Key) -> None:
        super().__init__()
        self.key = key


class CorstuiApp(App[None]):
    """``paths`` empty means: let the person pick. ``demo`` starts the lab when somebody picks it."""

    TITLE = "corstui"
    CSS = PLAIN_CSS
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pick", "profile", show=False, id="app.pick", tooltip="Pick another profile"),
        Binding("P", "problems", "problems", show=False, id="app.problems", tooltip="What is wrong with the profile"),
        Binding("m", "legend", "marks", show=False, id="app.legend", tooltip="What the marks mean"),
        Binding("question_mark", "help", "help", key_display="?", id="app.help", tooltip="Every key of this screen"),
        Binding("q", "quit", "quit", id="app.quit", tooltip="Leave corstui"),
    ]

    def __init__(
        self,
        paths: Sequence[Path] = (),
        *,
        process_env: Mapping[str, str] | None = None,
        engine: str | None = None,
        ascii: bool = False,
        demo: Demo | None = None,
        bridge: Bridge | None = None,
    ) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.paths = tuple(paths)
        self.process_env = os.environ if process_env is None else process_env
        self.bridge = bridge or Bridge()
        self.settings, self._unsettled = self._preferred()
        self.ascii = ascii or self.settings.ascii
        self.set_class(self.ascii, "-ascii")
        draw_scrollbars(ascii=self.ascii)
        self.demo = demo
        self.trouble: Trouble | None = None
        self._engine = engine
        self._lab: tuple[Path, Mapping[str, str]] | None = None
        self._watched: dict[Path, Stamp] = {}
        self._typed: dict[str, str] = {}
        self._typed_ahead: deque[events.Key] = deque()
        self._under_way: events.Key | None = None

    def on_mount(self) -> None:
        if self.no_color:
            self.theme = "ansi-dark"
        elif self.settings.theme is not None:
            self.theme = self.settings.theme
        self.set_keymap(dict(self.settings.keys))
        if self._unsettled:
            more = f" (and {len(self._unsettled) - 1} more)" if len(self._unsettled) > 1 else ""
            said = f"{self._unsettled[0]}{more}. Your settings are not used; corstui config shows all."
            self.notify(said, severity="warning", markup=False, timeout=15)
        if not self.is_headless:
            collect_rarely()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))
        self.set_interval(WATCH_SECONDS, self._watch)
        self.begin()

    def _preferred(self) -> tuple[Settings, tuple[str, ...]]:
        """What somebody prefers, and what is wrong with how they say it."""
        try:
            return load_settings(settings_file(os.environ)), ()
        except SettingsError as error:
            return Settings(), error.problems

    def begin(self) -> None:
        """Show the first screen: the named profile, else what there is to pick from, else the demo."""
        if self.paths:
            self.open(self.paths)
        elif self.demo is not None and not self._profiles():
            self.open_demo()
            self.notify("No profile was found, so this is the demo. p creates or opens one of yours.", timeout=10)
        else:
            self.action_pick()

    @staticmethod
    def _profiles() -> list[Path]:
        return find_profiles(Path.cwd(), os.environ)

    # opening ----------------------------------------------------------------------------------------------------------

    def open(self, paths: Sequence[Path], process_env: Mapping[str, str] | None = None) -> None:
        """Load a profile and show it, or what is wrong with it."""
        self.paths = tuple(paths)
        self.process_env = self.process_env if process_env is None else process_env
        self._watched = stamps(self.paths)
        self._replace(LoadingScreen(", ".join(path.name for path in self.paths)))
        self._in_thread(partial(self._load, self._opened, self._refused))

    def open_demo(self) -> None:
        """Start the lab and show its profile."""
        self._replace(LoadingScreen("the demo"))
        self._in_thread(self._start_demo)

    def _start_demo(self) -> None:
        assert self.demo is not None
        try:
            self._lab = self._lab or self.demo()
        except OSError as error:
            trouble = Trouble([f"the demo's lab cannot start: {error.strerror or error}"])
            self.call_from_thread(self._refused, trouble, self.open_demo)
        else:
            path, process_env = self._lab
            self.call_from_thread(self.open, [path], {**self.process_env, **process_env})

    def _load(self, done: Callable[[Session], None], failed: Callable[[Trouble], None]) -> None:
        """In a worker thread: read the profile and plan its first environment."""
        try:
            session = Session(load(self.paths, self.process_env), self.ascii, self._engine or "")
            session.prepare()
        except Trouble as trouble:
            self.call_from_thread(failed, trouble)
        else:
            self.call_from_thread(done, session)

    def _opened(self, session: Session) -> None:
        from corstui.tui.screens.dashboard import Dashboard

        self.trouble = None
        self._watched = stamps(session.files)
        source = ", ".join(path.name for path in self.paths)
        archive, bell = archive_of(os.environ), self.settings.bell
        self._replace(Dashboard(session, self.bridge, source=source, archive=archive, bell=bell))
        if session.warnings:
            count = len(session.warnings)
            text = f"The profile has {count} warning{'s' if count > 1 else ''}; P shows."
            self.notify(text, severity="warning")

    def _refused(self, trouble: Trouble, retry: Callable[[], None] | None = None) -> None:
        from corstui.tui.screens.problems import ProblemsScreen

        self.trouble = trouble
        self._replace(ProblemsScreen(trouble.problems, retry or partial(self.open, self.paths)))

    def _replace(self, screen: Screen[None]) -> None:
        """Make ``screen`` the only one."""
        if self.dashboard is not None:
            self.dashboard.leave()
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) == 2:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _in_thread(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True, exclusive=True, group="load")

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return shown.translate(PLAIN_KEYS) if self.ascii else shown

    # typing ahead -----------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """A key waits until the one before it has had its effect, however fast they come: ``/`` opens the filter, and
        what is typed right behind it is for the filter; what is typed behind the Enter there is for the matrix."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed_ahead.append(event)
        if self._under_way is not None and event.time - self._under_way.time > _LOST:
            self._under_way = None
        await self._deal_with_keys()

    async def on_dealt(self, message: Dealt) -> None:
        if message.key is self._under_way:
            self._under_way = None
            await self._deal_with_keys()

    async def _deal_with_keys(self) -> None:
        while self._typed_ahead and self._under_way is None:
            key = self._typed_ahead.popleft()
            if await self._acts_at_once(key):
                continue
            await super().on_event(key)
            # else it was one of those that the application takes before any widget
            if key.is_forwarded and (self.focused or self.screen).post_message(Dealt(key)):
                self._under_way = key

    async def _acts_at_once(self, key: events.Key) -> bool:
        """Do what a key means where the focus has nothing but bindings: the way through all the widgets, only to find
        that none of them wants the key, takes its time on a busy screen."""
        if not getattr(self.focused, "only_bindings", False) or key.key == "escape":  # which the screen wants, too
            return False
        return await self._check_bindings(key.key, priority=True) or await self._check_bindings(key.key)

    # ------------------------------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Leave after an exception that nobody caught; whoever runs the application tells of it.

        Textual's own would print the local variables of every frame, and with them what is secret.
        """
        self._close_messages_no_wait()

    def get_driver_class(self) -> type[Driver]:
        return terminal.outliving(super().get_driver_class())

    # watching the files -----------------------------------------------------------------------------------------------

    @property
    def dashboard(self) -> Dashboard | None:
        """The dashboard, when a profile is open."""
        from corstui.tui.screens.dashboard import Dashboard

        return next((screen for screen in self.screen_stack if isinstance(screen, Dashboard)), None)

    def _watch(self) -> None:
        """Notice a changed file of the open profile and read it again; leave when the terminal has."""
        if not self.is_headless and terminal.is_gone():
            self.exit(return_code=128 + signal.SIGHUP)
        if self.dashboard is None or self._watched == (now := stamps(list(self._watched))):
            return
        self._watched = now
        self._in_thread(partial(self._load, self._reloaded, self._went_bad))

    def _reloaded(self, session: Session) -> None:
        dashboard = self.dashboard
        if dashboard is None:
            return
        self.trouble = None
        # what they looked like before they were read: one that was written meanwhile is read again
        self._watched = {path: self._watched.get(path, now) for path, now in stamps(session.files).items()}
        dashboard.continue_with(session)

    def _went_bad(self, trouble: Trouble) -> None:
        if self.dashboard is not None:
            self.trouble = trouble
            self.dashboard.keep_last_good(trouble)

    # actions ----------------------------------------------------------------------------------------------------------

    def action_pick(self) -> None:
        from corstui.tui.screens.picker import PickerScreen

        screen = PickerScreen(self._profiles(), os.environ, self._typed, demo=self.demo is not None)
        self.push_screen(screen, self._picked)

    def _picked(self, choice: Path | str | None) -> None:
        if isinstance(choice, Path):
            self.open([choice])
        elif choice == "demo":
            self.open_demo()
        elif len(self.screen_stack) == 1:
            self.exit()

    def action_problems(self) -> None:
        from corstui.tui.screens.problems import ProblemsScreen

        warnings = self.dashboard.session.warnings if self.dashboard is not None else []
        if self.trouble is not None:
            self.push_screen(ProblemsScreen(self.trouble.problems, retry=None))
        elif warnings:
            self.push_screen(ProblemsScreen(warnings, retry=None, word="warning"))
        else:
            self.notify("The profile has no problems.")

    def action_legend(self) -> None:
        from corstui.tui.screens.legend import LegendScreen

        self.push_screen(LegendScreen(self.ascii))

    def action_help(self) -> None:
        from corstui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the keys do, before Textual's own commands."""
        yield from commands_of(screen)
        yield from super().get_system_commands(screen)


def archive_of(env: Mapping[str, str]) -> Archive | None:
    """Where runs are kept; None where somebody wants none kept."""
    if env.get(KEEP_RUNS) == "0":
        return None
    from corstui.report.archive import Archive

    return Archive(user_runs(env))


def run_dashboard(
    paths: Sequence[str | Path] = (),
    *,
    process_env: Mapping[str, str] | None = None,
    engine: str | None = None,
    ascii: bool = False,
    demo: Demo | None = None,
) -> int:
    """Run the dashboard until somebody quits; returns the exit code. Without ``paths`` a picker, or the demo when there
    is no profile to pick. The terminal is back to what it was before the network thread is waited for. Raises what
    the dashboard failed of, if it did."""
    app = CorstuiApp(
        [Path(path) for path in paths],
        process_env=process_env,
        engine=engine,
        ascii=ascii or "utf" not in (sys.stdout.encoding or "").lower(),
        demo=demo,
    )
    try:
        app.run()
    finally:
        terminal.let_go(app._driver)
    app.bridge.close()
    if app._exception is not None:
        raise app._exception
    return app.return_code or 0

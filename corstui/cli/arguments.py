"""The command line: every command with its options. Importing this loads nothing that the commands need."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from corstui import __version__
from corstui.report.formats import CHECK_FORMATS, COMPARE_FORMATS, TRY_FORMATS

#: Engine names, spelled out so that --help need not load the engine; a test holds them equal to the real ones.
ENGINE_NAMES = ("chromium", "firefox", "webkit", "standard")

#: The severities of findings, the mildest first, spelled out for the same reason and held equal by the same test.
SEVERITY_NAMES = ("info", "warning", "medium", "error", "high", "critical")
FAIL_ON_POLICY = "policy"

#: The command that a command line without one means.
DASHBOARD = "dashboard"

_DESCRIPTION = "Which of your web origins can call which of your endpoints in a real browser, and if not, exactly why."
_EPILOG = """\
without a command:
  corstui [--engine ENGINE] [--ascii] [PROFILE...]
            the dashboard; without PROFILE a picker, or the demo when there is none to pick

exit codes: 0 as expected, 1 not as expected or different, 2 wrong usage or profile, 3 could not be judged,
130 interrupted. Several may hold; 130 goes before 2, 1, 3.
"""


def parse(argv: list[str]) -> argparse.Namespace:
    """Parse a command line; ``command`` names the module that runs it. Exits with 2 on wrong usage."""
    parser = build()
    if not argv or argv[0] not in {*COMMANDS, "-h", "--help", "--version"}:
        argv = [DASHBOARD, *argv]
    return parser.parse_args(argv)


def build() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="corstui",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"corstui {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (help_text, add_options) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=_sentence(help_text), allow_abbrev=False)
        add_options(command)
    dashboard = commands.add_parser(DASHBOARD, prog="corstui", allow_abbrev=False)
    dashboard.add_argument("profiles", nargs="*", metavar="PROFILE")
    _demo(dashboard)
    return parser


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _demo(parser: argparse.ArgumentParser) -> None:
    _engine(parser, several=False)
    parser.add_argument("--ascii", action="store_true", help="marks that every terminal and font can show")


def _try(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--origin", required=True, metavar="ORIGIN", help="origin of the page, or null")
    parser.add_argument("-X", "--method", metavar="METHOD", help="GET, or POST with --data")
    parser.add_argument(
        "-H", "--header", action="append", default=[], metavar="'NAME: VALUE'", help="header that the script sets"
    )
    parser.add_argument("--data", "-d", metavar="TEXT", help="request body; goes out as text/plain, as fetch() does")
    parser.add_argument("--credentials", choices=("omit", "same-origin", "include"), default="same-origin")
    parser.add_argument("--mode", choices=("cors", "no-cors", "same-origin", "navigate"), default="cors")
    parser.add_argument("--redirect", choices=("follow", "error", "manual"), default="follow")
    _engine(parser, several=True)
    parser.add_argument("--format", choices=TRY_FORMATS, default="table")
    parser.add_argument("--timeout", type=_seconds, default=10.0, metavar="SECONDS", help="for the whole flow")
    parser.add_argument("--insecure", "-k", action="store_true", help="accept any certificate, unlike a browser")
    parser.add_argument(
        "--resolve",
        action="append",
        default=[],
        type=_pinned,
        metavar="HOST=IP[:PORT]",
        help="connect to this address for HOST",
    )
    _secrets(parser)


def _check(parser: argparse.ArgumentParser) -> None:
    _profiles(parser)
    parser.add_argument("--format", choices=CHECK_FORMATS, default="table")
    _output(parser)
    _filters(parser)
    _engine(parser, several=True)
    parser.add_argument("--baseline", metavar="RUN.json", help="a stored run that this one must not differ from")
    parser.add_argument("--concurrency", type=_count, metavar="N", help="flows at once")
    _consent(parser)
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first cell that is not as expected")
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent and send nothing")
    _fail_on(parser, "a finding this grave, or a policy that differs from the baseline's, is a failure")
    parser.add_argument("--strict", action="store_true", help="what could not be judged counts as not as expected")
    parser.add_argument(
        "--require-expectations", action="store_true", help="a cell without an expectation could not be judged"
    )
    parser.add_argument("--bodies", action="store_true", help="keep bodies and write them into HAR reports")
    parser.add_argument(
        "--write-expectations", action="store_true", help="write what was seen into the profile as its expectations"
    )
    parser.add_argument("--diff", action="store_true", help="with --write-expectations: only show the change")
    _secrets(parser)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", metavar="PROFILE A B | RUN RUN")
    parser.add_argument("--format", choices=COMPARE_FORMATS, default="table")
    _output(parser)
    _filters(parser)
    _engine(parser, several=True)
    parser.add_argument("--concurrency", type=_count, metavar="N", help="flows at once")
    _consent(parser)
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent and send nothing")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first cell that differs")
    parser.add_argument("--baseline", metavar="RUN.json", help="a stored run that neither side must differ from")
    parser.add_argument("--strict", action="store_true", help="what cannot be compared counts as different")
    parser.add_argument(
        "--require-expectations", action="store_true", help="a cell without an expectation could not be judged"
    )
    _fail_on(parser, "a finding this grave on either side, or a policy that differs, is a failure")
    _secrets(parser)


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="a reason, rule or quirk; all of them when left out")


def _lab(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_count, metavar="N", help="the first of four ports; free ones when left out")


def _nothing(parser: argparse.ArgumentParser) -> None:
    pass


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", default="corstui.yaml", metavar="PATH", help="default: corstui.yaml")


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keys", action="store_true", help="every key of the dashboard, with the id that remaps it")
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="show this profile's effective settings too")


def _profiles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("profiles", nargs="+", metavar="PROFILE", help="profile files or directories of them")


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="FILE", type=_file, help="write there instead of to standard output")


def _filters(parser: argparse.ArgumentParser) -> None:
    axes = {"--env": "environments", "--origin": "origins", "--endpoint": "endpoints", "--tag": "tags"}
    for flag, axis in axes.items():
        parser.add_argument(
            flag, dest=axis, action="append", metavar="NAME", help=f"only these {axis}; a name or glob, repeatable"
        )


def _engine(parser: argparse.ArgumentParser, *, several: bool) -> None:
    if several:
        parser.add_argument(
            "--engine",
            dest="engines",
            action="append",
            choices=(*ENGINE_NAMES, "all"),
            metavar="ENGINE",
            help=f"{', '.join(ENGINE_NAMES)} or all; repeatable. Only the first sends unsafe requests",
        )
    else:
        parser.add_argument("--engine", choices=ENGINE_NAMES, help="which browser to simulate")


def _fail_on(parser: argparse.ArgumentParser, help_text: str) -> None:
    parser.add_argument(
        "--fail-on",
        action="append",
        default=[],
        choices=(*SEVERITY_NAMES, FAIL_ON_POLICY),
        metavar="SEVERITY|policy",
        help=f"{help_text}; {', '.join(SEVERITY_NAMES)} or {FAIL_ON_POLICY}; repeatable",
    )


def _consent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask before environments that want it")


def _secrets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show-secrets", action="store_true", help="do not mask tokens, cookies and other secrets")


def _file(text: str) -> str | None:
    """A dash is standard output, which is what no file at all means too."""
    return None if text == "-" else text


def _seconds(text: str) -> float:
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _pinned(text: str) -> tuple[str, str]:
    host, equals, address = text.partition("=")
    if not (host and equals and address):
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST=IP or HOST=IP:PORT")
    return host, address


#: Each command: its line in the help, and what adds its options.
COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("the dashboard on the built-in lab; no network, no set-up", _demo),
    "try": ("one flow, now, without a profile: what happened, why, what to change", _try),
    "check": ("run profiles without a dashboard, for scripts and CI", _check),
    "compare": ("compare two environments of a profile, or two run documents", _compare),
    "explain": ("what a reason, rule or quirk of an engine means, who reports it how, how to mend it", _explain),
    "lab": ("run the built-in lab server until interrupted", _lab),
    "schema": ("print the JSON Schema of profiles", _nothing),
    "init": ("write an example profile to start from", _init),
    "config": ("show where corstui looks for things, and what is in force", _config),
}

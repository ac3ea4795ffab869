"""The command line. Each command is a module with ``run(arguments) -> exit code``, loaded only when it is used."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module

from corstui.cli import exits
from corstui.cli.arguments import parse
from corstui.cli.streams import UsageError, complain, narrate, silence_stdout, stand_in

#: Commands whose module cannot have their name.
_MODULES = {"try": "attempt"}


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit code. argparse itself exits on ``--help`` and on wrong usage."""
    stand_in()
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        module = import_module(f"corstui.cli.{_MODULES.get(arguments.command, arguments.command)}")
        code: int = module.run(arguments)
    except UsageError as error:
        complain(str(error))
        return exits.USAGE
    except BrokenPipeError:
        silence_stdout()
        return exits.OK
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Exception as error:
        _tell(error)
        complain("this is a defect of corstui; please report it with the lines above")
        return exits.DEFECT
    return code


def _tell(error: Exception) -> None:
    """The traceback on stderr, for a report that anybody may read: without secrets, and harmless to a terminal."""
    from corstui.printable import printable
    from corstui.profile.secrets import without_secrets

    for line in without_secrets("".join(traceback.format_exception(error))).splitlines():
        narrate(printable(line))

"""``corstui explain``: what a reason, rule or quirk means."""

from __future__ import annotations

import argparse

from corstui.analysis.explain import UnknownCode, codes, explain
from corstui.cli import exits
from corstui.cli.streams import UsageError, columns, emit
from corstui.report.explanation import render, render_index


def run(arguments: argparse.Namespace) -> int:
    if arguments.code is None:
        emit(render_index([explain(code) for code in codes()]))
        return exits.OK
    try:
        explanation = explain(arguments.code)
    except UnknownCode as error:
        raise UsageError(f"{error} (corstui explain lists all)") from None
    emit(render(explanation, columns()))
    return exits.OK

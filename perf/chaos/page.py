"""docs/reliability.md: what the longest run of the proofs has shown. Numbers are written by the run itself."""

import os
import platform
from pathlib import Path

from core.base import clock
from perf.chaos.run import Report

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- chaos: written by manage.py chaos --write -->", "<!-- /chaos -->"


def write_page(report: Report) -> None:
    """The page holds the numbers of this run; what people wrote around them stays."""
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{part(report)}\n{END}{tail}")


def part(report: Report) -> str:
    """The numbers of a run, as a table."""
    numbers, plan = report.numbers, report.plan
    share = 100 * numbers.second_copies / max(1, numbers.parcels)
    rows = [
        ("Processes killed", ", ".join(f"{name} {count}" for name, count in report.kills.items())),
        ("Meanwhile", ", ".join(f"{name} {count}" for name, count in sorted(report.acts.items()))),
        ("Deals done, every step answered", f"{numbers.deals}, with {report.repeats} calls repeated under their key"),
        ("Events", f"{numbers.events}: none lost for the pull consumer"),
        ("Parcels for Telegram", f"{numbers.parcels}: " + ", ".join(f"{state} {count}" for state, count in sorted(numbers.states.items()))),
        ("Messages that arrived", f"{numbers.messages}"),
        ("Second copies, at most", f"{numbers.second_copies} ({share:.2f} %), each with a row that says so"),
        ("In doubt, not repeated, and arrived", f"{numbers.in_doubt_and_arrived}"),
        ("Why the outcome was unknown", ", ".join(f"{code} {count}" for code, count in sorted(numbers.explained.items())) or "never"),
        ("Quiet again after the last deal", f"{report.quiet_seconds:.0f} s"),
    ]
    where = f"{clock.now():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
    how = f"`./run manage chaos --kills {plan.kills} --pairs {plan.pairs} --pause {plan.pause} --seed {plan.seed}`"
    return "\n".join(
        [f"\n{how}, {where}, {report.work_seconds:.0f} s.\n", "| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    )

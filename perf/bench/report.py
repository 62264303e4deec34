"""The page that a run leaves behind: docs/perf/bench.md."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from core.jobs.models import Job
from perf.bench.run import Plan, Result

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "perf" / "bench.md"
FEED_SHARE_MIN, WRITE_SHARE_MIN = 0.5, 0.35
# A page of the feed by another name, and how many times the first page it may cost.
NEIGHBOURS = {"feed_deep": 1.1, "feed_filtered": 2.0, "feed_common": 2.0, "feed_rare": 2.0, "feed_budget": 2.0}


def write(results: list[Result], plan: Plan) -> Path:
    """The page stands, with the targets and whether this run reached them."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join([*head(plan), *table(results), "", *targets(results), ""]))
    return PAGE


def head(plan: Plan) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    live = Job.objects.filter(is_live=True).count()
    where = f"{os.cpu_count()} processors, Python {platform.python_version()}, PostgreSQL {version}"
    size = f"{Job.objects.count():,} jobs, {live:,} of them live"
    return [
        "# Benchmark",
        "",
        f"Written by `./run manage bench` on {datetime.now(UTC):%Y-%m-%d} at commit {commit or 'unknown'}: {where}, {size}.",
        "",
        "*Floor*: a bare WSGI handler on the same server, with the same options, that says the same statements to the same database",
        "and turns the rows into JSON. Ours and the floor take turns, so that a busy machine slows both. The client runs on the same",
        f"processors. Medians of {plan.rounds} rounds of {plan.seconds:g} s. Processor time is of the server's and of the database's",
        "processes, per request. Ratios are the evidence; requests per second belong to the machine.",
        "",
    ]


def table(results: list[Result]) -> list[str]:
    lines = [
        "| Request | Connections | Ours, /s | Floor, /s | Share of the floor | p50, ms | p99, ms | Web, ms | Database, ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        ours = {name: result.median("ours", name) for name in ("per_second", "p50", "p99", "web_ms", "database_ms")}
        lines.append(
            f"| {result.title} | {result.connections} | {ours['per_second']:,.0f} | {result.median('floor', 'per_second'):,.0f} | "
            f"**{result.share:.2f}** | {ours['p50']:.1f} | {ours['p99']:.1f} | {ours['web_ms']:.2f} | {ours['database_ms']:.2f} |"
        )
    return lines


def targets(results: list[Result]) -> list[str]:
    found = {(result.scenario, result.connections): result for result in results}
    lines = ["## Targets", "", "| Target | Measured | Reached |", "|---|---:|---|"]

    def line(title: str, value: float, *, reached: bool) -> None:
        lines.append(f"| {title} | {value:.2f} | {'yes' if reached else '**no**'} |")

    for connections in (8, 32):
        if result := found.get(("feed", connections)):
            title = f"Feed, first page, {connections} connections: ≥ {FEED_SHARE_MIN} of the floor"
            line(title, result.share, reached=result.share >= FEED_SHARE_MIN)
    for name, most in NEIGHBOURS.items():
        result, first = found.get((name, 1)), found.get(("feed", 1))
        if result and first:
            ratio = result.median("ours", "p50") / first.median("ours", "p50")
            line(f"{result.title}: time ≤ {most:g} × the first page's", ratio, reached=ratio <= most)
    for name in ("apply", "fund"):
        if result := found.get((name, 8)):
            line(f"{result.title}, 8 connections: ≥ {WRITE_SHARE_MIN} of the floor", result.share, reached=result.share >= WRITE_SHARE_MIN)
    return lines

"""`searcher doctor`: is everything in order."""

from __future__ import annotations

import sys

import click

from ui.cli.options import Command, as_json, service
from ui.cli.output import clean, fancy, paint, print_json, write


@click.command(
    cls=Command, examples=("searcher doctor", "searcher doctor --fix", "searcher doctor --network")
)
@as_json
@click.option("--fix", is_flag=True, help="Put right what can be put right safely.")
@click.option("--network", is_flag=True, help="Run the whole pipeline with networking blocked, and report.")
def doctor(as_json: bool, fix: bool, network: bool) -> int:
    """Check that everything is in order, and say which command puts right what is not.

    Exit code 1 when something is wrong.
    """
    from dataclasses import asdict

    if network:
        from ui.doctor.network import offline_run

        checks = [offline_run(service().home)]
    else:
        checks = service().doctor(fix=fix)
    good = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": good, "checks": [asdict(check) for check in checks]})
        return 0 if good else 1
    on = fancy(sys.stdout)
    for check in checks:
        sign = paint("ok   ", "green", on=on) if check.ok else paint("WRONG", "red", on=on)
        write(f"{sign} {check.name:<12} {clean(check.detail)}")
        if not check.ok and check.fix:
            write(f"{'':<18} -> {check.fix}")
    return 0 if good else 1

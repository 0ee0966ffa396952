"""The command `searcher`. Each subcommand is a module that is imported when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from searcher.errors import SearcherError
from searcher.lighter import compute_on_two_cores, leave_out_checks, leave_out_pandas
from ui.cli.options import Chosen, add_home_option, place

if TYPE_CHECKING:
    from searcher.home import Home

# name -> (module, one line for the overview), in the order a person meets them
COMMANDS = {
    "up": ("up", "Index folders, watch them and serve the search page."),
    "search": ("search", "Find documents by meaning and by words."),
    "suggest": ("suggest", "List file names, headings and words that begin with a text."),
    "similar": ("similar", "Find documents like a file, or like one place in it."),
    "explain": ("explain", "Show why a document is found for a query, or why not."),
    "index": ("index", "Bring the index up to date, once."),
    "watch": ("watch", "Keep the index up to date until stopped, without the page."),
    "status": ("status", "Show what is indexed, what waits and what could not be read."),
    "folders": ("folders", "List, add or remove the library's folders."),
    "forget": ("forget", "Remove every trace of a file or folder from the index."),
    "pause": ("pause", "Let the indexer rest until `searcher resume`."),
    "resume": ("pause", "Let the indexer go on."),
    "models": ("models", "List, fetch or choose the embedding model."),
    "settings": ("settings", "List, set or reset the settings."),
    "doctor": ("doctor", "Check that everything is in order, and repair what is not."),
    "eval": ("evaluate", "Measure search quality on a data set with known answers."),
    "open": ("open", "Open the page, with a query if you like."),
    "service": ("service", "Start searcher with your session, without a terminal."),
    "desktop": ("desktop", "Show results in the search of GNOME and KDE."),
    "logs": ("logs", "Show what was said and what went wrong."),
    "backup": ("backup", "Copy everything searcher keeps into one file, also while it runs."),
    "restore": ("backup", "Put a backup in place."),
    "take-over": ("takeover", "Own an index of several machines whose owner is gone."),
    "mcp": ("mcp", "Serve the library to AI assistants over MCP on stdio."),
    "completion": ("completion", "Print the shell completion script."),
}
INTERRUPTED = 130  # 128 + SIGINT, as shells count
DISCONNECTED = 141  # 128 + SIGPIPE


class Commands(click.Group):
    """Knows the names without importing the modules behind them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"ui.cli.{COMMANDS[name][0]}"), name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean `searcher {near[0]}`?" if near else "`searcher --help` lists the commands"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from searcher.package import version

        print(f"searcher {version()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version."
)
def cli() -> None:
    """Search your own files by meaning, on your own machine.

    \b
    searcher up ~/Documents            index, watch and open the page
    searcher search "open invoices"    the same search in the terminal

    Exit codes: 0 done, 1 it did not work (the reason is on stderr), 2 wrong call, 130 interrupted.
    """


add_home_option(cli)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Every failure becomes one line on stderr and an exit code; never a traceback."""
    # a folder named like one of our packages in the current folder, a cloned one say, is never run
    os.environ["PYTHONSAFEPATH"] = "1"
    # before numpy is imported, here and in the indexer: threads of OpenBLAS wait for work by spinning, and
    # what a query multiplies is small; one of 1,948 passages took 185 ms of processor time in place of 85
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    compute_on_two_cores()
    if arguments is None:
        leave_out_checks()
        if "up" not in sys.argv:  # the page shows tables
            leave_out_pandas()
    chosen = Chosen()
    try:
        result: Any = cli.main(arguments, prog_name="searcher", standalone_mode=False, obj=chosen)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return 2
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "searcher"
        message = " ".join(error.format_message().split())
        hint = "" if "`" in message or not isinstance(error, click.UsageError) else f"; see `{path} --help`"
        return _failed(message.rstrip(".") + hint, error.exit_code)
    except SearcherError as error:
        return _failed(str(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # the reader, `head` say, has enough; nothing may be written to the pipe at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DISCONNECTED
    except Exception as error:
        if os.environ.get("SEARCHER_DEBUG"):
            raise
        return _failed(_unexpected(error, arguments or sys.argv[1:], place(chosen)), 1)


def _unexpected(error: Exception, arguments: list[str], home: Home) -> str:
    from searcher import logs

    reason = " ".join(str(error).split()) or "no message"
    command = next((word for word in arguments if word in COMMANDS), "searcher")
    report = logs.report_crash(home, error, command)
    where = f"the report is {report}" if report else "SEARCHER_DEBUG=1 shows where"
    return f"unexpected {type(error).__name__}: {reason}; {where}"


def _failed(message: str, code: int) -> int:
    from ui.cli.output import clean

    print("searcher: " + clean(" ".join(message.split())), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

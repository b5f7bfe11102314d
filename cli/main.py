"""The ``kehutu`` command: which commands there are. Each lives in a module of its name, imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "access": "Take rights back from who has a token.",
    "analyse": "Compute risk and communities as one run.",
    "audit": "Who did what, and whether the record of it is whole.",
    "backup": "Copy the ledger, its key and the results to a folder.",
    "circles": "Enterprises that guarantee each other in a ring.",
    "clusters": "Linked parties at risk, ranked by expected loss.",
    "communities": "Groups of linked parties, what became of them, and why a party moved.",
    "demo": "Build a site from published and synthetic data, report, and serve it.",
    "doctor": "Examine the installation and the site, with a remedy for each finding.",
    "evaluate": "Judge results by published cases and labelled files.",
    "consent": "Whether a customer may be approached, and what it decided.",
    "export": "The graph, or a part of it, as a file for other programs.",
    "fit": "Learn parameters and models from the site's own history.",
    "history": "How a party's score changed from run to run.",
    "grid-trace": "What feeds an element of the network, or whom it feeds.",
    "ingest": "Load the sources of a manifest and bring the graph up to date.",
    "judge": "Say whether two entities are the same.",
    "loads": "List loads, look at one, or take it back.",
    "losses": "What a shock does to buffers by one published model.",
    "neighbours": "What an entity is linked with.",
    "override": "Set a party's own distress by hand, until a day.",
    "owners": "Who owns an enterprise in the end.",
    "paths": "How two entities are linked.",
    "quarantine": "Look at refused rows, and try them again.",
    "rebuild": "Make the graph again from the ledger.",
    "related": "Who stands close to a party, whatever the money.",
    "resolve": "Bring the graph up to date and count entities.",
    "restore": "Make a home from a backup.",
    "report": "One-page credit reports as PDF and HTML.",
    "schema": "Print the model: types, relations, properties.",
    "search": "Find customers, people, enterprises and equipment by text.",
    "segments": "Classes of customers, and why a customer is in one.",
    "serve": "Serve the GraphQL API on this machine.",
    "similar": "Which customers are like one, and why.",
    "split": "Take a record out of the entity it was put in.",
    "show": "What is known of one entity.",
    "token": "Print a token for trying what a role sees.",
    "trace": "Why a party is at risk, with amounts that add up.",
    "watch": "Watch parties, and see which raise an alert.",
    "what-if": "Who would be hit by a default, a payment or a cut.",
    "why": "Why two ids are, or are not, the same entity.",
}


class _Lazy(click.Group):
    """Imports a command's module when it is needed, so that ``--help`` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        found = getattr(import_module(f"cli.{name}"), name)
        if not isinstance(found, click.Command):  # a fault of ours, not of the user
            raise TypeError(f"cli.{name}.{name} is {type(found).__name__} and no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kehutu")
def main() -> None:
    """Kehutu (客户图): the customer graph of a power utility.

    Every command takes --home FOLDER, --store URL, --json and --lang. Exit status: 0 success; 1 a negative answer;
    2 wrong use; 3 the store, or a process that the command needs, is not available.

    Examples with their output: docs/commands/README.md
    """

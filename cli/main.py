"""The command group; each command lives in a module of its name and is imported only when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "analyse": "Make an analysis run: risk and communities.",
    "audit": "Who did what, and whether the trail is whole.",
    "backup": "Copy the ledger with its key and results to a folder.",
    "circles": "Guarantee circles: enterprises that guarantee each other in a ring.",
    "clusters": "At-risk clusters of linked parties, ranked by expected loss.",
    "demo": "Build a site from published and labelled synthetic data, report, and serve it.",
    "doctor": "Examine the installation and the site, with a remedy for each finding.",
    "evaluate": "Compare results with published reference cases.",
    "fit": "Learn parameters and models from the site's own history.",
    "history": "A party's score over the runs.",
    "grid-trace": "The network above or below an element, with the customers.",
    "ingest": "Load the sources of a manifest and bring the graph up to date.",
    "judge": "Say whether two entities are the same.",
    "loads": "What was loaded when, what became of it, and how it is taken back.",
    "losses": "What a shock does to buffers, by one published view: linear, DebtRank, cascade, clearing.",
    "neighbours": "What an entity is linked with, with counts by type.",
    "override": "A person's judgement in place of a party's payment record, until a day.",
    "owners": "Who owns an enterprise in the end, through chains and loops of holdings.",
    "paths": "How two entities hang together.",
    "quarantine": "Look at rows that could not be taken, and try them again.",
    "rebuild": "Make the graph again from the ledger.",
    "related": "Who stands close to a party: closeness, not money.",
    "resolve": "Bring identity up to date and report what it did.",
    "restore": "Make a home from a backup.",
    "report": "One-page credit reports as PDF and HTML.",
    "schema": "Print the model: types, relations, properties.",
    "search": "Find customers, people, enterprises and equipment by text.",
    "serve": "Serve the GraphQL API on loopback.",
    "split": "Part a record from the entity that it was put to.",
    "show": "One entity: its values, keys and relations.",
    "trace": "Why a party is at risk: paths and amounts that add up to the fen.",
    "watch": "Parties that are watched, and what has happened to them.",
    "what-if": "Who would be hit, and what it would cost, if something happened.",
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
        found = getattr(import_module(f"cli.{cmd_name.replace('-', '_')}"), cmd_name.replace("-", "_"))
        assert isinstance(found, click.Command)  # noqa: S101  # a fault of ours, not of the user
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kehutu")
def main() -> None:
    """Kehutu (客户图): the customer graph of a power utility.

    Every command takes --home FOLDER, --store URL, --json and --lang. Exit status: 0 success, 1 the answer is
    negative, 2 wrong use, 3 the store, or a process that the command needs, is unavailable.
    """

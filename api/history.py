"""Runs, loads and quarantine as GraphQL types."""

from __future__ import annotations

import strawberry

from api.context import ID


@strawberry.type(description="Where in the input something stands.")
class Place:
    """See the description."""

    file: str = strawberry.field(description="File.")
    line: int | None = strawberry.field(description="Line of the text or row of the table, from 1.")
    sheet: str | None = strawberry.field(description="Sheet of a workbook.")
    cell: str | None = strawberry.field(description="Cell of a sheet, as in B7.")


@strawberry.type(description="Something to know about a source that stopped nothing.")
class Noticed:
    """See the description."""

    code: str = strawberry.field(description="Code of the notice, as in the catalogue of errors.")
    count: int = strawberry.field(description="How often it was met.")
    places: list[Place] = strawberry.field(description="Where first, at most ten.")
    message: str = strawberry.field(description="What was noticed, in the language of the asker.")
    remedy: str = strawberry.field(description="What can be done.")


@strawberry.type(description="What was passed over on purpose.")
class LeftOut:
    """See the description."""

    code: str = strawberry.field(description="Code of the reason, as in the catalogue of errors.")
    reason: str = strawberry.field(description="Why, in the language of the asker.")
    count: int = strawberry.field(description="How much of it.")


@strawberry.type(
    description="What became of one source of a load: read = accepted + quarantined + duplicate."
)
class LoadedSource:
    """See the description."""

    name: str = strawberry.field(description="Name of the source.")
    read: int = strawberry.field(description="Rows read.")
    accepted: int = strawberry.field(description="Rows that became records.")
    quarantined: int = strawberry.field(description="Rows kept aside with their reason.")
    duplicate: int = strawberry.field(description="Rows that were known already.")
    error: str | None = strawberry.field(description="Why the source could not be read; absent if it was.")
    notices: list[Noticed] = strawberry.field(description="What stopped nothing and should be known.")
    left_out: list[LeftOut] = strawberry.field(description="What was passed over on purpose.")


@strawberry.type(description="One load of a manifest.")
class Load:
    """See the description."""

    id: ID = strawberry.field(description="Id of the load.")
    manifest: str = strawberry.field(
        description="The manifest's path, or its name if it ships with the product."
    )
    started_at: str = strawberry.field(description="When it began, ISO instant in UTC.")
    finished_at: str | None = strawberry.field(
        description="When it ended; absent while it runs, and for good when its process died."
    )
    sources: list[LoadedSource] = strawberry.field(description="Its sources.")


@strawberry.type(description="A value of a row as it was read.")
class RawValue:
    """See the description."""

    column: str = strawberry.field(description="Name of the column.")
    value: str = strawberry.field(description="The value.")


@strawberry.type(description="A row that could not be taken; it is kept until somebody puts it right.")
class QuarantinedRow:
    """See the description."""

    id: ID = strawberry.field(description="Id of the row.")
    source: str = strawberry.field(description="The source that it came from.")
    file: str = strawberry.field(description="File.")
    line: int = strawberry.field(description="Line or row of the file, from 1.")
    field: str | None = strawberry.field(
        description="Property or column at fault; absent where it is the row."
    )
    code: str = strawberry.field(description="Code of the reason, as in the catalogue of errors.")
    message: str = strawberry.field(description="What is wrong.")
    remedy: str = strawberry.field(description="What can be done.")
    state: str = strawberry.field(description="open or retried.")
    first_seen: str = strawberry.field(description="When the row came first, ISO instant in UTC.")
    raw: list[RawValue] = strawberry.field(description="The row as read.")

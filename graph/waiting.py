"""Reading a store on an event loop: nobody waits for the store in a thread of its own.

One try, without the patience of ``Store.read``: whoever needs more asks in a thread.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from graph.client import Rows
from graph.connection import ACQUIRE_SECONDS, CONNECT_SECONDS, Target
from graph.dialects import Dialect
from graph.driver import neo4j

MOST_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class _Held:
    target: Target
    driver: neo4j.AsyncDriver


@dataclass(slots=True)
class WaitingConnections:
    """A driver for each event loop; another one should the server's address change."""

    dialect: Dialect
    _held: WeakKeyDictionary[asyncio.AbstractEventLoop, _Held] = field(default_factory=WeakKeyDictionary)

    async def read(
        self, target: Target, query: str, parameters: dict[str, object], deadline: float, *, timed: bool
    ) -> Rows:
        """Rows of a query that changes nothing.

        Args:
            timed: whether the server keeps the deadline itself.

        Raises:
            DriverError, Neo4jError, TimeoutError.
        """
        driver = await self._driver(target)
        text = neo4j.Query(query, timeout=deadline if timed else None)
        async with (
            asyncio.timeout(deadline),
            driver.session(database=target.database, default_access_mode=neo4j.READ_ACCESS) as session,
        ):
            result = await session.run(text, parameters)
            names = result.keys()
            return [dict(zip(names, record, strict=True)) async for record in result]

    async def close(self) -> None:
        """Close what this event loop has open."""
        held = self._held.pop(asyncio.get_running_loop(), None)
        if held is not None:
            await held.driver.close()

    async def _driver(self, target: Target) -> neo4j.AsyncDriver:
        loop = asyncio.get_running_loop()
        held = self._held.get(loop)
        if held is None or (held.target.address, held.target.auth) != (target.address, target.auth):
            options: dict[str, Any] = self.dialect.driver_options()
            driver = neo4j.AsyncGraphDatabase.driver(
                target.address,
                auth=target.auth,
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                max_connection_pool_size=MOST_CONNECTIONS,
                max_connection_lifetime=3600,
                **options,
            )
            self._held[loop] = _Held(target, driver)
            if held is not None:
                await held.driver.close()
            return driver
        return held.driver

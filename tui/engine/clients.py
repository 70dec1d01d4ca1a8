"""One HTTP client for each way to the network: most providers share one, and those with a proxy, certificates or a
protocol of their own have theirs."""

from collections.abc import Callable

import anyio
import anyio.to_thread
import httpx
from anyio.lowlevel import checkpoint

from tui.core.errors import ConfigError
from tui.core.network import DIRECT, Network


class Clients:
    """The clients that were needed so far."""

    def __init__(self, usual: httpx.AsyncClient, make: Callable[[Network], httpx.AsyncClient]) -> None:
        """`make` is called in a thread: it loads certificates."""
        self._clients = {_pool_of(DIRECT): usual}
        self._being_made: dict[Network, anyio.Event] = {}
        self._make = make

    def __repr__(self) -> str:
        return f"<Clients {len(self._clients)}>"

    async def for_way(self, network: Network) -> httpx.AsyncClient:
        """The client for `network`, made when it is asked for first. Raises `ConfigError` when it cannot be made."""
        pool = _pool_of(network)
        while pool not in self._clients:
            if pool in self._being_made:
                await self._being_made[pool].wait()
            else:
                await self._add(pool)
            await checkpoint()  # whoever was cancelled while others could not be interrupted goes no further
        return self._clients[pool]

    async def aclose(self) -> None:
        """Close all of them."""
        clients = list(self._clients.values())
        async with anyio.create_task_group() as tasks:
            for client in clients:
                tasks.start_soon(client.aclose)

    async def _add(self, pool: Network) -> None:
        """Make one while others wait; when it cannot be made, each of them tries for itself and learns why."""
        made = self._being_made[pool] = anyio.Event()
        try:
            self._clients[pool] = await anyio.to_thread.run_sync(self._make, pool)
        except OSError as exc:
            raise ConfigError(f"TLS cannot be set up: {exc}; check SSL_CERT_FILE and SSL_CERT_DIR") from exc
        finally:
            del self._being_made[pool]
            made.set()


def _pool_of(network: Network) -> Network:
    """What decides about connections. A proxy goes with each request, and so does what may be sent without TLS."""
    return Network(ca_file=network.ca_file, http2=network.http2)

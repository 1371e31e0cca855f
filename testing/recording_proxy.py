"""A proxy on loopback that forwards nothing and records what programs ask it for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class RecordingProxy:
    """`requests`: the first line of each, as `CONNECT host:443 HTTP/1.1`."""

    url: str
    requests: list[str] = field(default_factory=list)
    _requested: threading.Event = field(default_factory=threading.Event)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that makes a program use it, whichever spelling it reads."""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        return {spelling: self.url for name in names for spelling in (name, name.lower())}

    def requested_within(self, seconds: float) -> bool:
        """Waits for the first request, `seconds` at most; says whether there has been any."""
        return self._requested.wait(seconds)

    def record(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            self.requests.append(connection.recv(4096).decode(errors="replace").partition("\r\n")[0])
            self._requested.set()


@contextlib.contextmanager
def recording_proxy() -> Iterator[RecordingProxy]:
    """Listens on a free port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = RecordingProxy(f"http://127.0.0.1:{server.getsockname()[1]}")

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    proxy.record(server.accept()[0])

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()

"""Serve the page for dropping videos, on loopback, in the foreground.

python -m tools.page [--port PORT [--or-another]] [--stack NAME]
"""

import threading
import time
from http.server import ThreadingHTTPServer

from tools.arguments import Parser, port_number
from tools.embedded.embedded_aws import is_running
from tools.errors import ToolError, command
from tools.page.background import STATE
from tools.page.messages import port_taken
from tools.page.server import make_server
from tools.page.videos import Videos
from tools.target import current, present_endpoint


def main() -> None:
    parser = Parser(prog="tools.page", description="The page for dropping videos.")
    parser.add_argument("--port", default="0", help="a free one by default")
    parser.add_argument("--or-another", action="store_true", help="a free port where that one is taken")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    parser.add_argument("--while-running", type=int, metavar="PID", help="end with this embedded AWS")
    arguments = parser.parse_args()
    port = port_number(arguments.port)
    moving = {} if arguments.stack else {"present_endpoint": present_endpoint}
    videos = Videos(current(arguments.stack), **moving)
    with open_server(videos, port, or_another=arguments.or_another) as server:
        print(f"page: http://127.0.0.1:{server.server_port}", flush=True)
        if arguments.while_running is not None:
            threading.Thread(target=_end_with, args=(arguments.while_running, server), daemon=True).start()
        server.serve_forever()


def open_server(videos: Videos, port: int, *, or_another: bool) -> ThreadingHTTPServer:
    """As `make_server`. Raises ToolError where the port cannot be used."""
    try:
        return make_server(videos, port, or_another=or_another)
    except OSError as error:
        raise ToolError(port_taken(port, error.strerror or str(error))) from error


def _end_with(pid: int, server: ThreadingHTTPServer) -> None:
    while is_running(pid, STATE):
        time.sleep(1)
    server.shutdown()


if __name__ == "__main__":
    command(main)

"""Serve the page for dropping videos, on loopback, in the foreground.

python -m tools.page [--port PORT] [--stack NAME]
"""

import threading
import time
from http.server import ThreadingHTTPServer

from tools.arguments import Parser
from tools.embedded.embedded_aws import is_running
from tools.errors import command
from tools.page.background import STATE
from tools.page.server import make_server
from tools.page.videos import Videos
from tools.target import current


def main() -> None:
    parser = Parser(prog="tools.page", description="The page for dropping videos.")
    parser.add_argument("--port", type=int, default=0, help="the port wished for; a free one otherwise")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    parser.add_argument("--while-running", type=int, metavar="PID", help="end with this embedded AWS")
    arguments = parser.parse_args()
    with make_server(Videos(current(arguments.stack)), arguments.port) as server:
        print(f"page: http://127.0.0.1:{server.server_port}", flush=True)
        if arguments.while_running is not None:
            threading.Thread(target=_end_with, args=(arguments.while_running, server), daemon=True).start()
        server.serve_forever()


def _end_with(pid: int, server: ThreadingHTTPServer) -> None:
    while is_running(pid, STATE):
        time.sleep(1)
    server.shutdown()


if __name__ == "__main__":
    command(main)

"""A Rekognition endpoint on loopback: HTTP in front, the engine's API function behind.

    python -m tools.commands.endpoint [--port 8080] [--stack NAME]

`aws rekognition get-person-tracking --endpoint-url http://127.0.0.1:8080 --job-id …` then works unchanged.
"""

import contextlib

from tools.arguments import Parser, port_number
from tools.endpoint.engine_api import Api
from tools.endpoint.server import serve
from tools.errors import command
from tools.target import current


def main() -> None:
    parser = Parser(prog="tools.commands.endpoint", description="A Rekognition endpoint on loopback.")
    parser.add_argument("--port", default="8080", help="8080; 0 takes a free one")
    parser.add_argument("--stack", help="a stack deployed to AWS, instead of the one `make up` left running")
    arguments = parser.parse_args()
    port = port_number(arguments.port)
    api = Api(current(arguments.stack))
    with contextlib.suppress(KeyboardInterrupt), serve(api, port) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        print(f"Rekognition endpoint: {url} → {api.function} (Ctrl-C ends it)", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    command(main)

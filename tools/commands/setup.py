"""Prepare the models that the engine needs, with progress; `make setup` installs the rest.

python -m tools.commands.setup
"""

from infra.models import prepared
from tools.errors import command
from tools.progress import Progress


def main() -> None:
    progress = Progress()
    prepared(progress.show)
    progress.close()


if __name__ == "__main__":
    command(main)

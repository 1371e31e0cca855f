"""`python -m infra.models`: makes the models ready and prints the folder they lie in."""

from __future__ import annotations

import sys

from infra.models import ConversionError, FetchError, prepared


def main() -> int:
    try:
        print(prepared(lambda line: print(line, file=sys.stderr, flush=True)))
    except (FetchError, ConversionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

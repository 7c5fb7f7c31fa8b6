"""Prints the OpenAPI document: ``python -m tuner.service > docs/openapi.json``."""

from __future__ import annotations

import json
import sys

from tuner.service.app import routes_app


def document() -> str:
    """Write the OpenAPI document as it is committed."""
    return json.dumps(routes_app().openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())

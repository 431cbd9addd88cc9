"""``python -m jobwatch`` and the ``jobwatch`` script."""

from __future__ import annotations

from jobwatch.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()

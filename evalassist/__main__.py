"""`python -m evalassist`: the window, or with arguments the command line."""

from __future__ import annotations

import sys


def main() -> int:
    arguments = sys.argv[1:]
    if arguments:
        from evalassist.cli import main as command_line

        code = command_line(arguments)
        if code or arguments != ["--self-test"]:
            return code
        from ui.self_test import walk  # the core works; the window, the records and their keys come next

        return walk()
    from ui.app import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())

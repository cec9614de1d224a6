"""`python -m evalassist`: the window, or with arguments the command line."""

from __future__ import annotations

import sys

SELF_TEST = ["--self-test"]


def leave_no_core() -> None:
    """A program that falls over leaves no picture of its memory on the disk: keys and names would be in it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    leave_no_core()
    arguments = sys.argv[1:]
    if arguments:
        from evalassist.cli import main as command_line

        code = command_line(arguments)
        if code or arguments != SELF_TEST:
            return code
    from ui.print_system import ask_only_this_computer

    ask_only_this_computer()
    if arguments:
        from ui.self_test import walk  # the core works; the window, the records and their keys come next

        return walk()
    from ui.app import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())

"""Reads the window as a screen reader does: over AT-SPI, and nothing but what is exposed there.

Run by the system's Python, which has the bindings of D-Bus: it starts the program in its arguments, reads the
start page, opens the first unfinished evaluation and its second step by pressing what it read, and prints JSON:
for each page a list of role, name, states and value; in a second line what was to be read aloud.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from gi.repository import Gio, GLib  # type: ignore[import-not-found]  # of the system

ATSPI = "org.a11y.atspi"
STATES = {
    1: "active",
    4: "checked",
    7: "editable",
    8: "enabled",
    11: "focusable",
    12: "focused",
    25: "showing",
}
PATIENCE_S = 20.0
Node = tuple[str, str]
"""Who answers, and the path of the object there."""


class Reader:
    """One connection to the bus of assistive technology."""

    def __init__(self) -> None:
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, 5000
        ).unpack()[0]
        flags = Gio.DBusConnectionFlags
        self._bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
        )
        self.aloud: list[str] = []
        """What the program asked to be read aloud."""
        registry = (f"{ATSPI}.Registry", "/org/a11y/atspi/registry", f"{ATSPI}.Registry", "RegisterEvent")
        wish = GLib.Variant("(sass)", ("object:announcement", [], ""))
        self._bus.call_sync(*registry, wish, None, 0, 5000)
        self._bus.signal_subscribe(None, f"{ATSPI}.Event.Object", "Announcement", None, None, 0, self._hear)

    def _hear(self, *event: Any) -> None:
        self.aloud.append(event[-1].unpack()[3])

    def _call(self, node: Node, face: str, method: str, *told: object, kinds: str = "") -> Any:
        given = GLib.Variant(f"({kinds})", told) if kinds else None
        return self._bus.call_sync(*node, face, method, given, None, 0, 5000).unpack()[0]

    def _property(self, node: Node, face: str, name: str) -> Any:
        told = (f"{ATSPI}.{face}", name)
        return self._call(node, "org.freedesktop.DBus.Properties", "Get", *told, kinds="ss")

    def children(self, node: Node) -> list[Node]:
        found: list[Node] = self._call(node, f"{ATSPI}.Accessible", "GetChildren")
        return found

    def programs(self) -> list[Node]:
        return self.children((f"{ATSPI}.Registry", "/org/a11y/atspi/accessible/root"))

    def read(self, node: Node) -> Iterator[tuple[Node, list[object]]]:
        """What can be seen of this object and below it."""
        face = f"{ATSPI}.Accessible"
        bits = self._call(node, face, "GetState")
        states = [name for bit, name in STATES.items() if bits[bit // 32] >> bit % 32 & 1]
        if "showing" not in states:
            return
        role = self._call(node, face, "GetRoleName")
        has = self._call(node, face, "GetInterfaces")
        value: object = None
        if f"{ATSPI}.EditableText" in has:
            value = self._call(node, f"{ATSPI}.Text", "GetText", 0, -1, kinds="ii")
        elif f"{ATSPI}.Value" in has:
            value = self._property(node, "Value", "CurrentValue")
        yield node, [role, self._property(node, "Accessible", "Name"), states, value]
        for child in self.children(node):
            yield from self.read(child)

    def press(self, node: Node) -> None:
        """What it does when it is pressed."""
        self._call(node, f"{ATSPI}.Action", "DoAction", 0, kinds="i")


def waited_for(reader: Reader, words: str) -> tuple[Node, list[list[object]]]:
    """The window once something in it has a name that begins so, and that thing."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            windows = [window for program in reader.programs() for window in reader.children(program)]
            found = [each for window in windows for each in reader.read(window)]
        except GLib.Error:  # it went while it was read
            found = []
        while GLib.MainContext.default().iteration(False):
            pass  # what came meanwhile is heard
        for node, told in found:
            if str(told[1]).startswith(words):
                return node, [each for _, each in found]
        time.sleep(0.1)
    sys.exit(f"nothing on the bus of assistive technology is called {words!r}")


def main() -> None:
    program = subprocess.Popen(sys.argv[1:])
    try:
        reader = Reader()
        go_on, start = waited_for(reader, "Go on with Example One")
        reader.press(go_on)
        step, safety = waited_for(reader, "Step 2: History")
        reader.press(step)
        _, history = waited_for(reader, "Worst pain, last 7 days")
        print(
            json.dumps({"start": start, "safety": safety, "history": history}),
            json.dumps(reader.aloud),
            sep="\n",
        )
    finally:
        program.terminate()
        program.wait()


main()

"""Reads the window as a screen reader does: over AT-SPI, and nothing but what is exposed there.

Run by the system's Python, which has the bindings of D-Bus: it starts the program in its arguments, reads the
start page, opens the first unfinished evaluation and its second step by pressing what it read, and prints JSON:
for each page a list of role, name, states and value; in a second line what was to be read aloud.

With "--typing" first, it hears the program until it ends: one line of JSON, a list of what came, which is an
announcement, or letters that went into a line or out of it, with the line's role (its number), name and
words. The program is told each announcement that was heard.
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
        self.heard: list[list[object]] = []
        """The same, and the letters that go into lines and out of them; with role, name and words of the line."""
        self._roles: dict[Node, int] = {}
        registry = (f"{ATSPI}.Registry", "/org/a11y/atspi/registry", f"{ATSPI}.Registry", "RegisterEvent")
        for kind, signal in (("announcement", "Announcement"), ("text-changed", "TextChanged")):
            wish = GLib.Variant("(sass)", (f"object:{kind}", [], ""))
            self._bus.call_sync(*registry, wish, None, 0, 5000)
            self._bus.signal_subscribe(None, f"{ATSPI}.Event.Object", signal, None, None, 0, self._hear)

    def _hear(self, *event: Any) -> None:
        _, sender, path, _, signal, told = event
        kind, _, _, words, _ = told.unpack()
        if signal == "Announcement":
            if words == "after":
                self._roles.clear()
            self.aloud.append(words)
            self.heard.append(["said", words])
        else:
            at = (sender, path)
            if at not in self._roles:  # as Orca's library does: who was asked is not asked again for a while
                self._roles[at] = self._call(at, f"{ATSPI}.Accessible", "GetRole")
            value = self._call(at, f"{ATSPI}.Text", "GetText", 0, -1, kinds="ii")
            self.heard.append([kind, words, self._roles[at], self._property(at, "Accessible", "Name"), value])

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


def hear_typing() -> None:
    reader = Reader()
    program = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, text=True)
    assert program.stdin is not None
    told = 0
    while program.poll() is None:
        while GLib.MainContext.default().iteration(False):
            pass
        for words in reader.aloud[told:]:
            print(words, file=program.stdin, flush=True)
        told = len(reader.aloud)
        time.sleep(0.005)
    print(json.dumps(reader.heard))
    sys.exit(program.returncode)


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


hear_typing() if sys.argv[1] == "--typing" else main()

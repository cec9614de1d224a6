"""When the window has to lock itself: nobody touched it, the screen was locked, the computer went to sleep."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from time import monotonic, time
from typing import Any

from PySide6.QtCore import (
    SLOT,
    QAbstractNativeEventFilter,
    QByteArray,
    QEvent,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

from evalassist.translate import tr

log = logging.getLogger(__name__)

LOOK_MS = 1000
SLEPT_S = 60
"""By so much the clock on the wall ran ahead of ours: the computer slept, and nobody told us."""
TOUCHES = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TabletPress,
)
ALSO = {
    "darwin": tr("On macOS it does not notice that the screen is locked: lock it yourself with ⌘L."),
}.get(sys.platform, tr("It also locks when the screen is locked and when the computer goes to sleep."))
"""What the therapist reads about it beside the minutes."""

WM_POWERBROADCAST, PBT_APMSUSPEND = 0x0218, 0x0004
WM_WTSSESSION_CHANGE, NOTIFY_FOR_THIS_SESSION = 0x02B1, 0
LEFT_SESSION = (0x2, 0x4, 0x6, 0x7)
"""Console and remote disconnect, log-off, lock: Windows' own numbers."""


class Watch(QObject):
    """Says `lock_wanted` when it is time. What is touched is seen in every window of the app, dialogs too."""

    lock_wanted = Signal()

    def __init__(
        self,
        window: QWindow | None,
        parent: QObject,
        now: Callable[[], float] = monotonic,
        wall: Callable[[], float] = time,
    ) -> None:
        super().__init__(parent)
        self.limit_s = 600.0
        self._now, self._wall = now, wall
        self._touched = now()
        self._looked = (now(), wall())
        self._windows: list[QWindow] = []
        self._clock = QTimer(self, interval=LOOK_MS)
        self._clock.timeout.connect(self.look)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._watch)
        self._watch(window)
        self._system = _listen(self, window)

    def start(self, limit_s: float) -> None:
        """Watch from now on: so long without a touch, and it locks."""
        self.limit_s = limit_s
        self._touched = self._now()
        self._looked = (self._now(), self._wall())
        self._clock.start(round(min(LOOK_MS, limit_s * 500)))

    def stop(self) -> None:
        """It is locked: nothing has to be watched."""
        self._clock.stop()

    def look(self) -> None:
        """Whether nobody was there for too long, by a clock that nobody can set; or the computer slept."""
        now, wall = self._now(), self._wall()
        slept = (wall - self._looked[1]) - (now - self._looked[0])
        self._looked = (now, wall)
        if now - self._touched >= self.limit_s or slept >= SLEPT_S:
            self.lock_wanted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self._touched = self._now()
            if isinstance(event, QKeyEvent) and _is_lock_key(
                event
            ):  # a dialog has no shortcuts of the window
                self.lock_wanted.emit()
                return True
        return False

    def _watch(self, window: QWindow | None) -> None:
        """The windows get the filter, not the application: there every event of every widget would pass through."""
        if window is not None and window not in self._windows:
            self._windows.append(window)
            window.installEventFilter(self)
            window.destroyed.connect(
                lambda: self._windows.remove(window) if window in self._windows else None
            )

    # ------------------------------------------------------------ told by the system

    @Slot(bool)
    def going_away(self, begins: bool) -> None:
        """The screen saver began, or the computer is about to sleep; told again with False when that ends."""
        if begins:
            self.lock_wanted.emit()

    @Slot()
    def screen_locked(self) -> None:
        """The session was locked."""
        self.lock_wanted.emit()


def _is_lock_key(event: QKeyEvent) -> bool:
    pressed = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_L
    return pressed and event.modifiers() == Qt.KeyboardModifier.ControlModifier


def leaves_session(message: int, what: int) -> bool:
    """Whether a message of Windows says that the screen is locked, the session left, or the computer suspended."""
    if message == WM_WTSSESSION_CHANGE:
        return what in LEFT_SESSION
    return message == WM_POWERBROADCAST and what == PBT_APMSUSPEND


def _listen(watch: Watch, window: QWindow | None) -> object:
    """Ask the system to tell; what it cannot tell is left to the minutes. The result must be held."""
    try:
        if sys.platform == "win32":
            return _WindowsMessages(watch, window)
        if sys.platform == "linux":
            _listen_on_the_bus(watch)
    except Exception as error:  # a convenience of the system, never a reason not to start
        log.warning("the system does not tell when the screen is locked: %s", type(error).__name__)
    return None


def _listen_on_the_bus(watch: Watch) -> None:
    from PySide6.QtDBus import QDBusConnection

    away: Any = SLOT("going_away(bool)")  # a text, whatever the stubs say: bytes are never called
    locked: Any = SLOT("screen_locked()")
    login, manager = "org.freedesktop.login1", "/org/freedesktop/login1"
    system = QDBusConnection.systemBus()
    if system.isConnected():
        system.connect(login, manager, f"{login}.Manager", "PrepareForSleep", watch, away)
        system.connect(login, "", f"{login}.Session", "Lock", watch, locked)
    session = QDBusConnection.sessionBus()
    if session.isConnected():
        for saver in (
            "org.freedesktop.ScreenSaver",
            "org.gnome.ScreenSaver",
        ):  # wherever each desktop puts it
            session.connect("", "", saver, "ActiveChanged", watch, away)


if sys.platform == "win32":  # cannot be run on the systems the tests run on

    class _WindowsMessages(QAbstractNativeEventFilter):
        """Hears the messages Windows sends to the window."""

        def __init__(self, watch: Watch, window: QWindow | None) -> None:
            import ctypes

            super().__init__()
            self._watch = watch
            if window is not None:
                register = ctypes.windll.wtsapi32.WTSRegisterSessionNotification
                register(ctypes.c_void_p(int(window.winId())), NOTIFY_FOR_THIS_SESSION)
            app = QGuiApplication.instance()
            assert app is not None
            app.installNativeEventFilter(self)

        def nativeEventFilter(self, kind: QByteArray | bytes, message: int) -> tuple[bool, int]:
            from ctypes import wintypes

            if bytes(kind) == b"windows_generic_MSG":
                told = wintypes.MSG.from_address(int(message))
                if leaves_session(told.message, told.wParam):
                    self._watch.lock_wanted.emit()
            return False, 0

"""Every fault of the clinic's database server in plain words. PostgreSQL's own errors are known by their codes;
one that keeps a connection from being made has none, so it is known by its words."""

from __future__ import annotations

from evalassist.records.server import Server

LOST = (
    "The connection to {server} was lost. {kept} "
    "Check the network and that the server runs; EvalAssist connects again by itself."
)
_BUSY = "Another workstation is writing to {server}. {kept} Wait and try again."
_SLOW = (
    "{server} took too long to answer. {kept} Try again; if it stays so, ask whoever looks after the server."
)
_STARTING = "{server} is starting or stopping. {kept} Wait a minute and try again."
_PERMISSION = (
    "The user {server.user} has no permission for this in {server}. {kept} "
    "Ask whoever looks after the server to run `evalassist postgres-setup` again."
)
_PASSWORD = (
    "{server} did not accept the user {server.user} with this password. {kept} "
    "Ask whoever looks after the server; a new password is told to this workstation "
    "with `evalassist connect-to-postgres`."
)
_UNREACHABLE = (
    "{server} cannot be reached at port {server.port}. {kept} "
    "Check the address, the network and that the server runs."
)
_CERTIFICATE = (
    "The server {server.host} could not prove that it is the right one: {said}. {kept} Nothing was sent. "
    "Check the address and the certificate file with whoever looks after the server."
)
_OLD_PASSWORD = (
    "{server} asks for the password in an old way, by which it could be read or guessed. {kept} It was not sent. "
    "Ask whoever looks after the server to set password_encryption = scram-sha-256 in postgresql.conf, to write "
    "scram-sha-256 in the lines of pg_hba.conf, and then to set the password of {server.user} anew."
)
_NO_PROOF = (
    "{server} did not prove that it knows the password of {server.user}, as a false server could not. {kept} Nothing "
    "was sent. Ask whoever looks after the server to write scram-sha-256 in the line of pg_hba.conf for this user."
)
_OTHER = "{server} could not be used ({said}). {kept} Ask whoever looks after the server."
NOT_OURS = (
    "{server} holds no records of EvalAssist. {kept} "
    "Whoever looks after the server prepares it with `evalassist postgres-setup`."
)
_BY_STATE = {
    "25006": "{server} only reads at present, as a standby does. {kept} Ask whoever looks after the server.",
    "42501": _PERMISSION,
    "42P01": NOT_OURS,
    "3F000": NOT_OURS,
    "53100": "The disk of {server} is full. {kept} Ask whoever looks after the server to free some space.",
    "53200": "The server of {server} has too little free memory. {kept} Try again in a minute.",
    "53300": "{server} has too many connections. {kept} Close other programs that use it, then try again.",
    "55P03": _BUSY,
    "40001": _BUSY,
    "40P01": _BUSY,
    "57014": _SLOW,
    "57P01": LOST,
    "57P02": LOST,
    "57P03": _STARTING,
    "25P03": LOST,
    "22021": "The text holds a character that cannot be kept. {kept} Type the last words again.",
}
_BY_WORDS = (
    ("NUL (0x00)", _BY_STATE["22021"]),
    ("server requested a hashed password", _OLD_PASSWORD),
    ("server requested a cleartext password", _OLD_PASSWORD),
    ("authentication method requirement", _NO_PROOF),
    ("password", _PASSWORD),
    ('role "', _PASSWORD),
    ("pg_hba.conf", "{server} does not let this workstation in. {kept} Ask whoever looks after the server."),
    ("certificate", _CERTIFICATE),
    ("does not support SSL", _CERTIFICATE),
    ("SSL", _CERTIFICATE),
    ("database system is", _STARTING),
    ("permission denied", _PERMISSION),
    ("too many", _BY_STATE["53300"]),
    (
        'database "',
        "There is no database “{server.database}” on {server.host}. {kept} "
        "Check its name, or ask for it to be made.",
    ),
    ("failed to resolve", _UNREACHABLE),
    ("Connection refused", _UNREACHABLE),
    ("timeout", _UNREACHABLE),
    ("No such file", _UNREACHABLE),
    ("No route", _UNREACHABLE),
    ("unreachable", _UNREACHABLE),
)
_CONNECTING = ("connection failed", "connection is bad", "failed to resolve", "connection timeout")


def is_loss(error: BaseException) -> bool:
    """Whether the connection broke, so that nobody knows whether the last change arrived."""
    state = _state(error)
    return state.startswith("08") or state in ("57P01", "57P02") or (not state and _pattern(error) == LOST)


def sentence(error: BaseException, server: Server, kept: str) -> str:
    """What happened to the connection or in the database, and what to do."""
    said = str(error).split("\n")[0].rsplit("failed: ", 1)[-1].strip()
    return sentence_start(_pattern(error).format(server=server, kept=kept, said=_state(error) or said))


def sentence_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def code(error: BaseException) -> str:
    return _state(error) or type(error).__name__


def _state(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _pattern(error: BaseException) -> str:
    state, words = _state(error), str(error)
    if state:
        return LOST if state.startswith("08") else _BY_STATE.get(state, _OTHER)
    if not words.startswith(_CONNECTING) and type(error).__name__ in ("OperationalError", "InterfaceError"):
        return LOST
    return next((pattern for known, pattern in _BY_WORDS if known in words), _OTHER)

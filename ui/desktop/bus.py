"""A place on the session's D-Bus that answers calls, one after the other, until nobody asks any more."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from typing import Any

from searcher import logs
from searcher.errors import SearcherError
from ui.desktop.interface import Interface

NAME = "local.searcher.Search"
PLACE = "/local/searcher/Search"
_IDLE_SECONDS = 300.0  # then the bus starts it anew when somebody asks
_INTROSPECTABLE, _PEER = "org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Peer"
_NOT_QUEUED, _OWNER = 4, (1, 4)  # DBUS_NAME_FLAG_DO_NOT_QUEUE; primary owner, already owner


def serve(interfaces: Sequence[Interface], *, idle: float = _IDLE_SECONDS) -> None:
    """Raises SearcherError where there is no session bus, or another process holds the name."""
    try:
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
    except ImportError as error:
        from searcher.package import DISTRIBUTION

        raise SearcherError(
            f"the desktop's search needs jeepney; install it with `pip install '{DISTRIBUTION}[desktop]'`"
        ) from error
    try:
        connection = open_dbus_connection("SESSION")
    except (OSError, KeyError, RuntimeError) as error:
        raise SearcherError(f"no session bus answers ({error}); run this in a desktop session") from error
    with connection:
        # the call that this was started for may come before the answer to this one
        calls: deque[Any] = deque()
        with connection.filter(MatchRule(type="method_call"), queue=calls):
            if Proxy(message_bus, connection).RequestName(NAME, _NOT_QUEUED)[0] not in _OWNER:
                raise SearcherError(f"{NAME} is answered for already by another process of this session")
        while True:
            try:
                message = calls.popleft() if calls else connection.receive(timeout=idle)
            except (TimeoutError, OSError):  # nobody asked for long, or the session is over
                return
            if (reply := _reply(message, interfaces)) is not None:
                connection.send(reply)


def _reply(message: Any, interfaces: Sequence[Interface]) -> Any:
    """What is sent back: an answer or an error; None for what wants none."""
    from jeepney import HeaderFields, MessageFlag, MessageType, new_error, new_method_return

    header = message.header
    if header.message_type is not MessageType.method_call:
        return None
    asked = header.fields.get(HeaderFields.interface), header.fields.get(HeaderFields.member)
    try:
        signature, values = _answer(
            asked, header.fields.get(HeaderFields.signature, ""), message.body, interfaces
        )
        reply = new_method_return(message, signature or None, values)
    except LookupError as error:
        reply = new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "s", (str(error),))
    except SearcherError as error:
        reply = new_error(message, f"{NAME}.Error", "s", (str(error),))
    except Exception as error:  # whatever it was, the next call is answered
        logs.note(f"the desktop's search could not answer: {error!r}", level=logging.ERROR)
        reply = new_error(message, "org.freedesktop.DBus.Error.Failed", "s", (type(error).__name__,))
    return None if header.flags & MessageFlag.no_reply_expected else reply


def _answer(
    asked: tuple[str | None, str | None],
    signature: str,
    values: tuple[Any, ...],
    interfaces: Sequence[Interface],
) -> tuple[str, tuple[Any, ...]]:
    """The signature and the values of the answer. Raises LookupError for a method that is not there."""
    interface, member = asked
    if asked == (_INTROSPECTABLE, "Introspect"):
        described = "\n".join(one.xml() for one in interfaces)
        return "s", (f"<node>\n{described}\n</node>",)
    if asked == (_PEER, "Ping"):
        return "", ()
    method = next(
        (one.methods[member] for one in interfaces if one.name == interface and member in one.methods), None
    )
    if method is None or signature != method.takes:
        raise LookupError(f"{interface}.{member}({signature}) is not offered")
    given = method.call(*values)
    return (method.gives, (given,)) if method.gives else ("", ())

"""The control door of an emulator: its methods over HTTP with JSON, for tests in other processes. Loopback only.

``POST /control/DEED`` takes a deed's arguments by name, as its annotations say (times as ISO 8601, durations as seconds), and
answers ``{"given": ...}``. ``GET /control/books``, ``/control/account`` and ``/control/deeds`` tell what there is. What cannot
be is 400 with ``{"problem": ...}`` and changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import timedelta
from functools import partial
from inspect import isawaitable
from typing import Any, Final, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, validate_call
from pydantic_core import to_jsonable_python
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connectors.testing.emulation.emulator import Emulator
from connectors.testing.emulation.faults import DeliveryFaults
from schema.model.errors import GivingError

_ANY: Final = ConfigDict(arbitrary_types_allowed=True)


class Control:
    """The door of one emulator. ``deeds`` are methods, each under its own name; ``switches`` are dataclasses whose fields can
    be set, each at a door of its own. ``callback``, ``turn`` (the clock) and ``mischief`` are at every door, ``spoil`` and
    ``mend`` where there are ``faults`` of deliveries.
    """

    def __init__(
        self,
        emulator: Emulator,
        deeds: Iterable[Callable[..., Any]],
        switches: Mapping[str, Any] | None = None,
        faults: DeliveryFaults[Any] | None = None,
    ) -> None:
        self._emulator = emulator
        named: dict[str, Callable[..., Any]] = {"callback": self._callback, "turn": self._turn}
        named |= {deed.__name__: deed for deed in deeds}
        named |= {} if faults is None else {"spoil": _spoiling(faults), "mend": faults.clear}
        typed: Callable[[Callable[..., Any]], Callable[..., Any]] = validate_call(config=_ANY)
        self._deeds = {name: typed(deed) for name, deed in named.items()}
        turned: dict[str, Callable[[], Any]] = {name: partial(_itself, target) for name, target in (switches or {}).items()}
        turned["mischief"] = lambda: emulator.sender.mischief  # whoever runs the emulator may have given it another
        self._deeds |= {name: partial(_switch, target) for name, target in turned.items()}

    @property
    def mount(self) -> Mount:
        """``/control``."""
        return Mount(
            "/control",
            routes=[
                Route("/books", self._told(lambda: self._emulator.books)),
                Route("/account", self._told(self._emulator.account)),
                Route("/deeds", self._told(lambda: sorted(self._deeds))),
                Route("/{deed}", self._do, methods=["POST"]),
            ],
        )

    def _callback(self, url: str) -> str:
        self._emulator.callback = url
        return url

    def _turn(self, seconds: float) -> str:
        self._emulator.clock.turn(timedelta(seconds=seconds))
        return self._emulator.clock.now().isoformat()

    def _told(self, tell: Callable[[], Any]) -> Callable[[Request], Any]:
        async def endpoint(_: Request) -> Response:
            return JSONResponse(to_jsonable_python(tell()))

        return endpoint

    async def _do(self, request: Request) -> Response:
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return JSONResponse({"problem": f"there are the deeds {', '.join(sorted(self._deeds))}"}, 404)
        try:
            arguments = TypeAdapter(dict[str, Any]).validate_json(await request.body() or b"{}")
            given = deed(**arguments)
            given = await given if isawaitable(given) else given
        except ValidationError as error:
            told = [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()]
            return JSONResponse({"problem": "; ".join(told)}, 400)
        except (GivingError, LookupError, TypeError, ValueError) as error:
            return JSONResponse({"problem": str(error)}, 400)
        return JSONResponse({"given": to_jsonable_python(given, fallback=str)})


def _itself(target: Any) -> Any:
    return target


def _spoiling(known: DeliveryFaults[Any]) -> Callable[..., None]:
    def spoil(faults: list[str], *, always: bool = False) -> None:
        (known.always if always else known.once)(*(known.kind(name) for name in faults))

    return spoil


def _switch(of: Callable[[], Any], **values: Any) -> Any:
    """Sets fields of a dataclass, all of them or none."""
    target = of()
    kinds = get_type_hints(type(target))
    if unknown := set(values) - {known.name for known in fields(target)}:
        raise ValueError(f"no such switch: {', '.join(sorted(unknown))}; there are {', '.join(kinds)}")
    checked = {name: TypeAdapter(kinds[name]).validate_python(value) for name, value in values.items()}
    for name, value in checked.items():
        setattr(target, name, value)
    return target

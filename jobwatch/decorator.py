"""`logged`: a decorator that makes a job of each call of a function."""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from jobwatch.config import read_settings
from jobwatch.model.job import UNSET, Json
from jobwatch.model.when import now_ms
from jobwatch.store.alive import own_process
from jobwatch.store.lifetime import Lifetime
from jobwatch.store.logged_job import LoggedJob, PlainLoggedJob
from jobwatch.store.plain_steps import offer_once, write_once
from jobwatch.store.values import checked

__all__ = ["logged"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PARAMETER = "job"


def logged(
    type: str | None = None,
    *,
    store: Path | str | None = None,
    user: Json = UNSET,
    body: Json = UNSET,
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Make a job of each call of a function, plain or ``async``; its type is the function's name.

    Without a `store` the job is in the log that ``jobwatch`` opens. A parameter of the function
    that is by keyword only and called ``job`` is given the job, a `PlainLoggedJob` or a
    `LoggedJob`, to say how far it has come; a default lets a type checker know that it may be left
    out. The log is opened for each write and closed again: while the function runs, no file of it
    is open, and the function may fork, which waits for what other threads write so just then.

    A call raises `LogError` where its begin can't be written, and `SettingsError` where the
    settings that name the log can't be read. What can't be followed is refused with `TypeError`: a
    class, what isn't called as a function is, and a generator, as a call of one runs nothing yet. A
    plain function that returns what is yet to run, an awaitable or a generator, is refused when it
    is called, and its job is an ERROR.
    """
    if callable(type):
        raise TypeError("logged takes brackets: @logged()")
    user, body = checked(user), checked(body)

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        name = type or str(getattr(function, "__name__", repr(function)))
        if isinstance(function, classmethod | staticmethod) or not callable(function):
            raise TypeError(f"{name} is no function; put @logged() below @classmethod and the like")
        if inspect.isclass(function):
            raise TypeError(f"{name} is a class; decorate a function that calls it, or its methods")
        if _is(inspect.isgeneratorfunction, function) or _is(inspect.isasyncgenfunction, function):
            raise TypeError(f"{name} is a generator; decorate what goes through it")
        parameter = _parameter_of(function)
        takes_job = parameter is not None
        if parameter is not None and parameter.kind is not parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}'s parameter job must be by keyword only: write *, before it")

        def begun() -> tuple[Path, Lifetime]:
            path = read_settings(None, os.environ).store if store is None else Path(store)
            life = Lifetime(now_ms, type=name, user=user, body=body, process=own_process())
            return path.absolute(), life  # the function may go to another folder

        @wraps(function)
        def plainly(*args: Any, **kwargs: Any) -> Any:
            path, life = begun()
            write, offer = partial(write_once, path), partial(offer_once, path)
            with PlainLoggedJob(write, life, offer) as job:
                if takes_job:
                    kwargs.setdefault(PARAMETER, job)
                return _done(name, function(*args, **kwargs))

        @wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            from jobwatch.store import once

            path, life = begun()
            write, offer = partial(once.write_once, path), partial(once.offer_once, path)
            async with LoggedJob(write, life, offer) as job:
                if takes_job:
                    kwargs.setdefault(PARAMETER, job)
                return await cast(Awaitable[Any], function(*args, **kwargs))

        is_awaited = _is(inspect.iscoroutinefunction, function)
        return cast(Callable[Parameters, Result], awaited if is_awaited else plainly)

    return decorate


def _parameter_of(function: Callable[..., object]) -> inspect.Parameter | None:
    """Return the parameter that takes the job; what is written in C may not tell its own."""
    try:
        return inspect.signature(function).parameters.get(PARAMETER)
    except ValueError:
        return None


def _is(kind: Callable[[object], bool], function: Any) -> bool:
    """Return whether a function, or what an object does when it is called, is of a kind."""
    return kind(function) or kind(function.__call__)


def _done(name: str, result: Result) -> Result:
    """Return the result of a call, unless it is yet to run."""
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise TypeError(f"{name} returned a generator; decorate what goes through it")
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()  # it is known that nobody awaits it
        raise TypeError(
            f"{name} returned what is yet to be awaited; put @logged() next to its async def"
        )
    return result

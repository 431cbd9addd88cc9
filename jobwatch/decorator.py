"""`logged`: a decorator that makes a job of each call of a function."""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from jobwatch.config import read_settings
from jobwatch.model.job import UNSET, Json
from jobwatch.store.plain_log import PlainJobLog

__all__ = ["logged"]

Result = TypeVar("Result")

PARAMETER = "job"


def logged(
    type: str | None = None,
    *,
    store: Path | str | None = None,
    user: Json = UNSET,
    body: Json = UNSET,
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Make a job of each call of a function, plain or ``async``; its type is the function's name.

    Without a `store` the job is in the log that ``jobwatch`` opens. A parameter of the function
    that is by keyword only and called ``job`` is given the job, a `PlainLoggedJob` or a
    `LoggedJob`, to say how far it has come. A call raises `LogError` where its begin can't be
    written, and `SettingsError` where the settings that name the log can't be read. What can't be
    followed is refused with `TypeError`, as a generator is: a call of one runs nothing yet.
    """
    if callable(type):
        raise TypeError("logged takes brackets: @logged()")

    def decorate(function: Callable[..., Result]) -> Callable[..., Result]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__name__} is a generator; decorate what goes through it")
        name = type or getattr(function, "__name__", repr(function))
        parameter = inspect.signature(function).parameters.get(PARAMETER)
        takes_job = parameter is not None
        if parameter is not None and parameter.kind is not parameter.KEYWORD_ONLY:
            raise TypeError(f"{name}'s parameter job must be by keyword only: write *, before it")

        def path() -> Path:
            return read_settings(None, os.environ).store if store is None else Path(store)

        @wraps(function)
        def plainly(*args: Any, **kwargs: Any) -> Any:
            with PlainJobLog.open(path()) as log, log.job(name, user=user, body=body) as job:
                if takes_job:
                    kwargs.setdefault(PARAMETER, job)
                return function(*args, **kwargs)

        @wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            from jobwatch.store.job_log import JobLog

            async with (
                JobLog.open(path()) as log,
                log.job(name, user=user, body=body) as job,
            ):
                if takes_job:
                    kwargs.setdefault(PARAMETER, job)
                return await cast(Awaitable[Any], function(*args, **kwargs))

        is_awaited = inspect.iscoroutinefunction(function)
        return cast(Callable[..., Result], awaited if is_awaited else plainly)

    return decorate

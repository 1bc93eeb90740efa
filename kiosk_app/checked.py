"""Raw values of a TOML file made into checked ones; every error names the file, the key and what is allowed there.

What is allowed comes from the structs themselves, so that a driver of another maker is explained as well as ours.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec

from kiosk_app.errors import ConfigError

Kind = TypeVar("Kind")

_NAMES: Mapping[type[msgspec.inspect.Type], str] = {
    msgspec.inspect.BoolType: "true or false",
    msgspec.inspect.ListType: "a list of texts",
    msgspec.inspect.VarTupleType: "a list of texts",
    msgspec.inspect.DictType: "a section",
}


def checked(raw: Any, kind: type[Kind], *, file: str, under: str = "", also: tuple[str, ...] = ()) -> Kind:
    """``raw`` as a ``kind``. ``under``: the section's name; ``also``: keys that stand beside the struct's own.

    Raises ConfigError.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        key, what = _parts(str(error))
        name = ".".join(part for part in (under, key) if part) or "the file"
        raise ConfigError(file, name, f"{what}. {_allowed(kind, key, also)}".strip()) from error


def _parts(message: str) -> tuple[str, str]:
    """msgspec says ``Expected `int`, got `str` - at `$.devices.x.baud```: the key, and what is wrong with it."""
    found = re.fullmatch(r"(?P<what>.*?)(?: - at `(?:key in )?\$\.?(?P<key>.*)`)?", message, re.DOTALL)
    key, what = (found["key"] or "", found["what"]) if found else ("", message)
    field = re.search(r"(?:required|unknown) field `(\w+)`", what)
    if field:
        key = f"{key}.{field[1]}" if key else field[1]
    return key, re.sub(r"^Expected `str` matching regex .*", "Not written as it must be", what)


def _allowed(kind: Any, key: str, also: tuple[str, ...]) -> str:
    """What may stand at ``key``."""
    for part in filter(None, re.sub(r"\[[^]]*\]", ".*", key).split(".")):
        if part == "*":  # any item of a list, any value of a section
            kind, also = _inner(kind), ()
            continue
        if not _is_struct(kind):
            return ""
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        if part not in fields:
            return f"Allowed here: {', '.join([*also, *fields])}."
        kind, also = fields[part], ()
    if not _is_struct(kind):
        return f"Allowed: {_words(kind)}."
    return f"Allowed here: {', '.join([*also, *(field.name for field in msgspec.structs.fields(kind))])}."


def _inner(kind: Any) -> Any:
    """What a list's items are, or a section's values."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    inner = [part for part in get_args(kind) if part is not ...]
    return inner[-1] if inner else Any


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _words(declared: Any) -> str:
    """A type in words a technician reads."""
    info = msgspec.inspect.type_info(declared)
    match info:
        case msgspec.inspect.Metadata(extra_json_schema={"description": str(said)}):
            return said
        case msgspec.inspect.LiteralType():
            return ", ".join(repr(value) for value in info.values)
        case msgspec.inspect.EnumType():
            return ", ".join(repr(value.value) for value in info.cls)
        case msgspec.inspect.IntType():
            return f"a whole number from {info.ge} to {info.le}"
        case _:
            return _NAMES.get(type(info), "text")

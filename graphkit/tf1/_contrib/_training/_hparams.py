"""contrib.training's HParams: a program's settings, with types, overridden by text.

hparams = HParams(learning_rate=0.1, layers=[64, 64])
hparams.parse("learning_rate=0.01,layers=[32]")
"""

from __future__ import annotations

import json
import numbers
from collections.abc import Iterator, Mapping
from typing import Any

from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._training._hparams_text import parse_values

__all__ = ["HParams", "parse_values"]


def _cast(name: str, kind: Any, value: Any) -> Any:
    """Casts a value to a parameter's type, where no information is lost."""
    if type(value) is kind or kind is type(None):
        return value
    lossy = (
        (issubclass(kind, str | bytes) and not isinstance(value, str | bytes))
        or issubclass(kind, bool) != isinstance(value, bool)
        or (issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral))
        or (issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number))
    )
    if lossy:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)


class HParams:
    """Settings by name; each keeps the type of its first value.

    Args:
        hparam_def: None; protocol buffers of settings are gone.
        model_structure: Whatever describes the model beside them.
        settings: Name to value: a number, a string, a bool, or a list of one of these.

    Raises:
        ValueError: `hparam_def` is given, a name is that of a method, or a list is empty.
    """

    _hparam_types: dict[str, tuple[type, bool]]

    def __init__(
        self, hparam_def: Any = None, model_structure: Any = None, **settings: Any
    ) -> None:
        if hparam_def:
            raise ArgumentError("HParams", "hparam_def", hparam_def, "None; give settings by name")
        self._hparam_types = {}
        self._model_structure = model_structure
        for name, value in settings.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds a setting.

        Args:
            name: Its name; not that of a method.
            value: Its value; a list must not be empty.

        Raises:
            ValueError: The name is taken, or a list is empty.
        """
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, list | tuple):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._hparam_types[name] = (type(value[0]), True)
        else:
            self._hparam_types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Changes a setting, to a value of its type.

        Args:
            name: Its name.
            value: The value.

        Raises:
            KeyError: There is no such setting.
            ValueError: The value is of another type, or a list where one value is wanted.
        """
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(name, kind, part) for part in value])
            return
        if is_list:
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Removes a setting, if it is there.

        Args:
            name: Its name.
        """
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Overrides settings by text.

        Args:
            values: `name=value,name=[v1,v2]`.

        Returns:
            This object.

        Raises:
            ValueError: A name is unknown, or a value is not of its type.
        """
        kinds = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> HParams:
        """Overrides settings.

        Args:
            values_dict: Name to value.

        Returns:
            This object.

        Raises:
            KeyError: A name is unknown.
            ValueError: A value is not of its type.
        """
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: Mapping[str, Any]) -> HParams:
        """Overrides settings; the older name of `override_from_dict`.

        Args:
            values_map: Name to value.

        Returns:
            This object.
        """
        return self.override_from_dict(values_map)

    def values(self) -> dict[str, Any]:
        """Gives all settings.

        Returns:
            Name to value.
        """
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """Gives one setting, or a default of its type.

        Args:
            key: Its name.
            default: What is given when there is no such setting.

        Returns:
            The value.

        Raises:
            ValueError: The setting is there and the default is of another type.
        """
        if key not in self._hparam_types:
            return default
        kind, is_list = self._hparam_types[key]
        if default is not None:
            shown = f"list<{kind}>" if is_list else str(kind)
            wrong = f"Hparam '{key}' of type '{shown}' is incompatible with default={default}"
            if isinstance(default, list) != is_list:
                raise ValueError(wrong)
            try:
                for part in default if is_list else [default]:
                    _cast(key, kind, part)
            except ValueError as error:
                raise ValueError(f"{wrong}. {error}") from error
        return getattr(self, key)

    def to_json(
        self,
        indent: int | None = None,
        separators: tuple[str, str] | None = None,
        sort_keys: bool = False,
    ) -> str:
        """Writes all settings as JSON.

        Args:
            indent: As for `json.dumps`.
            separators: As for `json.dumps`.
            sort_keys: As for `json.dumps`.

        Returns:
            The text.

        Raises:
            TypeError: A setting is no number, string or bool, and no list of these.
        """
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json: str) -> HParams:
        """Overrides settings by JSON.

        Args:
            values_json: A JSON object.

        Returns:
            This object.
        """
        return self.override_from_dict(json.loads(values_json))

    def get_model_structure(self) -> Any:
        """Gives what describes the model.

        Returns:
            What was given.
        """
        return self._model_structure

    def set_model_structure(self, model_structure: Any) -> None:
        """Changes what describes the model.

        Args:
            model_structure: Anything.
        """
        self._model_structure = model_structure

    def __contains__(self, key: str) -> bool:
        return key in self._hparam_types

    def __iter__(self) -> Iterator[str]:
        return iter(self._hparam_types)

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"

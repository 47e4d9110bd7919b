"""Functions that do so little that it can be written where they are called: assignments, refusals, and one result.

def platform(self, info):                                     # found = s[4].context.reads.platform(o.value.key)
    found = info.context.reads.platform(self.value.key)       # if found is None:
    if found is None:                                         #     raise f5('not connected')
        raise LookupError("not connected")                    # v = f6(value=found)
    return Platform(value=found)
"""

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache, partial
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_VARARGS, CO_VARKEYWORDS, getsource
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

MAX_KNOWN: Final = 4_000

_OTHERWISE: Final = CO_VARARGS | CO_VARKEYWORDS | CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
_SCOPES: Final = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr)
_WAITING: Final = (ast.Await, ast.Yield, ast.YieldFrom)
_ABOUT_ITSELF: Final = frozenset({"super", "__class__", "locals", "vars", "dir", "eval", "exec", "globals"})


class Whole(Exception):
    """An object is used as such, and not only what it holds."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A local variable is set."""

    name: str
    value: ast.expr


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something is raised where a test holds."""

    test: ast.expr
    error: ast.expr


@dataclass(frozen=True, slots=True)
class Body:
    """What a function does. ``result`` may be a list made of another one, with one loop and no condition."""

    parameters: tuple[str, ...]
    defaults: Mapping[str, Any]
    statements: tuple[Assignment | Refusal, ...]
    result: ast.expr
    outside: Callable[[str], Any] = field(repr=False)
    """What a name means that is none of its own. Raises KeyError."""

    @property
    def is_identity(self) -> bool:
        """Whether it gives back what it was given."""
        return not self.statements and isinstance(self.result, ast.Name) and (self.result.id,) == self.parameters


def body_of(function: object) -> Body | None:
    """What a plain function does, where it is that little."""
    return _body_of(function) if isinstance(function, FunctionType) else None


@lru_cache(MAX_KNOWN)
def _body_of(function: FunctionType) -> Body | None:
    if function.__code__.co_flags & _OTHERWISE:
        return None
    definition = _definition(function)
    if definition is None or definition.args.posonlyargs:
        return None
    *statements, last = definition.body[_has_docstring(definition) :] or [ast.Pass()]
    simple = [_simple(each) for each in statements]
    if not isinstance(last, ast.Return) or last.value is None or None in simple:
        return None
    if not _is_plain(last.value) and not _is_loop(last.value):
        return None
    parameters = tuple(each.arg for each in (*definition.args.args, *definition.args.kwonlyargs))
    outside = partial(_outside, function.__globals__)
    if not _are_known(definition.body, parameters, outside):
        return None
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    optional = function.__defaults__ or ()
    defaults = {**dict(zip(names[len(names) - len(optional) :], optional, strict=True)), **(function.__kwdefaults__ or {})}
    return Body(parameters, defaults, tuple(each for each in simple if each is not None), last.value, outside)


@lru_cache(MAX_KNOWN)
def attributes_of(cls: type) -> frozenset[str] | None:
    """What is to be given by name to make an instance, which then holds just that; None where more may happen."""
    if (
        not is_dataclass(cls)
        or hasattr(cls, "__post_init__")
        or cls.__new__ is not object.__new__
        or cls.__setattr__ is not object.__setattr__
        or cls.__getattribute__ is not object.__getattribute__
        or (isinstance(cls.__init__, FunctionType) and cls.__init__.__code__.co_filename != "<string>")
    ):
        return None
    return frozenset(each.name for each in fields(cls) if each.init)


class Substitution(ast.NodeTransformer):
    """Puts others in the places of names: ``held`` of objects that are not there, by attribute; ``others`` of all else."""

    def __init__(
        self, held: Mapping[str, Mapping[str, str]], others: Mapping[str, ast.expr], outside: Callable[[str], str]
    ) -> None:
        self._held = held
        self._others = others
        self._outside = outside

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """What an object holds."""
        if isinstance(node.value, ast.Name) and (held := self._held.get(node.value.id)) is not None:
            if node.attr not in held:
                raise Whole
            return ast.Name(held[node.attr], ast.Load())
        return ast.Attribute(self.visit(node.value), node.attr, node.ctx)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A parameter, a local variable, or something from outside."""
        if node.id in self._held:
            raise Whole
        known = self._others.get(node.id)
        return known if known is not None else ast.Name(self._outside(node.id), ast.Load())


def _definition(function: FunctionType) -> ast.FunctionDef | None:
    """Its source, if that is what it was made of: a file may have been replaced since."""
    try:
        source = getsource(function)
        text = f"if True:\n{source}" if source[0].isspace() else source
        [outer] = ast.parse(text).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return None
    definition = outer.body[0] if isinstance(outer, ast.If) else outer
    if not isinstance(definition, ast.FunctionDef):
        return None
    definition.decorator_list, definition.returns = [], None
    for each in (*definition.args.args, *definition.args.kwonlyargs):
        each.annotation = None
    definition.args.defaults = []
    definition.args.kw_defaults = [None for _ in definition.args.kwonlyargs]
    imports = [ast.Import([ast.alias(name)]) for name in function.__code__.co_names if _is_imported(function, name)]
    module = ast.fix_missing_locations(ast.Module([*imports, definition], []))
    made = compile(module, function.__code__.co_filename, "exec", dont_inherit=True)
    [code] = [each for each in made.co_consts if isinstance(each, CodeType)]
    return definition if _is_same(code, function.__code__) else None


def _is_imported(function: FunctionType, name: str) -> bool:
    """Whether the file imports it, as far as that can be told: attributes of what is imported are called in another way."""
    known = function.__globals__.get(name)
    return known is not None and (isinstance(known, ModuleType) or getattr(known, "__module__", None) != function.__module__)


def _is_same(one: Any, other: Any) -> bool:
    if not isinstance(one, CodeType) or not isinstance(other, CodeType):
        return type(one) is type(other) and bool(one == other)
    parts = ("co_code", "co_names", "co_varnames", "co_argcount", "co_kwonlyargcount")
    return (
        all(getattr(one, part) == getattr(other, part) for part in parts)
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_is_same, one.co_consts, other.co_consts))
    )


def _outside(module: Mapping[str, Any], name: str) -> Any:
    return module[name] if name in module else vars(builtins)[name]


def _are_known(statements: Iterable[ast.stmt], own: Iterable[str], outside: Callable[[str], Any]) -> bool:
    """Whether all names that are used mean something, and can be written."""
    names = [node for each in statements for node in ast.walk(each) if isinstance(node, ast.Name)]
    set_here = {*own, *(name.id for name in names if isinstance(name.ctx, ast.Store))}
    try:
        for name in names:
            name.id in set_here or outside(name.id)
        return bool([ast.unparse(each) for each in statements])
    except (KeyError, ValueError):  # it is set later, or not for programs; or quotes within quotes
        return False


def _has_docstring(definition: ast.FunctionDef) -> bool:
    first = definition.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _simple(statement: ast.stmt) -> Assignment | Refusal | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_plain(value):
            return Assignment(name, value)
        case ast.If(test=test, body=[ast.Raise(exc=ast.expr() as error, cause=None)], orelse=[]):
            return Refusal(test, error) if _is_plain(test) and _is_plain(error) else None
    return None


def _is_plain(expression: ast.expr) -> bool:
    """Whether it means the same wherever its names do."""
    return not any(
        isinstance(node, (*_SCOPES, *_WAITING)) or (isinstance(node, ast.Name) and node.id in _ABOUT_ITSELF)
        for node in ast.walk(expression)
    )


def _is_loop(expression: ast.expr) -> bool:
    match expression:
        case ast.ListComp(elt=row, generators=[ast.comprehension(target=target, iter=rows, ifs=[], is_async=0)]):
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            return all(isinstance(each, ast.Name) for each in names) and _is_plain(row) and _is_plain(rows)
    return False

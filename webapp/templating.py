"""Jinja environments that do once what is the same on every page: words and addresses of files become plain text."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

CONSTANT = frozenset({"_", "icon", "asset_url"})
"""Global functions whose answer to written-out arguments never changes while the process runs."""


class _Answered(NodeTransformer):
    """Puts the answers in the place of calls such as `_("Save")`: a page has forty of them, 5 µs each."""

    def __init__(self, environment: TranslatedEnvironment) -> None:
        self.environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        plain = all(isinstance(one, nodes.Const) for one in node.args)
        if name not in CONSTANT or not plain or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        values = [one.value for one in node.args if isinstance(one, nodes.Const)]
        return nodes.MarkSafe(nodes.Const(str(self._answer(name, values))), lineno=node.lineno)

    def _answer(self, name: str, values: list[Any]) -> Any:
        if name == "_":  # as the extension for translations does: markup, in which `%%` stands for `%`
            return Markup(self.environment.words.gettext(*values)) % {}
        return self.environment.globals[name](*values)  # type: ignore[operator]


class TranslatedEnvironment(Environment):
    """The environment of one language."""

    words: NullTranslations

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        found: nodes.Template = _Answered(self).visit(tree)
        return found

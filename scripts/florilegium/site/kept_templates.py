"""Compiled templates: kept for the next run, since to compile those of one page takes longer than to fill them."""

from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from ..core.state_folder import own_folder
from ..core.store import Kept, Store

_KIND = "templates"


def _written(value: Any) -> str:
    """What a template writes of a value: text is escaped, clean HTML is not."""
    kind = type(value)
    if kind is Markup or (
        kind is str and not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value)
    ):
        return value  # type: ignore[no-any-return]
    return str(escape(value))


class _PlainWriter(CodeGenerator):
    """Makes code that joins plain strings. Jinja's own makes each of them a `Markup` first, which takes far longer."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class QuickEnvironment(jinja2.Environment):
    """Templates that write the same as Jinja's, in less time."""

    code_generator_class = _PlainWriter
    written = staticmethod(_written)


class KeptTemplates(jinja2.BytecodeCache):
    """The cache of Jinja in a store of the person who runs the program; Jinja compares the text of each template."""

    def __init__(self) -> None:
        # Like pickles, they are code: they lie where nobody else can put one.
        self._store = Store(own_folder(_KIND))
        self._kept = self._store.load(_KIND)

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept.value)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._store.save(_KIND, {bucket.key: Kept(bucket.checksum, bucket.bytecode_to_string())})

"""GraphML that is written as the graph is walked, in the bytes that networkx writes from a graph held whole in memory.

Source: GraphML (http://graphml.graphdrawing.org/specification.html) as ``networkx.write_graphml_xml`` writes it.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

PlainFields: TypeAlias = dict[str, str | int | float | bool]

HEAD = """<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}
STEP = "  "
"""Each level stands this much further in."""


class GraphML:
    """The nodes and edges of a GraphML file that is being written. Memory does not grow with them."""

    def __init__(self, out: TextIO, keys: dict[tuple[str, str, str], Element]) -> None:
        self._out = out
        self._keys = keys

    def add(self, kind: str, fields: PlainFields, **ends: str) -> None:
        """Write a ``node`` with its ``id``, or an ``edge`` with ``source`` and ``target``."""
        element = Element(kind, ends)
        for name, value in fields.items():
            self.add_field(kind, name, value, to=element)
        self.write(element, level=2)

    def add_field(self, scope: str, name: str, value: str | float, *, to: Element) -> None:
        """Put a field below an element, and its type among the keys that the file declares at its head."""
        kind = TYPES[type(value)]
        if (name, kind, scope) not in self._keys:
            attributes = {"id": name, "for": scope, "attr.name": name, "attr.type": kind}
            self._keys[name, kind, scope] = Element("key", attributes)
        SubElement(to, "data", key=name).text = str(value)

    def write(self, element: Element, *, level: int) -> None:
        """Write an element that others follow on its level."""
        if len(element):
            element.text = f"\n{STEP * (level + 1)}"
            for inner in element:
                inner.tail = element.text
            element[-1].tail = f"\n{STEP * level}"
        self._out.write(f"{STEP * level}{tostring(element, encoding='unicode')}\n")


@contextmanager
def graphml(path: Path, about: Mapping[str, str | float]) -> Iterator[GraphML]:
    """Open a GraphML file of a directed graph; ``about`` holds the fields of the graph itself.

    Which fields there are stands at its head and is known at its end, so the rest waits in a file beside it.
    """
    body = path.with_name(f"{path.name}.body")
    keys: dict[tuple[str, str, str], Element] = {}
    with body.open("w+", encoding="utf-8", newline="\n") as rest:
        made = GraphML(rest, keys)
        of_graph = Element("graph")
        for name, value in about.items():
            made.add_field("graph", name, value, to=of_graph)
        yield made
        for field in of_graph:
            made.write(field, level=2)
        rest.seek(0)
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write(HEAD)
            head = GraphML(out, keys)
            for key in reversed(keys.values()):
                head.write(key, level=1)
            out.write(f'{STEP}<graph edgedefault="directed">\n')
            shutil.copyfileobj(rest, out)
            out.write(f"{STEP}</graph>\n</graphml>\n")
    body.unlink()

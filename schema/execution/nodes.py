"""What a document is made of."""

from collections.abc import Iterator

from graphql import Node


def nodes(root: Node) -> Iterator[Node]:
    """A node and all below it, in no order."""
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        yield node
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                waiting.append(child)
            elif isinstance(child, list | tuple):
                waiting.extend(child)

"""What many rows of a page show alike: rendered for the first, repeated for the others."""

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.tag
def once(parser: Parser, token: Token) -> Node:
    """`{% once key %}...{% endonce %}`: the same for every equal `key`, which has to be hashable.

    What it holds may depend on nothing else that differs within the page.
    """
    _, key = token.split_contents()
    nodes = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(parser.compile_filter(key), nodes)


class OnceNode(Node):
    def __init__(self, key: FilterExpression, nodes: NodeList) -> None:
        self.key = key
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        key = self.key.resolve(context)
        rendered = self._rendered(context)
        if key not in rendered:
            rendered[key] = self.nodelist.render(context)
        return rendered[key]

    def _rendered(self, context: Context) -> dict[object, SafeString]:
        # The lowest level lasts as long as the page; the upper ones as long as one template.
        page: dict[Any, Any] = context.render_context.dicts[0]
        rendered: dict[object, SafeString] = page.setdefault(self, {})
        return rendered

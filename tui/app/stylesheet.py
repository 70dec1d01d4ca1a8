"""The app's stylesheet, which works nothing out twice, and the looks of a widget's parts only when they are drawn.

Textual works out every component class of a widget whenever it styles the widget: when that is mounted, gets the focus,
loses it. A pane's answer has forty, most of which it never draws, and nine tenths of all styling went there. It also
parses everything twice at the start.
"""

from textual.cache import LRUCache
from textual.css.styles import RenderStyles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_MOST_SOURCES = 256
"""More than there are kinds of widgets; Textual's own limit of 64 is near."""


class FrugalStylesheet(Stylesheet):
    """Textual's, but for when it works out component classes and how it parses again."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_MOST_SOURCES)

    def reparse(self) -> None:
        """Textual does this in a stylesheet of its own, so that a mistake leaves this one whole, and thereby forgets
        what is parsed. `parse` changes nothing before its end either."""
        self.parse()

    def _process_component_classes(self, node: DOMNode) -> None:
        styles = node._component_styles
        if isinstance(styles, _ComponentStyles):
            styles.renew()
        elif node._get_component_classes():
            node._component_styles = _ComponentStyles(node)


class _ComponentStyles(dict[str, RenderStyles]):
    """The styles of one node's component classes, as far as they were asked for."""

    def __init__(self, node: DOMNode) -> None:
        super().__init__()
        self._node = node

    def __contains__(self, name: object) -> bool:
        return name in self._node._get_component_classes()

    def __missing__(self, name: str) -> RenderStyles:
        self[name] = styles = self._styled(name)
        return styles

    def renew(self) -> None:
        """Work out again what was asked for, and have the node drawn when anything of it changed."""
        before = dict(self)
        self.update({name: self._styled(name) for name in before})
        if before != self:
            self._node.refresh()

    def _styled(self, name: str) -> RenderStyles:
        part = DOMNode(classes=name)
        part._attach(self._node)
        self._node.app.stylesheet.apply(part)
        return part.styles

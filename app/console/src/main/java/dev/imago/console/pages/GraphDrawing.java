package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.shelf.LineageGraph;
import dev.imago.core.Ref;

/// A lineage as SVG: a box for each artifact, which is a link, and a line for each use.
final class GraphDrawing {
  private static final int BOX_WIDTH = 178;
  private static final int BOX_HEIGHT = 44;
  private static final int ACROSS = 226;
  private static final int DOWN = 60;
  private static final int EDGE = 8;
  private static final int DIGITS = 10;

  private GraphDrawing() {}

  static Element draw(Visit visit, LineageGraph graph, Ref centre) {
    int width = (graph.columns() - 1) * ACROSS + BOX_WIDTH + 2 * EDGE;
    int height = (graph.rows() - 1) * DOWN + BOX_HEIGHT + 2 * EDGE;
    Element lines = Element.of("g").with("aria-hidden", "true");
    for (LineageGraph.Edge edge : graph.edges()) {
      int x1 = x(edge.from()) + BOX_WIDTH;
      int y1 = y(edge.from()) + BOX_HEIGHT / 2;
      int x2 = x(edge.to());
      int y2 = y(edge.to()) + BOX_HEIGHT / 2;
      int bend = Math.max(24, (x2 - x1) / 2);
      lines.add(
          Element.of("path")
              .is("edge")
              .with(
                  "d",
                  "M%d %dC%d %d %d %d %d %d"
                      .formatted(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)));
    }
    Element svg =
        Element.of("svg", lines)
            .is("lineage")
            .with("viewBox", "0 0 %d %d".formatted(width, height))
            .with("width", width)
            .with("height", height)
            .with("role", "group")
            .with("aria-label", visit.words().of("artifact.lineage"));
    for (LineageGraph.Node node : graph.nodes()) {
      svg.add(box(visit, node, node.item().ref().equals(centre)));
    }
    return svg;
  }

  private static Element box(Visit visit, LineageGraph.Node node, boolean here) {
    Ref ref = node.item().ref();
    String by = node.item().by();
    return Element.of(
            "a",
            Element.of("rect")
                .with("x", x(node))
                .with("y", y(node))
                .with("width", BOX_WIDTH)
                .with("height", BOX_HEIGHT)
                .with("rx", 6),
            Element.of("text", Content.text(Snippets.brief(ref.kind(), 18)))
                .is("kind")
                .with("x", x(node) + 10)
                .with("y", y(node) + 18),
            Element.of(
                    "text",
                    Content.text(
                        ref.hash().substring(0, DIGITS)
                            + (by.isEmpty() ? "" : " · " + Snippets.brief(by, 10))))
                .is("hash")
                .with("x", x(node) + 10)
                .with("y", y(node) + 35))
        .to(Link.to("artifacts", ref.kind(), ref.hash()))
        .is(here ? "box here" : "box")
        .with("aria-label", visit.words().of("artifact.box", ref.brief(), by))
        .when(here, "aria-current", "true");
  }

  private static int x(LineageGraph.Node node) {
    return EDGE + node.column() * ACROSS;
  }

  private static int y(LineageGraph.Node node) {
    return EDGE + node.row() * DOWN;
  }
}

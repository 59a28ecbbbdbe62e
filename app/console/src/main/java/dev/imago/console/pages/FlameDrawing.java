package dev.imago.console.pages;

import dev.imago.console.html.Content;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.profiles.CallTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A flame graph: callers above, what they called below, each as wide as what it took. A box leads
/// to the graph that begins with it, so that no script is needed to look closer.
final class FlameDrawing {
  private static final int WIDTH = 1_200;
  private static final int HEIGHT = 18;
  private static final int DEEPEST = 80;

  /// What is narrower is left out.
  private static final double NARROWEST = 1.5;

  private static final double CHARACTER = 6.6;
  private static final int SHADES = 4;

  private final Visit visit;
  private final Link here;
  private final List<Element> boxes = new ArrayList<>();
  private int deepest;

  private FlameDrawing(Visit visit, Link here) {
    this.visit = visit;
    this.here = here;
  }

  /// @param here the page's address, to which `at` is added
  /// @param path of the node with which it begins
  /// @param label for who does not see it
  static Element of(Visit visit, CallTree tree, Link here, List<Integer> path, String label) {
    var drawing = new FlameDrawing(visit, here);
    CallTree.Node node = tree.at(path);
    drawing.draw(node, path, 0, 0, WIDTH, node.total());
    int height = (drawing.deepest + 1) * HEIGHT;
    Element svg =
        Element.of("svg")
            .is("flame")
            .with("viewBox", "0 0 %d %d".formatted(WIDTH, height))
            .with("role", "group")
            .with("aria-label", label);
    drawing.boxes.forEach(svg::add);
    return svg;
  }

  private void draw(
      CallTree.Node node, List<Integer> path, int depth, double x, double width, long whole) {
    deepest = Math.max(deepest, depth);
    boxes.add(box(node, path, depth, x, width, whole));
    if (depth == DEEPEST || node.total() == 0) {
      return;
    }
    double at = x;
    List<CallTree.Node> called = node.called();
    for (int i = 0; i < called.size(); i++) {
      CallTree.Node next = called.get(i);
      double wide = width * next.total() / node.total();
      if (wide < NARROWEST) {
        break; // they come by size
      }
      var further = new ArrayList<>(path);
      further.add(i);
      draw(next, further, depth + 1, at, wide, whole);
      at += wide;
    }
  }

  private Element box(
      CallTree.Node node, List<Integer> path, int depth, double x, double width, long whole) {
    String name = node.name().isEmpty() ? visit.words().of("profile.all") : node.name();
    String told =
        visit
            .words()
            .of(
                "profile.box",
                name,
                whole == 0 ? 0 : Math.round(1000.0 * node.total() / whole) / 10.0);
    int letters = (int) ((width - 6) / CHARACTER);
    String shown = brief(name);
    Element box =
        Element.of(
                "a",
                Element.of("title", Content.text(told)),
                Element.of("rect")
                    .with("x", number(x))
                    .with("y", (long) depth * HEIGHT)
                    .with("width", number(Math.max(0.5, width - 0.5)))
                    .with("height", HEIGHT - 1L)
                    .is("flame-" + Math.floorMod(packageOf(name).hashCode(), SHADES)))
            .to(
                here.only(
                    "at", path.stream().map(String::valueOf).collect(Collectors.joining("."))))
            .with("aria-label", told);
    if (letters >= 3) {
      box.add(
          Element.of("text", Content.text(Snippets.brief(shown, letters)))
              .with("x", number(x + 3))
              .with("y", (long) depth * HEIGHT + 13));
    }
    return box;
  }

  /// Class and method, without the package.
  private static String brief(String name) {
    int method = name.lastIndexOf('.');
    int type = method < 0 ? -1 : name.lastIndexOf('.', method - 1);
    return type < 0 ? name : name.substring(type + 1);
  }

  private static String packageOf(String name) {
    String[] parts = name.split("\\.");
    return parts.length < 3 ? name : parts[0] + parts[1] + parts[2];
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}

package dev.imago.console.html;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The tables and pictures of a page, as far as they leave it: after each the ways to its files,
/// and the rows and the markup that stand in these.
///
/// They are counted from the top of a page, so an address names one. What has ways of its own says
/// so by the attribute [#OWN].
public final class Exports {
  /// Set on a table's or a picture's frame that has ways to files of its own.
  public static final String OWN = "data-exports";

  private static final String FRAME = "scroll";
  private static final String SVG_STYLE =
      "<style>svg{font:12px sans-serif}rect{fill:#fff;stroke:#888}"
          + ".flame-0{fill:#f6cdb0}.flame-1{fill:#f2dca6}.flame-2{fill:#bcd4f3}.flame-3{fill:#bfe3cf}"
          + ".edge{fill:none;stroke:#888}.kind{font-weight:600}.hash{fill:#555}</style>";

  private Exports() {}

  /// Puts something after each table and each picture.
  ///
  /// @param afterTable of the table of a number, from 1
  /// @param afterPicture of the picture of a number, from 1
  public static void add(
      Element page, IntFunction<Content> afterTable, IntFunction<Content> afterPicture) {
    var found = new Found();
    found.each(
        page,
        (parent, at, what) ->
            parent.insert(
                at + 1,
                what.isTable()
                    ? afterTable.apply(found.tables.size())
                    : afterPicture.apply(found.pictures.size())));
  }

  /// The rows of a table: text of each cell, of a time its moment. The first names the columns: by
  /// their numbers where the table has no heading.
  ///
  /// @param number from 1
  /// @return none where a page has no such table
  public static List<List<String>> rows(Element page, int number) {
    var found = new Found();
    found.each(page, (_, _, _) -> {});
    return number < 1 || number > found.tables.size()
        ? List.of()
        : rows(found.tables.get(number - 1));
  }

  /// A picture as a file of SVG; empty where a page has no such picture.
  ///
  /// @param number from 1
  public static String picture(Element page, int number) {
    var found = new Found();
    found.each(page, (_, _, _) -> {});
    if (number < 1 || number > found.pictures.size()) {
      return "";
    }
    String svg = found.pictures.get(number - 1).toString();
    int end = svg.indexOf('>');
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + svg.substring(0, end)
        + " xmlns=\"http://www.w3.org/2000/svg\">"
        + SVG_STYLE
        + svg.substring(end + 1)
        + "\n";
  }

  private static List<List<String>> rows(Element table) {
    var rows = new ArrayList<List<String>>();
    var heads = new ArrayList<Element>();
    walk(
        table,
        element -> {
          if (element.isNamed("thead")) {
            heads.add(element);
          }
        });
    walk(
        table,
        row -> {
          if (row.isNamed("tr")) {
            var cells = new ArrayList<String>();
            for (Element cell : row.elements()) {
              cells.add(text(cell));
            }
            rows.add(cells);
          }
        });
    if (heads.isEmpty()) {
      int columns = rows.stream().mapToInt(List::size).max().orElse(0);
      rows.addFirst(IntStream.rangeClosed(1, columns).mapToObj(Integer::toString).toList());
    }
    return rows;
  }

  private static void walk(Element from, Consumer<Element> each) {
    each.accept(from);
    from.elements().forEach(element -> walk(element, each));
  }

  private static String text(Element cell) {
    var text = new StringBuilder();
    write(cell, text);
    return text.toString().strip();
  }

  private static void write(Content content, StringBuilder to) {
    switch (content) {
      case Content.Text(String text) -> to.append(text);
      case Content.Several(List<? extends Content> each) -> each.forEach(c -> write(c, to));
      case Element element -> {
        String moment = element.attribute("datetime");
        if (!moment.isEmpty()) {
          to.append(moment);
          return;
        }
        if (element.isNamed("form") || element.isNamed("select") || element.isNamed("button")) {
          return; // what can be done, and not what is known
        }
        if (!to.isEmpty() && to.charAt(to.length() - 1) != ' ') {
          to.append(' '); // tags and links that only the style sheet keeps apart
        }
        element.content().forEach(c -> write(c, to));
      }
    }
  }

  /// A table or picture in its frame, or a table alone.
  private record Framed(boolean isTable) {}

  @FunctionalInterface
  private interface Seen {
    void at(Element parent, int place, Framed what);
  }

  /// What was found so far, in the order of the page.
  private static final class Found {
    final List<Element> tables = new ArrayList<>();
    final List<Element> pictures = new ArrayList<>();

    void each(Element parent, Seen seen) {
      for (int i = 0; i < parent.content().size(); i++) {
        Content content = parent.content().get(i);
        int before = parent.content().size();
        if (content instanceof Content.Several(List<? extends Content> several)) {
          parent.replace(i, several); // so that what comes after one has a place
          i--;
          continue;
        }
        if (!(content instanceof Element child) || !child.attribute(OWN).isEmpty()) {
          continue;
        }
        if (child.isNamed("table")) {
          tables.add(child);
          seen.at(parent, i, new Framed(true));
        } else if (child.attribute("class").equals(FRAME) && !child.elements().isEmpty()) {
          Element inner = child.elements().getFirst();
          boolean isTable = inner.isNamed("table");
          if (isTable || inner.isNamed("svg")) {
            (isTable ? tables : pictures).add(inner);
            seen.at(parent, i, new Framed(isTable));
          }
        } else {
          each(child, seen);
        }
        i += parent.content().size() - before; // past what was put in
      }
    }
  }
}

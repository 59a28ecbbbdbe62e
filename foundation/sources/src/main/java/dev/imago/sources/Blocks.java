package dev.imago.sources;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gathers the paragraphs of a document: headings and list items as in Markdown, the rows of a
/// table as lines with a tab between cells.
final class Blocks {
  private static final Pattern HEADING =
      Pattern.compile("(heading|berschrift|titre|標題|标题)\\s*([1-6])");

  private static final class Paragraph {
    final StringBuilder text = new StringBuilder();
    String mark = "";
  }

  private static final class Row {
    final StringBuilder text = new StringBuilder();
    boolean cells;
  }

  private final StringBuilder out = new StringBuilder();
  private final Deque<Paragraph> paragraphs = new ArrayDeque<>();
  private final Deque<Row> rows = new ArrayDeque<>();
  private boolean title;
  private String between = "";

  void begin() {
    var paragraph = new Paragraph();
    paragraph.mark = title ? "# " : "";
    paragraphs.addLast(paragraph);
  }

  void add(String text) {
    Paragraph open = paragraphs.peekLast();
    if (open != null) {
      open.text.append(text);
    }
  }

  void style(String name) {
    Matcher heading = HEADING.matcher(name.toLowerCase(Locale.ROOT));
    Paragraph open = paragraphs.peekLast();
    if (open == null) {
      return;
    }
    if (heading.find()) {
      open.mark = "#".repeat(Integer.parseInt(heading.group(2))) + " ";
    } else if (name.equalsIgnoreCase("title")) {
      open.mark = "# ";
    }
  }

  void item() {
    Paragraph open = paragraphs.peekLast();
    if (open != null && open.mark.isEmpty()) {
      open.mark = "- ";
    }
  }

  void nextIsTitle(boolean is) {
    title = is;
  }

  void end() {
    Paragraph done = paragraphs.pollLast();
    if (done == null) {
      return;
    }
    String text = done.text.toString().strip();
    if (text.isEmpty()) {
      return;
    }
    Row row = rows.peekLast();
    if (row != null) {
      char last = row.text.isEmpty() ? '\t' : row.text.charAt(row.text.length() - 1);
      row.text.append(last == '\t' ? "" : " ").append(text.replaceAll("\\s+", " "));
    } else {
      String now = done.mark.equals("- ") && between.equals("- ") ? "\n" : "\n\n";
      out.append(out.isEmpty() ? "" : now).append(done.mark).append(text);
      between = done.mark;
    }
  }

  void beginRow() {
    rows.addLast(new Row());
  }

  void beginCell() {
    Row row = rows.peekLast();
    if (row != null) {
      row.text.append(row.cells ? "\t" : "");
      row.cells = true;
    }
  }

  void endRow() {
    Row done = rows.pollLast();
    if (done == null || done.text.toString().isBlank()) {
      return;
    }
    Row outer = rows.peekLast();
    if (outer != null) {
      outer.text.append(done.text.toString().replace('\t', ' '));
    } else {
      out.append(out.isEmpty() ? "" : between.equals("|") ? "\n" : "\n\n");
      out.append(done.text.toString().stripTrailing());
      between = "|";
    }
  }

  String text() {
    while (!paragraphs.isEmpty()) {
      end();
    }
    while (!rows.isEmpty()) {
      endRow();
    }
    return out.toString();
  }
}

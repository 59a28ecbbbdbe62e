package dev.imago.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines of wikitext whose templates, links and tags are resolved: headings, lists, tables,
/// paragraphs.
final class WikiLines {
  /// Stands where a page has its references.
  static final String REFERENCES = "\ue001";

  private static final Pattern HEADING = Pattern.compile("(={1,6})\\s*(.+?)\\s*\\1\\s*");

  private static final Pattern HEADED = Pattern.compile("^#{1,6} ");

  private final List<String> out = new ArrayList<>();
  private final List<List<String>> tables = new ArrayList<>();
  private final int[] numbers = new int[32];

  /// Keeps a piece from being read as lists, tables or headings.
  static String protect(String text) {
    return text.replace('\n', '\ue003').replace('|', '\ue004');
  }

  String text(String flat, List<String> references) {
    boolean told = references.isEmpty();
    for (String line : flat.split("\n", -1)) {
      if (line.contains(REFERENCES)) {
        if (!told) {
          told = true;
          references.forEach(reference -> add("- " + reference));
        }
        line = line.replace(REFERENCES, "");
        if (line.isBlank()) {
          continue;
        }
      }
      line(line);
    }
    while (!tables.isEmpty()) {
      endTable();
    }
    return String.join("\n", withoutEmptySections(out))
        .replace('\ue003', '\n')
        .replace('\ue004', '|')
        .replaceAll("[ \\t]+\n", "\n")
        .replaceAll("\n{3,}", "\n\n")
        .strip();
  }

  private void line(String raw) {
    String line = raw.stripTrailing();
    String start = line.stripLeading().replaceFirst("^:+\\s*(?=\\{\\|)", "");
    if (start.startsWith("{|")) {
      tables.add(new ArrayList<>());
      return;
    }
    if (!tables.isEmpty()) {
      row(start);
      return;
    }
    Matcher heading = line.startsWith("=") ? HEADING.matcher(line) : null;
    if (heading != null && heading.matches()) {
      add("");
      add("#".repeat(heading.group(1).length()) + " " + heading.group(2));
      add("");
      return;
    }
    int marks = 0;
    while (marks < line.length()
        && marks < numbers.length - 1
        && "*#:;".indexOf(line.charAt(marks)) >= 0) {
      marks++;
    }
    if (marks == 0) {
      numbers[1] = 0;
      add(line.replaceAll("[ \\t]{2,}", " "));
      return;
    }
    String text = line.substring(marks).strip();
    if (text.isEmpty()) {
      return;
    }
    char last = line.charAt(marks - 1);
    java.util.Arrays.fill(numbers, marks + 1, numbers.length, 0);
    numbers[marks] = last == '#' ? numbers[marks] + 1 : 0;
    String indent = "  ".repeat(marks - 1);
    add(
        switch (last) {
          case '*' -> indent + "- " + text;
          case '#' -> indent + numbers[marks] + ". " + text;
          default -> text;
        });
  }

  private void row(String line) {
    List<String> rows = tables.getLast();
    if (line.startsWith("|}")) {
      endTable();
      String rest = line.substring(2).strip();
      if (!rest.isEmpty()) {
        line(rest);
      }
    } else if (line.startsWith("|-")) {
      rows.add("");
    } else if (line.startsWith("|+")) {
      rows.add(cell(line.substring(2)));
      rows.add("");
    } else if (line.startsWith("|") || line.startsWith("!")) {
      String separator = line.startsWith("!") ? "!!|\\|\\|" : "\\|\\|";
      for (String cell : line.substring(1).split(separator, -1)) {
        append(rows, cell(cell));
      }
    } else if (!line.isBlank() && !rows.isEmpty() && !rows.getLast().isEmpty()) {
      // A cell that goes on.
      rows.set(
          rows.size() - 1, rows.getLast() + " " + line.replaceFirst("^[*#:;]+\\s*", "").strip());
    } else if (!line.isBlank() && !rows.isEmpty()) {
      append(rows, line.strip());
    }
  }

  private static void append(List<String> rows, String cell) {
    if (rows.isEmpty()) {
      rows.add("");
    }
    String row = rows.getLast();
    rows.set(rows.size() - 1, row.isEmpty() ? cell : row + "\t" + cell);
  }

  /// Without the attributes before it: `style="…" | text`.
  private static String cell(String cell) {
    int bar = cell.indexOf('|');
    boolean attributes =
        bar >= 0 && cell.substring(0, bar).matches("[^\\[\\]{}]*=[^\\[\\]{}]*|\\s*");
    return cell.substring(attributes ? bar + 1 : 0).replaceAll("\\s+", " ").strip();
  }

  private void endTable() {
    List<String> rows = tables.removeLast();
    for (String row : rows) {
      String text = row.strip();
      if (text.isEmpty()) {
        continue;
      }
      if (tables.isEmpty()) {
        add(text);
      } else {
        append(tables.getLast(), text.replace('\t', ' '));
      }
    }
    if (tables.isEmpty()) {
      add("");
    }
  }

  private void add(String line) {
    out.add(line);
  }

  /// A heading with nothing below it had only pictures or links there.
  private static List<String> withoutEmptySections(List<String> lines) {
    var kept = new ArrayList<String>();
    int below = 0;
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      int level = HEADED.matcher(line).find() ? line.indexOf(' ') : 0;
      if (level == 0) {
        below = line.isBlank() ? below : 9;
        kept.add(line);
      } else if (below > level) {
        kept.add(line);
        below = level;
      }
    }
    return kept.reversed();
  }
}

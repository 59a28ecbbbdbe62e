package dev.imago.sources;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The lines of wikitext whose templates, links and tags are resolved: headings, lists, tables,
/// paragraphs.
final class WikiLines {
  /// Stands where a page has its references.
  static final String REFERENCES = "\ue001";

  /// Tables in one another beyond this are an attack.
  private static final int DEEPEST = 60;

  private static final Pattern HEADED = Pattern.compile("^#{1,6} ");

  private final List<String> out = new ArrayList<>();
  private final List<List<StringBuilder>> tables = new ArrayList<>();
  private final int[] numbers = new int[32];

  /// Keeps a piece from being read as lists, tables or headings.
  static String protect(String text) {
    return text.replace('\n', '\ue003').replace('|', '\ue004');
  }

  /// Keeps a block of code, its indents too.
  static String code(String text) {
    return protect(text).replace(' ', '\ue005').replace('\t', '\ue006');
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
        .replace('\ue005', ' ')
        .replace('\ue006', '\t')
        .replaceAll("(?<![ \\t])[ \\t]+\n", "\n")
        .replaceAll("\n{3,}", "\n\n")
        .strip();
  }

  private void line(String raw) {
    String line = raw.stripTrailing();
    String start = line.stripLeading().replaceFirst("^:+\\s*(?=\\{\\|)", "");
    if (start.startsWith("{|")) {
      if (tables.size() < DEEPEST) {
        tables.add(new ArrayList<>());
      }
      return;
    }
    if (!tables.isEmpty()) {
      row(start);
      return;
    }
    int level = level(line);
    if (level > 0) {
      add("");
      add("#".repeat(level) + " " + line.substring(level, line.length() - level).strip());
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

  /// How many equals signs a heading stands between, six at most; 0 for what is none.
  private static int level(String line) {
    int level = 0;
    int end = line.length() - 1;
    while (level < 6
        && 2 * level + 2 < line.length()
        && line.charAt(level) == '='
        && line.charAt(end - level) == '=') {
      level++;
    }
    return line.substring(level, line.length() - level).isBlank() ? 0 : level;
  }

  private void row(String line) {
    List<StringBuilder> rows = tables.getLast();
    if (line.startsWith("|}")) {
      endTable();
      String rest = line.substring(2).strip();
      if (!rest.isEmpty()) {
        line(rest);
      }
    } else if (line.startsWith("|-")) {
      rows.add(new StringBuilder());
    } else if (line.startsWith("|+")) {
      rows.add(new StringBuilder(cell(line.substring(2))));
      rows.add(new StringBuilder());
    } else if (line.startsWith("|") || line.startsWith("!")) {
      String separator = line.startsWith("!") ? "!!|\\|\\|" : "\\|\\|";
      for (String cell : line.substring(1).split(separator, -1)) {
        append(rows, cell(cell));
      }
    } else if (!line.isBlank() && !rows.isEmpty() && !rows.getLast().isEmpty()) {
      // A cell that goes on.
      rows.getLast().append(' ').append(line.replaceFirst("^[*#:;]+\\s*", "").strip());
    } else if (!line.isBlank() && !rows.isEmpty()) {
      append(rows, line.strip());
    }
  }

  private static void append(List<StringBuilder> rows, String cell) {
    if (rows.isEmpty()) {
      rows.add(new StringBuilder());
    }
    StringBuilder row = rows.getLast();
    row.append(row.isEmpty() ? "" : "\t").append(cell);
  }

  /// Without the attributes before it: `style="…" | text`.
  private static String cell(String cell) {
    int bar = cell.indexOf('|');
    String before = bar < 0 ? "" : cell.substring(0, bar);
    boolean attributes =
        bar >= 0
            && (before.isBlank()
                || before.indexOf('=') >= 0
                    && before.chars().noneMatch(c -> "[]{}".indexOf(c) >= 0));
    return cell.substring(attributes ? bar + 1 : 0).replaceAll("\\s+", " ").strip();
  }

  private void endTable() {
    List<StringBuilder> rows = tables.removeLast();
    for (StringBuilder row : rows) {
      String text = row.toString().strip();
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

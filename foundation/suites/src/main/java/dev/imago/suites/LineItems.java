package dev.imago.suites;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The items of a test that is plain text: a line each, all its columns; or, where blank lines part
/// it, what stands between two of them, of whose lines the first column is the word (the second in
/// CoNLL-U, whose first is a number).
final class LineItems {
  private static final List<String> ENDINGS =
      List.of(".txt", ".text", ".conll", ".conllu", ".iob", ".bio", ".bioes");

  private LineItems() {}

  static boolean reads(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(small::endsWith);
  }

  static void read(Path file, String task, List<TestItem> to) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    List<String> stripped = lines.stream().map(String::strip).toList();
    int last = stripped.size();
    while (last > 0 && stripped.get(last - 1).isEmpty()) {
      last--;
    }
    boolean blocks = stripped.subList(0, last).contains("");
    int start = 0;
    for (int i = 0; i <= last; i++) {
      boolean ends = i == last || stripped.get(i).isEmpty();
      if (blocks && ends && i > start) {
        to.add(item(task, start, words(stripped.subList(start, i))));
      } else if (!blocks && i < last) {
        to.add(item(task, i, stripped.get(i).replace('\t', '\n')));
      }
      start = ends ? i + 1 : start;
    }
  }

  private static TestItem item(String task, int line, String text) {
    return new TestItem(task, "line " + (line + 1), text);
  }

  private static String words(List<String> lines) {
    var rows = new ArrayList<String[]>();
    for (String line : lines) {
      if (!line.startsWith("# ")) {
        rows.add(line.split("\t| +"));
      }
    }
    boolean numbered = rows.stream().allMatch(row -> row.length > 3 && row[0].matches("[0-9.-]+"));
    return rows.stream().map(row -> row[numbered ? 1 : 0]).collect(Collectors.joining(" "));
  }
}

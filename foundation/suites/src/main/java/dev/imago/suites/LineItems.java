package dev.imago.suites;

import dev.imago.data.Rows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The items of a test that is plain text: a line each, all its columns; or a sentence each, where
/// it is columns of words and tags throughout, as CoNLL-2000's `.txt` are.
final class LineItems {
  private LineItems() {}

  /// Whatever is not named as rows are: `test.txt`, and `test.de` of translations.
  static boolean reads(String name) {
    return Rows.Format.of(name) == null;
  }

  /// A test's name by its file's: without `.txt`, but with a language, which tells two files apart.
  static String task(String name) {
    return name.replaceFirst("(?i)(\\.te?xt)?(\\.gz)?$", "");
  }

  /// @throws dev.imago.core.InputException for what is no text, or a sentence of columns that is
  ///   broken
  static void read(Path file, String task, List<TestItem> to) {
    var lines = new ArrayList<TestItem>();
    var places = new ArrayList<Long>();
    AllTexts.rows(
        file,
        Rows.Format.LINES,
        (line, value) -> {
          lines.add(item(task, line, value.asString().strip()));
          places.add(line);
        });
    if (isColumns(lines, places)) {
      AllTexts.rows(
          file,
          Rows.Format.COLUMNS,
          (line, value) -> to.add(item(task, line, value.path("text").asString())));
    } else {
      lines.forEach(
          line -> to.add(new TestItem(task, line.item(), line.text().replace('\t', '\n'))));
    }
  }

  /// Whether blank lines part what has the same number of columns throughout, two or more: prose
  /// has paragraphs, but no two words in each line.
  private static boolean isColumns(List<TestItem> lines, List<Long> places) {
    boolean parted = !places.isEmpty() && places.getLast() - places.getFirst() >= places.size();
    List<Integer> widths =
        lines.stream()
            .map(TestItem::text)
            .filter(line -> !line.startsWith("#") && !line.startsWith("-DOCSTART-"))
            .map(line -> line.split(line.indexOf('\t') < 0 ? "\\s+" : "\t").length)
            .distinct()
            .toList();
    return parted && widths.size() == 1 && widths.getFirst() > 1;
  }

  private static TestItem item(String task, long line, String text) {
    return new TestItem(task, "line " + line, text);
  }
}

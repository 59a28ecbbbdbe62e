package dev.imago.suites;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An item of a test that nothing to learn from may hold.
///
/// @param task whose it is: the file's name without endings, or the task's of a suite
/// @param item which: its line, or its number in the task
/// @param text what is looked for
public record TestItem(String task, String item, String text) {
  /// The items of test files: rows of JSONL, JSON, CSV or TSV, sentences of columns (`.conll`,
  /// `.conllu`, `.iob`, `.bio`, `.bioes`), lines of any other text, or the tasks of a suite's YAML.
  ///
  /// @param fields of a row that are looked for, together; none for all its texts
  /// @throws InputException for a file that does not exist, is broken or holds nothing
  public static List<TestItem> read(List<Path> files, List<String> fields) {
    var items = new ArrayList<TestItem>();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new InputException(
            file + (Files.exists(file) ? " is no file" : " does not exist") + "; name a test file");
      }
      int before = items.size();
      String name = file.getFileName().toString();
      if (name.matches("(?i).*\\.ya?ml")) {
        suite(file, items);
      } else if (LineItems.reads(name)) {
        if (!fields.isEmpty()) {
          throw new InputException(
              "%s is read as plain text, by its ending, which has no fields such as %s; leave the fields out, or name rows .jsonl, .json, .csv or .tsv"
                  .formatted(file, String.join(", ", fields)));
        }
        LineItems.read(file, LineItems.task(name), items);
      } else {
        boolean columns = Rows.Format.of(name) == Rows.Format.COLUMNS;
        String task =
            name.replaceFirst(
                "(?i)\\.(jsonl|ndjson|json|csv|tsv|conllu?|iob|bio|bioes)(\\.gz)?$", "");
        if (fields.isEmpty() && !columns) {
          AllTexts.forEach(
              file, (line, text) -> items.add(new TestItem(task, "line " + line, text)));
        } else {
          AllTexts.forEach(
              file,
              fields.isEmpty() ? List.of("text") : fields,
              (line, text) -> items.add(new TestItem(task, "line " + line, text)));
        }
      }
      if (items.size() == before) {
        throw new InputException(file + " holds no rows; there is nothing to look for");
      }
    }
    return items;
  }

  private static void suite(Path file, List<TestItem> items) {
    for (TaskRun task : Suite.read(List.of(file), PromptOptions.USUAL).tasks()) {
      int number = 0;
      for (TaskItem item : task.items()) {
        items.add(new TestItem(task.name(), "item " + ++number, task.contaminationQuery(item)));
      }
    }
  }
}

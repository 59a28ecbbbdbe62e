package dev.imago.tasks;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Examples of a task in a folder: `train.jsonl` and `heldout.jsonl`, one JSON object a line.
public final class LabelLines {
  private static final JsonMapper JSON = JsonMapper.shared();

  private LabelLines() {}

  /// Writes one side, in the given order.
  public static void write(Path folder, Split split, Iterable<? extends Record> examples) {
    AtomicFile.write(
        file(folder, split),
        out -> {
          for (Record example : examples) {
            out.write(JSON.writeValueAsBytes(example));
            out.write('\n');
          }
        });
  }

  /// Reads one side, in order.
  ///
  /// @param form what a line is, for messages
  /// @throws InputException naming file and line, for a line that is no example
  public static <E extends Record> List<E> read(
      Path folder, Split split, Class<E> type, String form) {
    Path file = file(folder, split);
    var examples = new ArrayList<E>();
    try (var lines = Files.newBufferedReader(file)) {
      String line;
      while ((line = lines.readLine()) != null) {
        examples.add(JSON.readValue(line, type));
      }
      return examples;
    } catch (JacksonException | IllegalArgumentException e) {
      String why =
          e instanceof JacksonException json
              ? json.getOriginalMessage()
              : String.valueOf(e.getMessage());
      throw new InputException(
          "%s, line %d: no example (%s); a line is %s"
              .formatted(file, examples.size() + 1, why, form),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static Path file(Path folder, Split split) {
    return folder.resolve(split.fileName() + ".jsonl");
  }
}

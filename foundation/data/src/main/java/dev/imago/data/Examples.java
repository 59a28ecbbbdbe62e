package dev.imago.data;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Labelled pairs in a folder: `train.jsonl` and `heldout.jsonl`, one JSON object a line, with the
/// field names that trainers expect: `prompt`, `completion`, and `messages` for conversations.
public final class Examples {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Examples() {}

  /// Writes one split, in the given order.
  public static void write(Path folder, Split split, Iterable<Example> examples) {
    AtomicFile.write(
        file(folder, split),
        out -> {
          for (Example example : examples) {
            out.write(JSON.writeValueAsBytes(example));
            out.write('\n');
          }
        });
  }

  /// Reads one split, in order.
  ///
  /// @throws InputException naming file and line, for a line that is no example
  public static List<Example> read(Path folder, Split split) {
    Path file = file(folder, split);
    var examples = new ArrayList<Example>();
    try (var lines = Files.newBufferedReader(file)) {
      String line;
      while ((line = lines.readLine()) != null) {
        examples.add(JSON.readValue(line, Example.class));
      }
      return examples;
    } catch (JacksonException e) {
      throw new InputException(
          "%s, line %d: no example (%s); a line is {\"id\":…,\"prompt\":…,\"completion\":…,\"source\":…}"
              .formatted(file, examples.size() + 1, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// How many one split has, by its lines.
  public static long count(Path folder, Split split) {
    Path file = file(folder, split);
    try (var lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static Path file(Path folder, Split split) {
    return folder.resolve(split.fileName() + ".jsonl");
  }
}

package dev.imago.console.runs;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What people say of runs: pins, tags, notes and groups, in `marks.jsonl` of the workspace, a line
/// for each change, of which the last of a run counts. It is no cache: nothing else holds it.
public final class RunMarks {
  static final String NAME = "marks.jsonl";

  private static final int LONGEST_NOTE = 10_000;
  private static final int MOST_TAGS = 32;
  private static final int LONGEST_TAG = 60;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path file;
  private Map<String, Mark> marks = Map.of();
  private long size = -1;
  private long changed = -1;

  /// What is said of one run.
  ///
  /// @param run its key
  public record Mark(String run, boolean pinned, String group, List<String> tags, String note) {
    public static final Mark NONE = new Mark("", false, "", List.of(), "");

    public Mark {
      run = Objects.requireNonNullElse(run, "");
      group = cut(Objects.requireNonNullElse(group, "").strip(), LONGEST_TAG);
      tags =
          tags == null
              ? List.of()
              : tags.stream()
                  .map(t -> cut(t.strip(), LONGEST_TAG))
                  .filter(t -> !t.isEmpty())
                  .distinct()
                  .limit(MOST_TAGS)
                  .toList();
      note = cut(Objects.requireNonNullElse(note, "").strip(), LONGEST_NOTE);
    }

    private static String cut(String text, int most) {
      return text.length() <= most ? text : text.substring(0, most);
    }
  }

  /// @param workspace the folder that holds the runs' folder
  public RunMarks(Path workspace) {
    this.file = workspace.resolve(NAME);
  }

  /// What is said of a run.
  public Mark of(String key) {
    return all().getOrDefault(key, Mark.NONE);
  }

  /// What is said of any run, by its key; read again where the file has changed.
  public synchronized Map<String, Mark> all() {
    try {
      long nowSize = Files.exists(file) ? Files.size(file) : 0;
      long nowChanged = RunReading.changed(file);
      if (nowSize != size || nowChanged != changed) {
        marks = nowSize == 0 ? Map.of() : Map.copyOf(read());
        size = nowSize;
        changed = nowChanged;
      }
    } catch (IOException _) {
      // Marks that cannot be read now are those of before.
    }
    return marks;
  }

  private Map<String, Mark> read() throws IOException {
    var read = new HashMap<String, Mark>();
    for (String line : Files.readAllLines(file)) {
      try {
        Mark mark = JSON.readValue(line, Mark.class);
        read.put(mark.run(), mark);
      } catch (JacksonException _) {
        // A line that a kill broke off.
      }
    }
    return read;
  }

  private static boolean isBrokenOff(FileChannel file) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return file.size() > 0 && file.read(last, file.size() - 1) == 1 && last.get(0) != '\n';
  }

  /// Says something of a run, and has it on disk before it returns.
  ///
  /// @throws dev.imago.core.EnvironmentException when the disk is full or not to be written
  public synchronized void put(Mark mark) {
    try (FileChannel out =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // What a kill broke off would take this line with it.
      String begin = isBrokenOff(out) ? "\n" : "";
      byte[] line =
          (begin + JSON.writeValueAsString(mark) + "\n")
              .getBytes(java.nio.charset.StandardCharsets.UTF_8);
      out.position(out.size());
      ByteBuffer left = ByteBuffer.wrap(line);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }
}

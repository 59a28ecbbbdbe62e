package dev.imago.console.runs;

import dev.imago.core.EnergyUse;
import dev.imago.core.MetricLines;
import dev.imago.core.RunRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Makes an entry of a run's folder: `run.json`, and the last value of each metric from the end of
/// `metrics.jsonl`.
final class RunReading {
  /// A record with all settings has a few thousand bytes.
  private static final long MOST_RECORD_BYTES = 4L << 20;

  /// Values of the lists are looked for so far from the end of the curve.
  private static final int TAIL_BYTES = 1 << 18;

  /// So many settings of a run are known to lists, and so many characters of one.
  private static final int MOST_SETTINGS = 2_000;

  private static final int LONGEST_VALUE = 500;

  private static final ObjectReader RECORD = JsonMapper.shared().readerFor(RunRecord.class);

  private final SharedNames shared;

  RunReading(SharedNames shared) {
    this.shared = shared;
  }

  /// @throws IOException saying what is wrong with the run's files, in words
  RunEntry read(Path folder) throws IOException {
    Path file = folder.resolve("run.json");
    long bytes = Files.size(file);
    if (bytes > MOST_RECORD_BYTES) {
      throw new IOException(
          "%s has %d bytes, and a record has %d at most"
              .formatted(file.getFileName(), bytes, MOST_RECORD_BYTES));
    }
    RunRecord run;
    try {
      run = RECORD.readValue(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException("run.json is damaged: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new IOException("run.json lacks what a record has", e);
    }
    String id = String.valueOf(folder.getFileName());
    Path metrics = folder.resolve("metrics.jsonl");
    long heard = Math.max(changed(file), changed(metrics));
    long started = started(run, heard);
    RunState state = run.status() == null ? RunState.KILLED : state(run.status());
    var settings = new TreeMap<String, String>();
    if (run.config() != null) {
      flatten("", run.config(), settings);
    }
    settings.put("seed", Long.toString(run.seed()));
    settings.put("threads", Integer.toString(run.threads()));
    NamedTexts known = NamedTexts.of(settings, shared);
    String recipe = shared.text(Objects.requireNonNullElse(run.recipe(), ""));
    String stage = shared.text(Objects.requireNonNullElse(run.stage(), ""));
    String error = Objects.requireNonNullElse(run.error(), "");
    return new RunEntry(
        id,
        id,
        folder,
        recipe,
        shared.text(Objects.requireNonNullElse(run.step(), "")),
        stage,
        state,
        started,
        state == RunState.RUNNING ? Math.max(0, (heard - started) / 1e3) : run.seconds(),
        error,
        known,
        NamedNumbers.of(numbers(metrics, run.energy()), shared),
        run.inputs(),
        run.outputs(),
        heard,
        RunEntry.words(id, recipe, stage, error, known, run.outputs()));
  }

  private static RunState state(RunRecord.Status status) {
    return switch (status) {
      case RUNNING -> RunState.RUNNING;
      case DONE -> RunState.DONE;
      case FAILED -> RunState.FAILED;
      case KILLED -> RunState.KILLED;
    };
  }

  private static long started(RunRecord run, long otherwise) {
    try {
      return run.started() == null ? otherwise : Instant.parse(run.started()).toEpochMilli();
    } catch (DateTimeException | ArithmeticException _) {
      return otherwise;
    }
  }

  /// When a file last changed; 0 where there is none.
  static long changed(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  private static void flatten(String prefix, Map<?, ?> from, Map<String, String> to) {
    from.forEach(
        (name, value) -> {
          if (to.size() >= MOST_SETTINGS) {
            return;
          }
          if (value instanceof Map<?, ?> nested) {
            flatten(prefix + name + ".", nested, to);
          } else {
            to.put(prefix + name, brief(plain(value)));
          }
        });
  }

  private static String plain(Object value) {
    return switch (value) {
      case null -> "";
      case Collection<?> list ->
          list.stream().map(RunReading::plain).collect(Collectors.joining(", "));
      default -> value.toString();
    };
  }

  static String brief(String text) {
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
  }

  /// What lists know of a run in numbers: the last value of each metric, and the energy of its
  /// stage.
  private Map<String, Double> numbers(Path metrics, @Nullable EnergyUse energy) throws IOException {
    Map<String, Double> numbers = tail(metrics);
    if (energy != null && energy.counted()) {
      numbers.put(RunEntry.JOULES, energy.high());
    } else if (energy != null) {
      numbers.put(RunEntry.JOULES_LOW, energy.low());
      numbers.put(RunEntry.JOULES_HIGH, energy.high());
    }
    return numbers;
  }

  /// The last value of each metric within the end of a file.
  private Map<String, Double> tail(Path file) throws IOException {
    var last = new HashMap<String, Double>();
    byte[] bytes;
    boolean cut;
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      long size = in.length();
      cut = size > TAIL_BYTES;
      bytes = new byte[(int) Math.min(size, TAIL_BYTES)];
      in.seek(size - bytes.length);
      in.readFully(bytes);
    } catch (java.io.FileNotFoundException | java.io.EOFException _) {
      return last; // none was written, or it is being replaced
    }
    int from = 0;
    if (cut) {
      while (from < bytes.length && bytes[from++] != '\n') {}
    }
    MetricLines.Numbers keep = (name, value) -> last.put(shared.text(name), value);
    for (int at = from; at < bytes.length; at++) {
      if (bytes[at] == '\n') {
        MetricLines.read(bytes, from, at - from, keep);
        from = at + 1;
      }
    }
    return last;
  }
}

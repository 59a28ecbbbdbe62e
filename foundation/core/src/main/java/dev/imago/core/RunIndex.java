package dev.imago.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// The summaries of a workspace's runs, of which those that have ended stand in one file beside
/// their folders, so that ten thousand of them are read at once and not one by one.
///
/// The record of a run that has ended never changes again, so an entry is right for ever; the index
/// is a copy, and whoever finds it missing or damaged reads the runs themselves and writes it anew.
final class RunIndex {
  static final String NAME = "ended.jsonl";

  /// So many ended runs may be missing from the index before it is written anew.
  static final int UNINDEXED = 100;

  private static final JsonMapper LINE = JsonMapper.shared();

  private RunIndex() {}

  /// All summaries, oldest first.
  ///
  /// @throws InputException for a record that cannot be read
  static List<RunSummary> summaries(Path runs) {
    return summaries(
        runs,
        broken -> {
          throw broken;
        });
  }

  /// All summaries, oldest first, but of records that cannot be read.
  ///
  /// @param broken is told of each of these
  static List<RunSummary> summaries(Path runs, Consumer<InputException> broken) {
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    Map<String, RunSummary> ended = read(runs.resolve(NAME));
    var records = new ArrayList<RunSummary>();
    int missing = 0;
    for (String id : folders(runs)) {
      RunSummary record = ended.get(id);
      if (record == null) {
        Path file = runs.resolve(id).resolve("run.json");
        if (!Files.isRegularFile(file)) {
          continue;
        }
        try {
          record = RunSummary.of(Json.read(file, RunRecord.class));
        } catch (InputException e) {
          broken.accept(e);
          continue;
        }
        missing += record.status() == RunRecord.Status.RUNNING ? 0 : 1;
      }
      records.add(record);
    }
    if (missing >= UNINDEXED) {
      write(runs.resolve(NAME), records);
    }
    return records;
  }

  private static List<String> folders(Path runs) {
    try (Stream<Path> files = Files.list(runs)) {
      return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", runs, e);
    }
  }

  private static Map<String, RunSummary> read(Path index) {
    var ended = new HashMap<String, RunSummary>();
    if (!Files.isRegularFile(index)) {
      return ended;
    }
    ObjectReader summaries = LINE.readerFor(RunSummary.class);
    try {
      for (String line : Files.readAllLines(index)) {
        RunSummary record = summaries.readValue(line);
        ended.put(record.id(), record);
      }
      return ended;
    } catch (IOException | JacksonException _) {
      return Map.of(); // a copy: the runs themselves are read instead
    }
  }

  private static void write(Path index, List<RunSummary> records) {
    try {
      AtomicFile.write(
          index,
          out -> {
            for (RunSummary record : records) {
              if (record.status() != RunRecord.Status.RUNNING) {
                out.write(LINE.writeValueAsString(record).getBytes(StandardCharsets.UTF_8));
                out.write('\n');
              }
            }
          });
    } catch (EnvironmentException _) {
      // Whoever may only read does without: the next one who may write makes it.
    }
  }
}

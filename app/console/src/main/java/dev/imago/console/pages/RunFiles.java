package dev.imago.console.pages;

import dev.imago.core.EnergyUse;
import dev.imago.core.RunRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a run left besides its curves: tables, lines, samples. Each is bounded, and what cannot be
/// read is not there.
///
/// @param notes the last lines that it told
/// @param energy that its stage took; empty where that is not known
record RunFiles(
    List<Printed> tables, List<String> notes, List<Sample> samples, Optional<EnergyUse> energy) {
  private static final long MOST_BYTES = 4L << 20;
  private static final int NOTE_BYTES = 1 << 16;
  private static final int SAMPLE_BYTES = 1 << 20;
  private static final int MOST_SAMPLES = 20;
  private static final int MOST_ROWS = 500;
  private static final JsonMapper JSON = JsonMapper.shared();

  record Printed(String title, List<String> header, List<List<String>> rows) {}

  record Sample(long step, String prompt, String text) {}

  static RunFiles of(Path folder) {
    return new RunFiles(
        tables(folder.resolve("tables.json")),
        notes(folder),
        samples(folder),
        energy(folder.resolve("run.json")));
  }

  private static List<Printed> tables(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        return List.of();
      }
      var tables = new ArrayList<Printed>();
      for (RunRecord.Table table :
          JSON.readValue(Files.readAllBytes(file), RunRecord.Table[].class)) {
        tables.add(
            new Printed(
                table.title(),
                table.header(),
                table.rows().subList(0, Math.min(MOST_ROWS, table.rows().size()))));
      }
      return tables;
    } catch (IOException | JacksonException | NullPointerException _) {
      return List.of();
    }
  }

  private static Optional<EnergyUse> energy(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
        return Optional.empty();
      }
      JsonNode took = JSON.readTree(Files.readAllBytes(file)).path("energy");
      return took.isObject()
          ? Optional.of(JSON.treeToValue(took, EnergyUse.class))
          : Optional.empty();
    } catch (IOException | JacksonException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static List<String> notes(Path folder) {
    return end(folder.resolve("notes.txt"), NOTE_BYTES);
  }

  private static List<Sample> samples(Path folder) {
    var samples = new ArrayList<Sample>();
    for (String line : end(folder.resolve("metrics.jsonl"), SAMPLE_BYTES)) {
      if (!line.contains("\"sample\"")) {
        continue;
      }
      try {
        JsonNode row = JSON.readTree(line);
        samples.add(
            new Sample(
                row.path("step").asLong(0),
                row.path("prompt").asString(""),
                row.path("sample").asString("")));
      } catch (JacksonException _) {
        // A line that a kill broke off.
      }
    }
    return samples.subList(Math.max(0, samples.size() - MOST_SAMPLES), samples.size()).reversed();
  }

  /// The whole lines at the end of a file; none where it cannot be read.
  private static List<String> end(Path file, int most) {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      long size = in.length();
      byte[] bytes = new byte[(int) Math.min(size, most)];
      in.seek(size - bytes.length);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int from = size > most ? text.indexOf('\n') + 1 : 0;
      return text.substring(from).lines().toList();
    } catch (IOException _) {
      return List.of();
    }
  }
}

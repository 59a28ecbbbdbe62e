package dev.imago.console;

import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A workspace whose files a test writes, with any texts in them.
public final class WrittenWorkspace {
  private static final JsonMapper JSON = JsonMapper.shared();

  public final Path root;

  public WrittenWorkspace(Path root) {
    this.root = root;
  }

  public Path run(String id) {
    return root.resolve("runs").resolve(id);
  }

  /// Writes a run's record.
  ///
  /// @param changed fields in place of the usual ones
  public WrittenWorkspace record(String id, Map<String, ?> changed) {
    var record = new LinkedHashMap<String, Object>();
    record.put("id", id);
    record.put("recipe", "quick");
    record.put("step", "pretrain");
    record.put("stage", "pretrain");
    record.put("stageVersion", 1);
    record.put("key", "k");
    record.put("status", "DONE");
    record.put("inputs", Map.of());
    record.put("outputs", Map.of());
    record.put("config", Map.of("depth", 4, "shape", Map.of("heads", 2)));
    record.put("seed", 42);
    record.put("threads", 2);
    record.put("codeVersion", "1");
    record.put("machine", "m");
    record.put("started", "2026-01-02T03:04:05Z");
    record.put("seconds", 12.5);
    record.put("error", "");
    record.putAll(changed);
    return write(run(id).resolve("run.json"), JSON.writeValueAsString(record));
  }

  public WrittenWorkspace metrics(String id, String... lines) {
    return write(run(id).resolve("metrics.jsonl"), String.join("\n", lines) + "\n");
  }

  /// Points of a falling loss.
  public WrittenWorkspace curve(String id, int points) {
    String[] lines = new String[points];
    for (int i = 0; i < points; i++) {
      lines[i] =
          "{\"step\":%d,\"tokens\":%d,\"time\":%d,\"loss\":%s,\"learningRate\":0.001}"
              .formatted(i, i * 100, 1_795_000_000L + i, 8.0 / (1 + i * 0.1));
    }
    return metrics(id, lines);
  }

  /// Writes an artifact.
  ///
  /// @param digit of which its hash is made
  public Path artifact(String kind, char digit, Map<String, String> files, List<String> inputs) {
    String hash = String.valueOf(digit).repeat(64);
    Path folder = root.resolve("artifacts").resolve(kind).resolve(hash);
    files.forEach((name, text) -> write(folder.resolve(name), text));
    seal(folder, kind, hash, inputs);
    return folder;
  }

  private void seal(Path folder, String kind, String hash, List<String> inputs) {
    try {
      Files.createDirectories(folder);
      var entries = new java.util.ArrayList<Map<String, Object>>();
      try (var all = Files.list(folder)) {
        for (Path file : all.sorted().toList()) {
          entries.add(
              Map.of(
                  "path", file.getFileName().toString(),
                  "bytes", Files.size(file),
                  "sha256", sha(Files.readAllBytes(file)),
                  "modifiedMillis", 0));
        }
      }
      write(
          folder.resolve("provenance.json"),
          JSON.writeValueAsString(
              Map.of(
                  "stage", "prepare",
                  "stageVersion", 1,
                  "inputs",
                      inputs.stream()
                          .map(i -> i.split("/"))
                          .map(i -> Map.of("kind", i[0], "hash", i[1]))
                          .toList(),
                  "configJson", "{}",
                  "seed", 1,
                  "codeVersion", "1",
                  "machine", "m",
                  "started", "2026-01-02T03:04:05Z",
                  "finished", "2026-01-02T03:05:05Z")));
      write(
          folder.resolve("manifest.json"),
          JSON.writeValueAsString(Map.of("kind", kind, "hash", hash, "files", entries)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a corpus of one part.
  public Path corpus(char digit, String part, List<Document> documents, List<String> inputs) {
    String hash = String.valueOf(digit).repeat(64);
    Path folder = root.resolve("artifacts").resolve("corpus").resolve(hash);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (var writer = new Documents.Writer(folder, part)) {
      documents.forEach(writer::write);
    }
    seal(folder, "corpus", hash, inputs);
    return folder;
  }

  private static String sha(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  public WrittenWorkspace write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

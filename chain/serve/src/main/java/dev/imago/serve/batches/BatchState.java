package dev.imago.serve.batches;

import dev.imago.core.EnvironmentException;
import dev.imago.serve.files.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A batch as its folder has it: `batch.json`, and the answers so far. What is told of it is
/// OpenAI's object. Thread-safe.
final class BatchState {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final ObjectNode json;

  private BatchState(Path folder, ObjectNode json) {
    this.folder = folder;
    this.json = json;
  }

  /// Makes a new one.
  ///
  /// @param told OpenAI's object
  static BatchState create(Path folder, String tenant, ObjectNode told) {
    ObjectNode json = JSON.createObjectNode().put("tenant", tenant);
    json.set("batch", told);
    var state = new BatchState(folder, json);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw state.cannot(e);
    }
    state.save();
    return state;
  }

  /// Reads one that is there.
  static BatchState open(Path folder) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(folder.resolve("batch.json")));
    return new BatchState(folder, json);
  }

  String tenant() {
    return json.path("tenant").asString("");
  }

  /// A copy of what is told.
  synchronized ObjectNode told() {
    return (ObjectNode) json.path("batch").deepCopy();
  }

  String id() {
    return text("id");
  }

  synchronized String text(String field) {
    return json.path("batch").path(field).asString("");
  }

  synchronized long number(String field) {
    return json.path("batch").path(field).asLong(0);
  }

  Path output() {
    return folder.resolve("output.jsonl");
  }

  Path errors() {
    return folder.resolve("errors.jsonl");
  }

  /// A change of what is told, durable when it returns.
  @FunctionalInterface
  interface Change {
    void of(ObjectNode told);
  }

  synchronized void change(Change change) {
    change.of((ObjectNode) json.path("batch"));
    save();
  }

  /// Changes what is told, to be saved with the next change: counts, which the files tell anyhow.
  synchronized void changeForNow(Change change) {
    change.of((ObjectNode) json.path("batch"));
  }

  /// Whether it still has to run.
  boolean open() {
    return switch (text("status")) {
      case "validating", "in_progress", "finalizing", "cancelling" -> true;
      default -> false;
    };
  }

  private synchronized void save() {
    try {
      FileStore.replace(folder.resolve("batch.json"), json);
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  EnvironmentException cannot(IOException e) {
    return new EnvironmentException(
        "the batch in %s cannot be written (%s): free some room, or let the server write there"
            .formatted(folder, e.getMessage()),
        e);
  }
}

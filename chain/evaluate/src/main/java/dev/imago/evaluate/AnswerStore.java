package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a model has answered already, by what it was asked: a line of a file for each, so that a
/// killed evaluation goes on, and nothing is asked twice of the same weights. A last line that a
/// kill has cut is left out, and written again.
final class AnswerStore implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, ModelReply> known = new HashMap<>();
  private final RandomAccessFile file;
  private final Path path;

  private AnswerStore(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /// @param folder where answers are kept, a file for each identity
  /// @param fresh whether what is there is forgotten
  static AnswerStore open(Path folder, String identity, boolean fresh) {
    Path path = folder.resolve(Hashing.of(identity).substring(0, 16) + ".jsonl");
    try {
      Files.createDirectories(folder);
      if (fresh) {
        Files.deleteIfExists(path);
      }
      var store = new AnswerStore(path, new RandomAccessFile(path.toFile(), "rw"));
      store.read();
      return store;
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }

  private void read() throws IOException {
    byte[] all = Files.readAllBytes(path);
    int whole = all.length;
    while (whole > 0 && all[whole - 1] != '\n') {
      whole--;
    }
    for (String line : new String(all, 0, whole, StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        take(line);
      }
    }
    file.setLength(whole);
    file.seek(whole);
  }

  /// A line that is none is passed over: its answer is asked for again.
  private void take(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      reply(node).ifPresent(reply -> known.put(node.path("asked").asString(""), reply));
    } catch (JacksonException broken) {
      return;
    }
  }

  private static Optional<ModelReply> reply(JsonNode node) {
    int tokens = node.path("tokens").asInt(0);
    if (node.path("text").isString()) {
      return Optional.of(new ModelReply.Text(node.path("text").stringValue(), tokens));
    }
    if (node.path("total").isNumber()) {
      return Optional.of(new ModelReply.Total(node.path("total").doubleValue(), tokens));
    }
    return node.path("p").isNumber()
        ? Optional.of(
            new ModelReply.Likelihood(
                node.path("p").doubleValue(), node.path("greedy").asBoolean(false), tokens))
        : Optional.empty();
  }

  int size() {
    return known.size();
  }

  Optional<ModelReply> of(ModelRequest ask) {
    return Optional.ofNullable(known.get(key(ask)));
  }

  void keep(ModelRequest ask, ModelReply reply) {
    String key = key(ask);
    ObjectNode node = JSON.createObjectNode();
    node.put("asked", key);
    switch (reply) {
      case ModelReply.Text(String text, int tokens) -> node.put("text", text).put("tokens", tokens);
      case ModelReply.Total(double p, int tokens) -> node.put("total", p).put("tokens", tokens);
      case ModelReply.Likelihood(double p, boolean greedy, int tokens) ->
          node.put("p", p).put("greedy", greedy).put("tokens", tokens);
    }
    try {
      file.write((JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw AtomicFile.failure("write", path, e);
    }
    known.put(key, reply);
  }

  private static String key(ModelRequest ask) {
    return Hashing.of(ask.getClass().getSimpleName() + " " + JSON.writeValueAsString(ask));
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw AtomicFile.failure("write", path, e);
    }
  }
}

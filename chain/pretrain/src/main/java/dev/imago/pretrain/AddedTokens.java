package dev.imago.pretrain;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Special tokens that a vocabulary lacks, added in its files.
final class AddedTokens {
  private static final JsonMapper JSON = JsonMapper.shared();

  private AddedTokens() {}

  /// Writes a tokenizer's files with them.
  ///
  /// @param tokens by their ids, each the next one
  /// @param config is told in `tokenizer_config.json` what they are for
  static void write(Path from, Path to, Map<Integer, String> tokens, Consumer<ObjectNode> config) {
    try {
      ObjectNode tokenizer = read(from, "tokenizer.json");
      ArrayNode known =
          tokenizer.path("added_tokens") instanceof ArrayNode there
              ? there
              : tokenizer.putArray("added_tokens");
      tokens.forEach(
          (id, name) -> {
            ObjectNode token = known.addObject();
            token.put("id", id);
            token.put("content", name);
            for (String field : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
              token.put(field, false);
            }
            token.put("special", true);
          });
      ObjectNode said = read(from, "tokenizer_config.json");
      config.accept(said);
      write(to.resolve("tokenizer.json"), tokenizer);
      write(to.resolve("tokenizer_config.json"), said);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static ObjectNode read(Path folder, String name) throws IOException {
    return (ObjectNode) JSON.readTree(Files.readString(folder.resolve(name)));
  }

  private static void write(Path to, ObjectNode json) {
    AtomicFile.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}

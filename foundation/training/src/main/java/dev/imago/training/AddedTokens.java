package dev.imago.training;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tokens that a vocabulary lacks, added in its files.
public final class AddedTokens {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CONFIG = "tokenizer_config.json";

  private AddedTokens() {}

  /// One of them.
  ///
  /// @param special whether it is a control token, which no ordinary text gives and no answer shows
  public record Token(int id, String content, boolean special) {}

  /// Writes a tokenizer's files with them.
  ///
  /// @param tokens by their ids, each the next one
  /// @param config is told in `tokenizer_config.json` what they are for
  public static void write(Path from, Path to, List<Token> tokens, Consumer<ObjectNode> config) {
    try {
      ObjectNode tokenizer = read(from, "tokenizer.json");
      ArrayNode known =
          tokenizer.path("added_tokens") instanceof ArrayNode there
              ? there
              : tokenizer.putArray("added_tokens");
      ObjectNode said =
          Files.exists(from.resolve(CONFIG)) ? read(from, CONFIG) : JSON.createObjectNode();
      for (Token token : tokens) {
        fill(known.addObject().put("id", token.id()), token);
        // Where transformers lists them once more, those that it does not list would be others.
        if (said.path("added_tokens_decoder") instanceof ObjectNode listed) {
          fill(listed.putObject(String.valueOf(token.id())), token);
        }
      }
      config.accept(said);
      write(to.resolve("tokenizer.json"), tokenizer);
      write(to.resolve(CONFIG), said);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static void fill(ObjectNode to, Token token) {
    to.put("content", token.content());
    for (String field : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      to.put(field, false);
    }
    to.put("special", token.special());
  }

  private static ObjectNode read(Path folder, String name) throws IOException {
    return (ObjectNode) JSON.readTree(Files.readString(folder.resolve(name)));
  }

  private static void write(Path to, ObjectNode json) {
    AtomicFile.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}

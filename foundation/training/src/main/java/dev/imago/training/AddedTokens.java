package dev.imago.training;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tokens that a vocabulary lacks, added in its files.
public final class AddedTokens {
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
    TokenizerFolder.edit(
        from, to, tokenizer -> add(tokens, tokenizer), said -> list(tokens, said, config));
  }

  private static void add(List<Token> tokens, ObjectNode tokenizer) {
    ArrayNode known =
        tokenizer.path("added_tokens") instanceof ArrayNode there
            ? there
            : tokenizer.putArray("added_tokens");
    for (Token token : tokens) {
      fill(known.addObject().put("id", token.id()), token);
    }
  }

  /// Where transformers lists them once more, those that it does not list would be others.
  private static void list(List<Token> tokens, ObjectNode said, Consumer<ObjectNode> config) {
    if (said.path("added_tokens_decoder") instanceof ObjectNode listed) {
      for (Token token : tokens) {
        fill(listed.putObject(String.valueOf(token.id())), token);
      }
    }
    config.accept(said);
  }

  private static void fill(ObjectNode to, Token token) {
    to.put("content", token.content());
    for (String field : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      to.put(field, false);
    }
    to.put("special", token.special());
  }
}

package dev.imago.training;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A tokenizer's files, written anew with something changed.
public final class TokenizerFolder {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TOKENIZER = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String TEMPLATE = "chat_template.jinja";

  private TokenizerFolder() {}

  /// Writes all of them; what is not changed stays as it is.
  ///
  /// @param to made where it is not there; may be `from`
  /// @param tokenizer changes `tokenizer.json`
  /// @param config changes `tokenizer_config.json`, which is an empty object where there is none
  public static void edit(
      Path from, Path to, Consumer<ObjectNode> tokenizer, Consumer<ObjectNode> config) {
    try {
      ObjectNode words = read(from.resolve(TOKENIZER));
      Path said = from.resolve(CONFIG);
      ObjectNode settings = Files.exists(said) ? read(said) : JSON.createObjectNode();
      tokenizer.accept(words);
      config.accept(settings);
      Files.createDirectories(to);
      Path template = from.resolve(TEMPLATE);
      if (Files.exists(template) && !from.equals(to)) {
        AtomicFile.write(to.resolve(TEMPLATE), Files.readString(template));
      }
      write(to.resolve(TOKENIZER), words);
      write(to.resolve(CONFIG), settings);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static ObjectNode read(Path file) throws IOException {
    return (ObjectNode) JSON.readTree(Files.readString(file));
  }

  private static void write(Path to, ObjectNode json) {
    AtomicFile.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}

package dev.imago.training;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
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

  /// Says in `tokenizer.json` which side of a long text is cut, where `tokenizer_config.json` says
  /// another: transformers goes by the latter, and whoever reads the tokenizer alone by the former.
  ///
  /// @param folder what does not say it, or has no two such files, stays as it is
  /// @param notes what is changed is told there
  /// @throws IllegalArgumentException where it is neither `left` nor `right`, or one of the files
  ///   is no object of JSON in UTF-8
  public static void agree(Path folder, Consumer<String> notes) {
    if (!Files.exists(folder.resolve(TOKENIZER)) || !Files.exists(folder.resolve(CONFIG))) {
      return;
    }
    try {
      JsonNode said = read(folder.resolve(CONFIG)).path("truncation_side");
      if (said.isMissingNode() || said.isNull()) {
        return;
      }
      String side = said.asString("");
      if (!side.equals("left") && !side.equals("right")) {
        throw new IllegalArgumentException(
            "truncation_side in %s is %s: left and right can be cut".formatted(CONFIG, said));
      }
      ObjectNode tokenizer = read(folder.resolve(TOKENIZER));
      if (!tokenizer.path("truncation").path("direction").asString("Right").equals(word(side))) {
        cut(tokenizer, side, Integer.MAX_VALUE);
        write(folder.resolve(TOKENIZER), tokenizer);
        notes.accept(
            "of long texts the %s side is cut, as %s says: %s did not, and does now"
                .formatted(side, CONFIG, TOKENIZER));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// Says which side of a long text is cut.
  ///
  /// @param tokenizer a `tokenizer.json`; a length that it has stays, but for one that cuts nothing
  /// @param side `left` or `right`
  /// @param longest the tokens that are left, where it has none
  public static void cut(ObjectNode tokenizer, String side, int longest) {
    ObjectNode truncation =
        tokenizer.path("truncation") instanceof ObjectNode there
            ? there
            : tokenizer
                .putObject("truncation")
                .put("max_length", longest)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
    if (truncation.path("max_length").asLong(longest) >= Integer.MAX_VALUE) {
      truncation.put("max_length", longest);
    }
    truncation.put("direction", word(side));
  }

  private static String word(String side) {
    return side.equals("left") ? "Left" : "Right";
  }

  private static ObjectNode read(Path file) throws IOException {
    try {
      if (JSON.readTree(Files.readString(file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("%s is no UTF-8".formatted(file.getFileName()), e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "%s is no JSON: %s".formatted(file.getFileName(), e.getOriginalMessage()), e);
    }
    throw new IllegalArgumentException("%s is no JSON object".formatted(file.getFileName()));
  }

  private static void write(Path to, ObjectNode json) {
    AtomicFile.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}

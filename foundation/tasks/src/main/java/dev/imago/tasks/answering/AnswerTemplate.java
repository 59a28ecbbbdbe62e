package dev.imago.tasks.answering;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How prompts and answers stand in a text: by the tokenizer's own chat template; where it has
/// none, each turn with the end of a text behind it, as encoder–decoders and plain language models
/// learn a source and its target.
public final class AnswerTemplate {
  /// What ends a text in the vocabularies that there are, the commonest first.
  private static final List<String> ENDS =
      List.of("</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "<|im_end|>", "[SEP]");

  private AnswerTemplate() {}

  /// The template of a folder of tokenizer's files.
  ///
  /// @throws InputException for one that is broken
  static ChatTemplate of(Path folder, Tokenizer tokenizer) {
    Optional<String> plain = missing(folder, tokenizer);
    try {
      return plain.isPresent()
          ? ChatTemplate.of(plain.get(), Map.of(), Clock.systemDefaultZone())
          : ChatTemplate.load(folder.resolve("tokenizer_config.json"));
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /// The Jinja that a model is to be asked with, where its tokenizer has none; empty where it has.
  public static Optional<String> missing(Path folder, Tokenizer tokenizer) {
    Path config = folder.resolve("tokenizer_config.json");
    try {
      if (Files.exists(folder.resolve("chat_template.jinja"))
          || Files.isDirectory(folder.resolve("additional_chat_templates"))
          || Files.exists(config) && Files.readString(config).contains("\"chat_template\"")) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", config, e);
    }
    List<String> special = tokenizer.specialSpellings();
    String end =
        ENDS.stream()
            .filter(special::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s has no chat template, and its vocabulary no token that ends a text (%s): give it a chat_template.jinja"
                            .formatted(folder, String.join(", ", ENDS))));
    return Optional.of(
        "{%% for message in messages %%}{{ message['content'] + '%s' }}{%% endfor %%}"
            .formatted(end));
  }
}

package dev.imago.serve;

import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.modelfixtures.ByteVocabulary;
import dev.imago.modelfixtures.RandomWeights;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import tools.jackson.databind.json.JsonMapper;

/// A real model of random weights, in a Hugging Face folder: what it says has no sense, but every
/// byte of it comes from the runtime.
public final class TinyModel {
  static final int CONTEXT = 256;
  private static final int WIDTH = 64;

  private TinyModel() {}

  public static Path write(Path folder) throws IOException {
    return write(folder, true, (name, values) -> {});
  }

  /// A model that computes no numbers for a text with one token in it.
  static Path writeBroken(Path folder, int poison) throws IOException {
    return write(
        folder,
        false,
        (name, values) -> {
          if (name.equals("model.embed_tokens.weight")) {
            values[poison * WIDTH] = Float.NaN;
          }
        });
  }

  private static Path write(Path folder, boolean tied, BiConsumer<String, float[]> change)
      throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = tokenizer();
    var config =
        LlamaShape.plain(tokenizer.vocabularySize(), WIDTH, 2, 4, 2, 16, 96, CONTEXT, tied);
    new RandomWeights(new Random(7), 0.15f, 0).write(folder, config, change);
    Files.writeString(
        folder.resolve("config.json"), config.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("eos_token", "<|endoftext|>", "chat_template", ChatTemplate.CHATML)));
    return folder;
  }

  private static Tokenizer tokenizer() {
    return ByteVocabulary.tokenizer(ByteVocabulary.CHAT, ByteVocabulary.ENGLISH);
  }
}

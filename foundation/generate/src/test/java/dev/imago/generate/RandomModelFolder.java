package dev.imago.generate;

import dev.imago.model.ConfigJson;
import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.modelfixtures.ByteVocabulary;
import dev.imago.modelfixtures.RandomWeights;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/// A Hugging Face folder of random weights, with a vocabulary of the 256 bytes, a few merges, and
/// two special tokens.
final class RandomModelFolder {
  static final int END_OF_TEXT = 0;
  static final int END_OF_TURN = 1;

  private RandomModelFolder() {}

  static LlamaShape tiny(int layers, int width, boolean tied) {
    return LlamaShape.plain(320, width, layers, 4, 2, width / 4, 96, 128, tied);
  }

  static Tokenizer tokenizer() {
    return ByteVocabulary.tokenizer(List.of("<|endoftext|>", "<|im_end|>"), ByteVocabulary.ENGLISH);
  }

  /// @param stops whether the special tokens end an answer
  static Path write(Path folder, ModelShape config, long seed, boolean stops) throws IOException {
    return write(folder, config, seed, stops, (name, values) -> {});
  }

  /// @param change what is done to a tensor of this name
  static Path write(
      Path folder, ModelShape config, long seed, boolean stops, BiConsumer<String, float[]> change)
      throws IOException {
    Files.createDirectories(folder);
    // Wide enough that a wrong layout shows.
    new RandomWeights(new Random(seed), 0.15f, 0.1f).write(folder, config, change);
    var specials = new Specials(END_OF_TEXT, List.of(END_OF_TEXT, END_OF_TURN));
    String json = config.configJson(specials);
    Files.writeString(
        folder.resolve("config.json"),
        stops ? json : json.replace("\"eos_token_id\" : 0", "\"eos_token_id\" : null"));
    if (stops) {
      Files.writeString(folder.resolve("generation_config.json"), ConfigJson.generation(specials));
    }
    Files.write(folder.resolve("tokenizer.json"), tokenizer().toJson());
    return folder;
  }
}

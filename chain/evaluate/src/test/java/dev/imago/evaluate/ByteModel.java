package dev.imago.evaluate;

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

/// A Hugging Face folder of random weights over the 256 bytes and three special tokens.
final class ByteModel {
  static final int V = 259;

  private ByteModel() {}

  /// @param scale the standard deviation of the weights; 0 makes every token equally likely
  static Path write(Path folder, float scale) throws IOException {
    Files.createDirectories(folder);
    var config = LlamaShape.plain(V, 32, 2, 2, 1, 16, 64, 96, true);
    new RandomWeights(new Random(21), scale, 0).write(folder, config);
    Files.writeString(
        folder.resolve("config.json"), config.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer().toJson());
    return folder;
  }

  static Tokenizer tokenizer() {
    return ByteVocabulary.tokenizer(ByteVocabulary.CHAT, List.of());
  }
}

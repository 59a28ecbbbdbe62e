package dev.imago.evaluate;

import dev.imago.model.ModelShape;
import dev.imago.model.Specials;
import dev.imago.model.llama.LlamaShape;
import dev.imago.modelfixtures.ByteVocabulary;
import dev.imago.modelfixtures.RandomWeights;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/// A Hugging Face folder of random weights over the bytes and some merges, so that where a context
/// ends makes a difference to its tokens; the same for everyone, since peers are asked about it.
final class MergedModel {
  static final int CONTEXT = 256;

  private static final List<String> WORDS =
      List.of("Ġthe", "Ġand", "Ġsees", "Ġis", "Answer", "Question", "ing", "er", "Ġcat", "Ġno");

  private MergedModel() {}

  static Path write(Path folder) throws IOException {
    return write(
        folder, vocabulary -> LlamaShape.plain(vocabulary, 32, 2, 2, 1, 16, 64, CONTEXT, true));
  }

  /// @param shape by the size of the vocabulary
  static Path write(Path folder, IntFunction<ModelShape> shape) throws IOException {
    Files.createDirectories(folder);
    Tokenizer tokenizer = tokenizer();
    ModelShape config = shape.apply(tokenizer.vocabularySize());
    new RandomWeights(new Random(22), 0.3f, 0).write(folder, config);
    Files.writeString(
        folder.resolve("config.json"), config.configJson(new Specials(0, List.of(0, 2))));
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    Files.write(
        folder.resolve("tokenizer_config.json"),
        tokenizer.toConfigJson(ChatTemplate.CHATML, "<|endoftext|>", CONTEXT));
    return folder;
  }

  private static Tokenizer tokenizer() {
    var merges = new LinkedHashSet<String>();
    for (String word : WORDS) {
      for (int end = 2; end <= word.length(); end++) {
        merges.add(word.substring(0, end - 1) + " " + word.charAt(end - 1));
      }
    }
    return ByteVocabulary.tokenizer(ByteVocabulary.CHAT, new ArrayList<>(merges));
  }
}

package dev.imago.pretrain;

import dev.imago.data.TokenShards;
import dev.imago.model.Output;
import java.nio.file.Path;

/// The tokens that a model knows: the corpus's own, and what its objective adds to them.
sealed interface ModelVocabulary
    permits ModelVocabulary.Plain, MaskedVocabulary, SentinelVocabulary {
  /// Rows of the model's embedding.
  int size();

  /// Writes the tokenizer's files, which name all of them.
  void write(Path to);

  /// What the configured architecture needs.
  ///
  /// @param folder of the tokenizer's files
  static ModelVocabulary of(Pretrain.Config config, Path folder, TokenShards.Header header) {
    int size = header.vocabularySize();
    var least = config.shape(size, 8);
    if (least.output() instanceof Output.MaskedToken) {
      return new MaskedVocabulary(folder, size, header.endOfText());
    }
    if (least.decoderStart().isPresent()) {
      return new SentinelVocabulary(folder, size, header.endOfText());
    }
    return new Plain(folder, size);
  }

  /// The corpus's own tokens alone.
  record Plain(Path folder, int size) implements ModelVocabulary {
    @Override
    public void write(Path to) {
      PretrainedModel.copyTokenizer(folder, to);
    }
  }
}

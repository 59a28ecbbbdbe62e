package dev.imago.pretrain;

import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.AddedTokens;
import dev.imago.training.SpanCorruption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A vocabulary as an encoder and a decoder have it: with the sentinels that stand for spans, named
/// and numbered as T5's, added where it has none: `<extra_id_0>` is the last id.
final class SentinelVocabulary implements ModelVocabulary {
  private static final String NAME = "<extra_id_%d>";

  /// As many as T5 has.
  private static final int COUNT = 100;

  private final Path folder;
  private final int size;
  private final boolean added;
  private final SpanCorruption.Vocabulary ids;

  /// @param folder of the tokenizer's files
  /// @param vocabularySize of the tokens
  /// @param endOfText what ends each document, and what a decoder begins with
  SentinelVocabulary(Path folder, int vocabularySize, int endOfText) {
    this.folder = folder;
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    var sentinels = new ArrayList<Integer>();
    OptionalInt id = tokenizer.id(NAME.formatted(0));
    while (id.isPresent()) {
      sentinels.add(id.getAsInt());
      id = tokenizer.id(NAME.formatted(sentinels.size()));
    }
    this.added = sentinels.isEmpty();
    int least = Math.max(vocabularySize, tokenizer.vocabularySize());
    this.size = added ? least + COUNT : least;
    for (int i = 0; i < COUNT && added; i++) {
      sentinels.add(size - 1 - i);
    }
    this.ids = new SpanCorruption.Vocabulary(sentinels, endOfText, endOfText);
  }

  @Override
  public int size() {
    return size;
  }

  SpanCorruption.Vocabulary ids() {
    return ids;
  }

  @Override
  public void write(Path to) {
    var tokens = new ArrayList<AddedTokens.Token>();
    List<Integer> sentinels = ids.sentinels();
    for (int i = sentinels.size() - 1; i >= 0 && added; i--) {
      tokens.add(new AddedTokens.Token(sentinels.get(i), NAME.formatted(i), true));
    }
    AddedTokens.write(folder, to, tokens, config -> config.put("extra_ids", sentinels.size()));
  }
}

package dev.imago.tokenize;

import dev.imago.text.BpeTrainer;
import dev.imago.text.Counting;
import dev.imago.text.SplitPattern;
import dev.imago.text.Tokenizer;
import dev.imago.text.TrainedVocabulary;
import dev.imago.text.TrainingProgress;
import dev.imago.text.UnigramTrainer;
import dev.imago.text.WordCounts;
import dev.imago.text.WordLevelTrainer;
import dev.imago.text.WordPieceTrainer;
import dev.imago.text.WordSplit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The kinds of tokenizers that are trained, each with the split that it usually has.
public enum TokenizerKind {
  /// Byte-level BPE: any text, exactly.
  BPE,
  /// WordPiece of words and punctuation, as BERT's.
  WORDPIECE,
  /// A unigram model of pieces that know where words start, as T5's.
  UNIGRAM,
  /// Whole words and punctuation.
  WORDLEVEL;

  private static final String UNKNOWN = "<unk>";
  private static final String WORDS =
      "{\"normalizer\": {\"type\": \"NFC\"}, \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}}";
  private static final String PIECES =
      "{\"normalizer\": {\"type\": \"NFC\"}, \"pre_tokenizer\": {\"type\": \"Metaspace\","
          + " \"replacement\": \"▁\", \"prepend_scheme\": \"always\", \"split\": true}}";

  /// What to learn.
  ///
  /// @param vocabularySize tokens in all
  /// @param minimumFrequency what occurs less often is not learned
  /// @param specialTokens they come first
  /// @param pattern where byte-level BPE cuts text
  record Wanted(
      int vocabularySize, long minimumFrequency, List<String> specialTokens, SplitPattern pattern) {
    private List<String> withUnknown() {
      var tokens = new ArrayList<>(specialTokens);
      tokens.add(UNKNOWN);
      return tokens;
    }
  }

  Tokenizer train(
      Wanted wanted, Iterator<String> texts, Counting counting, TrainingProgress progress)
      throws InterruptedException {
    WordSplit split =
        switch (this) {
          case BPE -> WordSplit.bytes(wanted.pattern());
          case WORDPIECE, WORDLEVEL -> WordSplit.json(WORDS);
          case UNIGRAM -> WordSplit.json(PIECES);
        };
    try (var words = WordCounts.of(texts, split, counting, progress)) {
      return learn(wanted, words, counting.threads(), progress).tokenizer();
    }
  }

  private TrainedVocabulary learn(
      Wanted wanted, WordCounts words, int threads, TrainingProgress progress)
      throws InterruptedException {
    return switch (this) {
      case BPE ->
          BpeTrainer.train(
              BpeTrainer.Settings.of(wanted.vocabularySize())
                  .minimumFrequency(wanted.minimumFrequency())
                  .specialTokens(wanted.specialTokens()),
              words,
              progress);
      case WORDPIECE ->
          WordPieceTrainer.train(
              new WordPieceTrainer.Settings(
                  wanted.vocabularySize(),
                  wanted.minimumFrequency(),
                  wanted.withUnknown(),
                  OptionalInt.of(Math.max(1, wanted.vocabularySize() / 4)),
                  "",
                  "##",
                  UNKNOWN),
              words,
              progress);
      case UNIGRAM -> {
        var usual = UnigramTrainer.Settings.of(wanted.vocabularySize());
        yield UnigramTrainer.train(
            new UnigramTrainer.Settings(
                wanted.vocabularySize(),
                wanted.withUnknown(),
                Optional.of(UNKNOWN),
                "",
                usual.seedSize(),
                usual.maxPieceLength(),
                usual.shrinkingFactor(),
                usual.subIterations(),
                threads),
            words,
            progress);
      }
      case WORDLEVEL ->
          WordLevelTrainer.train(
              new WordLevelTrainer.Settings(
                  wanted.vocabularySize(),
                  wanted.minimumFrequency(),
                  wanted.withUnknown(),
                  UNKNOWN),
              words,
              progress);
    };
  }
}

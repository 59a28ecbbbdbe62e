package dev.imago.pretrain;

import dev.imago.data.TokenShards;
import java.util.Arrays;

/// What depends on the corpus where a recipe leaves it open.
///
/// @param context tokens in a sequence
/// @param tokens to train on in all
record Sizes(int context, long tokens) {
  /// The longest context that is chosen.
  static final int LONGEST = 512;

  /// The shortest: a template, a question and an answer must have room, however short the texts.
  private static final int SHORTEST = 128;

  /// The context for documents that are longer than any that is chosen for them.
  private static final int USUAL = 256;

  /// Of documents that a context should hold whole.
  private static final double HELD_WHOLE = 0.9;

  /// How often a small corpus is read: more teaches it by heart.
  private static final int EPOCHS = 8;

  /// What a few minutes on two cores train a model of depth 4 on.
  private static final long MOST_TOKENS = 3_200_000;

  static Sizes of(Pretrain.Config config, TokenShards train) {
    return new Sizes(
        config.context() == 0 ? context(train) : config.context(),
        config.tokens() == 0 ? tokens(train.size()) : config.tokens());
  }

  /// As far as they are known before the corpus is.
  ///
  /// @param size tokens of the corpus, about
  static Sizes of(Pretrain.Config config, long size) {
    return new Sizes(
        config.context() == 0 ? USUAL : config.context(),
        config.tokens() == 0 ? tokens(size) : config.tokens());
  }

  /// @param size tokens of the corpus
  static long tokens(long size) {
    return Math.max(1, Math.min(MOST_TOKENS, EPOCHS * size));
  }

  /// Updates of the weights, the last perhaps beyond the tokens.
  long steps(Pretrain.Config config) {
    long perStep = (long) context * config.batch() * config.accumulate();
    return (tokens + perStep - 1) / perStep;
  }

  private static int context(TokenShards train) {
    long[] lengths = new long[train.documents()];
    for (int d = 0; d < lengths.length; d++) {
      lengths[d] = train.start(d + 1) - train.start(d);
    }
    return context(lengths, train.size());
  }

  /// The least power of two, from 128 on, that holds nine documents of ten whole; less for a corpus
  /// that has not so much.
  ///
  /// @param lengths of the documents, in tokens
  static int context(long[] lengths, long size) {
    long[] sorted = lengths.clone();
    Arrays.sort(sorted);
    long held =
        sorted.length == 0 ? USUAL : sorted[(int) Math.ceil(HELD_WHOLE * sorted.length) - 1];
    int context = SHORTEST;
    while (context < held && context <= LONGEST) {
      context *= 2;
    }
    context = context > LONGEST ? USUAL : context;
    while (context > 8 && context >= size) {
      context /= 2;
    }
    return context;
  }
}

package dev.imago.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What held-out text is scored, and from what context.
///
/// The protocol: every held-out document, its end-of-text id included, is cut into blocks of half a
/// window, none across documents. Blocks are drawn evenly from all of them (seeded, without
/// replacement) until the token budget is met, so each held-out token is as likely to be scored as
/// any other, and is predicted once, in one pass of a full window: from at least half a window of
/// tokens of its own document where there are that many, and from the end-of-text id before the
/// document's first. With a budget above the held-out size this is the usual strided protocol.
///
/// Every model and the baseline are given the same blocks. A block's bytes are those of its tokens
/// (scaled, for tokenizers that change the text, so that a document's blocks sum to its bytes).
///
/// @param window tokens that a model sees at once, at least 2
/// @param blocks in the order of the text
record Excerpts(int window, List<Block> blocks) {
  /// A stretch of one document.
  ///
  /// @param ids context tokens, then those to be scored
  /// @param context how many of the ids are context, at least 1
  /// @param bytes UTF-8 bytes of the scored tokens
  record Block(int document, int[] ids, int context, double bytes) {
    int scored() {
      return ids.length - context;
    }
  }

  Excerpts {
    if (window < 2) {
      throw new IllegalArgumentException(
          "window = " + window + " has no room for context; it is 2 at least");
    }
    blocks = List.copyOf(blocks);
  }

  long tokens() {
    return blocks.stream().mapToLong(Block::scored).sum();
  }

  /// @param tokenBytes the UTF-8 bytes of each id; 0 for special ones
  /// @param budget tokens to score, about
  static Excerpts draw(
      TokenShards tokens, int endOfText, int[] tokenBytes, int window, long budget, long seed) {
    int stride = window / 2;
    long left = 0;
    for (int d = 0; d < tokens.documents(); d++) {
      left += blocks(tokens, d, stride);
    }
    long wanted = (budget + stride - 1) / stride;
    var random = new SplittableRandom(seed);
    var drawn = new ArrayList<Block>();
    for (int d = 0; d < tokens.documents(); d++) {
      double scale = 0;
      long blocks = blocks(tokens, d, stride);
      for (long b = 0; b < blocks; b++, left--) {
        // Selection sampling: Knuth, The Art of Computer Programming, vol. 2, 3.4.2, algorithm S.
        if (random.nextDouble() * left >= wanted) {
          continue;
        }
        wanted--;
        if (scale == 0) {
          scale = scale(tokens, d, tokenBytes);
        }
        drawn.add(block(tokens, d, b * stride, stride, window, endOfText, tokenBytes, scale));
      }
    }
    return new Excerpts(window, drawn);
  }

  private static long length(TokenShards tokens, int document) {
    return tokens.start(document + 1) - tokens.start(document);
  }

  private static long blocks(TokenShards tokens, int document, int stride) {
    return (length(tokens, document) + stride - 1) / stride;
  }

  /// Bytes of the document's text for each byte of its tokens: 1 where the tokenizer is byte-level.
  private static double scale(TokenShards tokens, int document, int[] tokenBytes) {
    long sum = 0;
    for (long p = tokens.start(document); p < tokens.start(document + 1); p++) {
      sum += tokenBytes[tokens.id(p)];
    }
    return sum == 0 ? 1 : (double) tokens.bytes(document) / sum;
  }

  private static Block block(
      TokenShards tokens,
      int document,
      long offset,
      int stride,
      int window,
      int endOfText,
      int[] tokenBytes,
      double scale) {
    int scored = (int) Math.min(stride, length(tokens, document) - offset);
    int context = (int) Math.min(window - scored, offset + 1);
    int[] ids = new int[context + scored];
    double bytes = 0;
    for (int i = 0; i < ids.length; i++) {
      long at = offset - context + i;
      ids[i] = at < 0 ? endOfText : tokens.id(tokens.start(document) + at);
      bytes += i < context ? 0 : tokenBytes[ids[i]];
    }
    return new Block(document, ids, context, bytes * scale);
  }
}

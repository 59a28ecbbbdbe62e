package dev.imago.evaluate;

import dev.imago.core.Progress;
import java.util.Arrays;

/// The code lengths of held-out text, by document, for a model or a baseline.
final class HeldOutText {
  private final Excerpts excerpts;
  private final int[] documents;

  HeldOutText(Excerpts excerpts) {
    this.excerpts = excerpts;
    this.documents =
        excerpts.blocks().stream().mapToInt(Excerpts.Block::document).distinct().toArray();
  }

  /// Documents of which something is scored: the units to resample.
  int documents() {
    return documents.length;
  }

  /// Tokens scored.
  long tokens() {
    return excerpts.tokens();
  }

  int window() {
    return excerpts.window();
  }

  /// Bytes of each document's scored part.
  double[] bytes() {
    double[] bytes = new double[documents.length];
    for (Excerpts.Block block : excerpts.blocks()) {
      bytes[unit(block)] += block.bytes();
    }
    return bytes;
  }

  /// Bits that a model needs for each document's scored part.
  double[] bits(Scorer scorer, Progress progress) throws InterruptedException {
    double[] bits = new double[documents.length];
    for (Excerpts.Block block : excerpts.blocks()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      float[] logs = scorer.logProbabilities(block.ids());
      for (int i = block.context(); i < block.ids().length; i++) {
        bits[unit(block)] -= logs[i - 1] / Math.log(2);
      }
      progress.add(block.scored());
    }
    return bits;
  }

  /// Bits that a baseline needs for each document's scored part.
  double[] bits(Baseline baseline) {
    double[] bits = new double[documents.length];
    for (Excerpts.Block block : excerpts.blocks()) {
      int[] ids = block.ids();
      for (int i = block.context(); i < ids.length; i++) {
        bits[unit(block)] -= Math.log(baseline.probability(ids[i - 1], ids[i])) / Math.log(2);
      }
    }
    return bits;
  }

  /// Blocks come in the order of their documents.
  private int unit(Excerpts.Block block) {
    return Arrays.binarySearch(documents, block.document());
  }
}

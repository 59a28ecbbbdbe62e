package dev.imago.evaluate;

import dev.imago.core.Progress;
import java.util.Arrays;

/// The code lengths of held-out text, by document, for a model or a baseline; by block where there
/// is one document only, or there would be nothing to resample.
final class HeldOutText {
  private final Excerpts excerpts;
  private final int[] documents;

  HeldOutText(Excerpts excerpts) {
    this.excerpts = excerpts;
    this.documents =
        excerpts.blocks().stream().mapToInt(Excerpts.Block::document).distinct().toArray();
  }

  /// Documents of which something is scored.
  int documents() {
    return documents.length;
  }

  /// What is resampled: documents, or the blocks of the only one.
  int units() {
    return documents.length == 1 ? excerpts.blocks().size() : documents.length;
  }

  /// Tokens scored.
  long tokens() {
    return excerpts.tokens();
  }

  int window() {
    return excerpts.window();
  }

  /// Bytes of each unit's scored part.
  double[] bytes() {
    double[] bytes = new double[units()];
    for (int b = 0; b < excerpts.blocks().size(); b++) {
      bytes[unit(b)] += excerpts.blocks().get(b).bytes();
    }
    return bytes;
  }

  /// Bits that a model needs for each unit's scored part.
  double[] bits(Scorer scorer, Progress progress) throws InterruptedException {
    double[] bits = new double[units()];
    for (int b = 0; b < excerpts.blocks().size(); b++) {
      Excerpts.Block block = excerpts.blocks().get(b);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      float[] logs = scorer.logProbabilities(block.ids());
      for (int i = block.context(); i < block.ids().length; i++) {
        bits[unit(b)] -= logs[i - 1] / Math.log(2);
      }
      progress.add(block.scored());
    }
    return bits;
  }

  /// Bits that a baseline needs for each unit's scored part.
  double[] bits(Baseline baseline) {
    double[] bits = new double[units()];
    for (int b = 0; b < excerpts.blocks().size(); b++) {
      Excerpts.Block block = excerpts.blocks().get(b);
      int[] ids = block.ids();
      for (int i = block.context(); i < ids.length; i++) {
        bits[unit(b)] -= Math.log(baseline.probability(ids[i - 1], ids[i])) / Math.log(2);
      }
    }
    return bits;
  }

  /// Blocks come in the order of their documents.
  private int unit(int block) {
    return documents.length == 1
        ? block
        : Arrays.binarySearch(documents, excerpts.blocks().get(block).document());
  }
}

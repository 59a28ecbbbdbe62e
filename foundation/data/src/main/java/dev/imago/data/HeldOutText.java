package dev.imago.data;

import dev.imago.core.InputException;
import dev.imago.core.Progress;
import java.util.Arrays;

/// The one definition of a held-out loss: which text is scored ([Excerpts] tells the protocol), and
/// what a model needs for it, by document; by block where there is one document only, or there
/// would be nothing to resample.
public final class HeldOutText {
  private final Excerpts excerpts;
  private final int[] documents;

  HeldOutText(Excerpts excerpts) {
    this.excerpts = excerpts;
    this.documents =
        excerpts.blocks().stream().mapToInt(Excerpts.Block::document).distinct().toArray();
  }

  /// Draws what is scored: the same for every model of the same tokens, window, budget and seed.
  ///
  /// @param tokenBytes the UTF-8 bytes of each id; 0 for special ones
  /// @param window tokens that a model sees at once, at least 2
  /// @param budget tokens to score, about
  /// @throws InputException where nothing is held out
  public static HeldOutText draw(
      TokenShards heldout, int endOfText, int[] tokenBytes, int window, long budget, long seed) {
    if (heldout.documents() < 1) {
      throw new InputException(
          "held-out documents = 0: there is nothing to measure on; give more documents, or hold out"
              + " a larger share (prepare.heldoutFraction)");
    }
    return new HeldOutText(Excerpts.draw(heldout, endOfText, tokenBytes, window, budget, seed));
  }

  /// Documents of which something is scored.
  public int documents() {
    return documents.length;
  }

  /// What is resampled: documents, or the blocks of the only one.
  public int units() {
    return documents.length == 1 ? excerpts.blocks().size() : documents.length;
  }

  /// Tokens scored.
  public long tokens() {
    return excerpts.tokens();
  }

  public int window() {
    return excerpts.window();
  }

  /// Bytes of each unit's scored part.
  private double[] bytes() {
    double[] bytes = new double[units()];
    for (int b = 0; b < excerpts.blocks().size(); b++) {
      bytes[unit(b)] += excerpts.blocks().get(b).bytes();
    }
    return bytes;
  }

  /// Tokens of each unit's scored part.
  private double[] unitTokens() {
    double[] tokens = new double[units()];
    for (int b = 0; b < excerpts.blocks().size(); b++) {
      tokens[unit(b)] += excerpts.blocks().get(b).scored();
    }
    return tokens;
  }

  /// What a model needs for each unit's scored part.
  public HeldOutLoss loss(Scorer scorer, Progress progress) throws InterruptedException {
    return new HeldOutLoss(bits(scorer, progress), unitTokens(), bytes());
  }

  private double[] bits(Scorer scorer, Progress progress) throws InterruptedException {
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

  /// Blocks come in the order of their documents.
  private int unit(int block) {
    return documents.length == 1
        ? block
        : Arrays.binarySearch(documents, excerpts.blocks().get(block).document());
  }
}

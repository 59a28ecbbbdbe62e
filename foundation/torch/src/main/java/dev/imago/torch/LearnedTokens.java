package dev.imago.torch;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Learned vectors that stand before each sequence as if they were tokens: in the place of their
/// embeddings (Lester et al. 2021, arXiv:2104.08691), or of their keys and values in each layer (Li
/// & Liang 2021, arXiv:2101.00190). They take the first positions, and nothing is told at them.
///
/// *B sequences of T tokens, n virtual tokens before each, L layers, K key–value heads of width C.*
///
/// @param slot [n,D] of embeddings, or [n,L·2·K·C]: of each layer the keys, turned to their
///   positions, then the values
/// @param keys which of the two
public record LearnedTokens(Slot slot, boolean keys) {
  /// n.
  int count() {
    return slot.rows().getFirst();
  }

  /// A batch with n more ids before each sequence, of which nothing is to be predicted.
  Batch before(Batch batch) {
    if (batch.source() != null || batch.begins().length > 0 || batch.goesOn()) {
      throw new IllegalArgumentException(
          "virtual tokens stand before rows of one text each, and not before an encoder's");
    }
    int n = count();
    int[] none = new int[batch.sequences()];
    Arrays.fill(none, Batch.IGNORED);
    int length = n + batch.length();
    Batch to = Batch.of(batch.sequences(), length, new int[batch.sequences() * length], none);
    if (batch.lengths().length > 0) {
      to = to.withLengths(Arrays.stream(batch.lengths()).map(one -> n + one).toArray());
    }
    if (batch.segments().length > 0) {
      int[] segments = new int[to.ids().length];
      for (int b = 0; b < batch.sequences(); b++) {
        System.arraycopy(
            batch.segments(), b * batch.length(), segments, b * length + n, batch.length());
      }
      to = to.withSegments(segments);
    }
    return batch.draw() == null ? to : to.drawing(batch.draw());
  }

  /// The embeddings of a step's tokens behind those of the virtual ones: x [B·T,D] → [B·(n+T),D].
  Tensor embedded(Tensor leaf, Tensor x, long sequences) {
    long width = x.size(1);
    Tensor first = keys ? Place.of(x).zeros(count(), width) : leaf;
    return joined(first, x.view(sequences, x.size(0) / sequences, width), sequences);
  }

  /// A layer's keys or values with the learned ones in the first places: x [B·(n+T),K·C] → the
  /// same.
  ///
  /// @param part 2·layer for keys, 2·layer + 1 for values
  Tensor placed(Tensor leaf, Tensor x, long sequences, int part) {
    long width = x.size(1);
    long rows = x.size(0) / sequences;
    Tensor own = leaf.narrow(1, part * width, width);
    return joined(
        own, x.view(sequences, rows, width).narrow(1, count(), rows - count()), sequences);
  }

  private Tensor joined(Tensor first, Tensor rest, long sequences) {
    long width = rest.size(2);
    Tensor all = first.unsqueeze(0).expand(sequences, count(), width);
    Tensor both = torch.cat(new TensorArrayRef(new TensorVector(all, rest)), 1);
    return both.view(sequences * both.size(1), width);
  }

  /// What a model makes of the tokens alone, where it gives a row for each: y [B·(n+T),D] →
  /// [B·T,D]; rows of sequences stay.
  Tensor without(Tensor y, Batch batch) {
    long rows = count() + batch.length();
    if (y.size(0) != batch.sequences() * rows) {
      return y;
    }
    return y.view(batch.sequences(), rows, y.size(1))
        .narrow(1, count(), batch.length())
        .reshape((long) batch.sequences() * batch.length(), y.size(1));
  }
}

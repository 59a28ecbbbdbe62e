package dev.imago.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/// What some blocks of a pass gave, counted from 1.
///
/// What goes on is another name for what is kept, so that all the gradient that comes back through
/// it is summed before it meets the kept one's own: the same order of sums whether blocks are
/// computed again or not.
final class HiddenStates {
  private final Set<Integer> wanted;
  private final PointerScope step;
  private final Map<Integer, Tensor> states = new HashMap<>();
  private int block;

  /// @param step the scope that they live in
  HiddenStates(Set<Integer> wanted, PointerScope step) {
    this.wanted = wanted;
    this.step = step;
  }

  /// A block has given this.
  ///
  /// @return what the next one takes
  Tensor passed(Tensor y) {
    block++;
    if (!wanted.contains(block)) {
      return y;
    }
    step.attach(y);
    states.put(block, y);
    return y.is_leaf() ? y : y.view_as(y);
  }

  /// [B·T,D].
  Tensor of(int number) {
    Tensor found = states.get(number);
    if (found == null) {
      throw new IllegalArgumentException(
          "there is no block %d, of %d in all".formatted(number, block));
    }
    return found;
  }
}

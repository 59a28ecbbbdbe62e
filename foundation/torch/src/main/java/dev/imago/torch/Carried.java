package dev.imago.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/// The states that recurrent layers had at the end of the step before, for rows that go on: no
/// gradient goes back through them. Mikolov et al. 2010; truncated backpropagation through time.
///
/// What a step ends with is kept apart until it is taken: a block that is computed again begins
/// with the same state. Owns native memory.
///
/// *N rows of a step, S numbers of a row's state, of all layers.*
final class Carried implements AutoCloseable {
  private final Mirrored states;
  private final Tensor next;

  Carried(int rows, int width, Place place) {
    this.states = new Mirrored(place, place.zeros(rows, width));
    this.next = place.zeros(rows, width);
  }

  /// Of the last step that was taken.
  Mirrored states() {
    return states;
  }

  /// What some rows begin with: [1,n,D].
  Tensor begin(long row, long n, long from, long width) {
    return part(states.tensor(), row, n, from, width).unsqueeze(0).contiguous();
  }

  /// What they end with.
  void end(long row, long from, Tensor state) {
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor own = state.detach().squeeze(0);
      part(next, row, own.size(0), from, own.size(1)).copy_(own);
    }
  }

  private static Tensor part(Tensor all, long row, long n, long from, long width) {
    return all.narrow(0, row, n).narrow(1, from, width);
  }

  /// The step is taken.
  void take() {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      states.tensor().copy_(next);
      states.changed();
    }
  }

  @Override
  public void close() {
    states.close();
    next.close();
  }
}

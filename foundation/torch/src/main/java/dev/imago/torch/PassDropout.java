package dev.imago.torch;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Dropout in one pass: each mask is drawn at the next place of the pass, so that a block that is
/// computed again from its place on gets the same ones.
final class PassDropout {
  private final @Nullable Draw draw;
  private final Place device;

  /// The next place of the pass that draws numbers.
  private int place;

  /// @param draw where numbers come from; null where nothing is dropped
  /// @param device where masks stand
  PassDropout(@Nullable Draw draw, int firstPlace, Place device) {
    this.device = device;
    this.draw = draw;
    this.place = firstPlace;
  }

  boolean drops(float rate) {
    return rate > 0 && draw != null;
  }

  /// What is multiplied by, where [#drops]: [sequences · each].
  ///
  /// @param each numbers of a sequence
  Tensor mask(float rate, long sequences, long each) {
    if (draw == null) {
      throw new IllegalStateException("nothing is drawn in this pass");
    }
    return DropoutMask.of(device, draw, place++, rate, (int) sequences, each);
  }

  int place() {
    return place;
  }

  /// Goes back to a place of the pass.
  void place(int earlier) {
    place = earlier;
  }
}

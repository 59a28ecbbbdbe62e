package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Numbers that the operations compute with and the rest of the program reads and writes: one
/// tensor in the machine's memory, or one on a device with a mirror there. The mirror is brought up
/// to date when it is asked for, and the device when it computes again; what was handed out counts
/// as changed. Owns the mirror and its tensor.
final class Mirrored implements AutoCloseable {
  private final Tensor own;
  private final Place place;
  private @Nullable Tensor mirror;

  /// The device has computed since the mirror was last filled.
  private boolean behind = true;

  /// The mirror was handed out since the device last got it.
  private boolean handedOut;

  /// @param own a tensor that stands in this place, taken over
  Mirrored(Place place, Tensor own) {
    this.place = place;
    this.own = own;
  }

  /// What operations compute with: [#settle] comes before, [#changed] after what writes it.
  Tensor tensor() {
    return own;
  }

  /// The numbers in the machine's memory, in place, until something is computed.
  MemorySegment memory() {
    if (!place.apart()) {
      return Libtorch.memory(own);
    }
    Tensor to = mirror;
    if (to == null) {
      try (PointerScope _ = new PointerScope()) {
        to = place.staging(ScalarType.Float, own.numel()).zero_().retainReference();
      }
      mirror = to;
    }
    if (behind) {
      copy(to, own);
    }
    behind = false;
    handedOut = true;
    return Libtorch.memory(to);
  }

  /// Brings to the device what may have been written.
  void settle() {
    Tensor from = mirror;
    if (handedOut && from != null) {
      copy(own, from);
      handedOut = false;
    }
  }

  /// The device has written.
  void changed() {
    behind = true;
  }

  private static void copy(Tensor to, Tensor from) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      to.view(-1).copy_(from.view(-1));
    }
  }

  @Override
  public void close() {
    own.close();
    if (mirror != null) {
      mirror.close();
    }
  }
}

package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// What dropout multiplies by: 0, or 1 / (1 − rate).
final class DropoutMask {
  /// Bits of a number that decide.
  private static final int BITS = 24;

  /// Numbers that are made at a time: within the first cache.
  private static final int CHUNK = 4096;

  private DropoutMask() {}

  /// @param draw of the batch
  /// @param place in the pass
  /// @param rate 0 … 1, less than 1
  /// @param sequences of the batch
  /// @param each numbers of a sequence
  /// @return [sequences · each]
  static Tensor of(Draw draw, int place, float rate, int sequences, long each) {
    Tensor mask = torch.empty(sequences * each);
    MemorySegment memory = Libtorch.memory(mask);
    int[] some = new int[(int) Math.min(CHUNK, each)];
    for (int s = 0; s < sequences; s++) {
      long key = draw.key(s, place);
      for (long from = 0; from < each; from += CHUNK) {
        int n = (int) Math.min(CHUNK, each - from);
        fill(some, n, (int) from, key, rate);
        MemorySegment.copy(some, 0, memory, ValueLayout.JAVA_INT, 4 * (s * each + from), n);
      }
    }
    return mask;
  }

  /// The bits of floats, without a branch, so that it is compiled to vectors: Wellons' lowbias32 of
  /// the place and the key.
  private static void fill(int[] to, int n, int from, long key, float rate) {
    int low = (int) key;
    int high = (int) (key >>> 32);
    int most = (int) (rate * (1 << BITS));
    int kept = Float.floatToRawIntBits(1 / (1 - rate));
    for (int i = 0; i < n; i++) {
      int x = (from + i) * 0x9E3779B9 + low;
      x ^= x >>> 16;
      x *= 0x7feb352d;
      x ^= x >>> 15;
      x = (x ^ high) * 0x846ca68b;
      x ^= x >>> 16;
      to[i] = ~(((x >>> (32 - BITS)) - most) >> 31) & kept;
    }
  }
}

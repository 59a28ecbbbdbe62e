package dev.imago.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// What dropout multiplies by: 0, or 1 / (1 − rate).
final class DropoutMask {
  /// Bits of a number that decide.
  private static final int BITS = 24;

  /// Numbers that are made at a time: within the first cache.
  private static final int CHUNK = 4096;

  /// The lower half of 64 bits.
  private static final long LOWER = 0xFFFF_FFFFL;

  private DropoutMask() {}

  /// @param device where it is to stand
  /// @param draw of the batch
  /// @param place in the pass
  /// @param rate 0 … 1, less than 1
  /// @param sequences of the batch
  /// @param each numbers of a sequence
  /// @return [sequences · each]
  static Tensor of(Place device, Draw draw, int place, float rate, int sequences, long each) {
    if (device.draws()) {
      return drawn(device, draw, place, rate, sequences, each);
    }
    Tensor mask = device.staging(ScalarType.Float, sequences * each);
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
    return device.there(mask, ScalarType.Float);
  }

  /// The same numbers by operations of tensors: 32 bits each, in the lower half of int64.
  private static Tensor drawn(
      Place device, Draw draw, int place, float rate, int sequences, long each) {
    long[] low = new long[sequences];
    long[] high = new long[sequences];
    for (int s = 0; s < sequences; s++) {
      long key = draw.key(s, place);
      low[s] = key & LOWER;
      high[s] = key >>> 32;
    }
    Tensor x = device.counting(each).mul_(new Scalar(0x9E3779B9L)).bitwise_and_(new Scalar(LOWER));
    x = device.longs(low).view(sequences, 1).add(x.view(1, each));
    folded(x, 16, 0x7feb352dL);
    mixed(x, 15);
    x.bitwise_xor_(device.longs(high).view(sequences, 1));
    x.mul_(new Scalar(0x846ca68bL)).bitwise_and_(new Scalar(LOWER));
    mixed(x, 16);
    long most = (int) (rate * (1 << BITS));
    x.bitwise_right_shift_(new Scalar(32L - BITS));
    Tensor kept = x.ge(new Scalar(most));
    Tensor mask =
        kept.to(ScalarType.Float)
            .mul_(new Scalar((double) (1 / (1 - rate))))
            .view(sequences * each);
    kept.close();
    x.close();
    return mask;
  }

  /// x ^ (x >>> bits), times a factor, modulo 2³².
  private static void folded(Tensor x, long bits, long factor) {
    x.bitwise_and_(new Scalar(LOWER));
    mixed(x, bits);
    x.mul_(new Scalar(factor)).bitwise_and_(new Scalar(LOWER));
  }

  /// x ^ (x >>> bits). Closed at once: a pass ends long after, and each is twice the mask's size.
  private static void mixed(Tensor x, long bits) {
    try (Tensor shifted = x.bitwise_right_shift(new Scalar(bits))) {
      x.bitwise_xor_(shifted);
    }
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

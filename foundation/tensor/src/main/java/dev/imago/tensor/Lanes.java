package dev.imago.tensor;

import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The vectors that the kernels use, and how each stored type becomes floats in them: exactly.
///
/// Every operation here gives the same bits interpreted and compiled. That rules out
/// `reduceLanes(ADD)`, whose order is left open, and the library's `EXP`.
final class Lanes {
  /// 128, 256 or 512 bits, as the machine has.
  static final VectorSpecies<Float> FLOATS =
      switch (FloatVector.SPECIES_PREFERRED.length()) {
        case 2, 4 -> FloatVector.SPECIES_128;
        case 8 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_512;
      };

  /// L: 4, 8 or 16.
  static final int COUNT = FLOATS.length();

  /// Sums that a product of rows runs side by side: 32 columns a round, but at most four.
  static final int CHAINS = Math.min(4, 32 / COUNT);

  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(COUNT * 16));

  /// Of 64 bits at least: there is no narrower vector.
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, COUNT * 8)));

  /// 0, 1, 2 …
  static final IntVector NUMBERS = IntVector.zero(INTS).addIndex(1);

  /// What moves each byte of an int to the top of its own lane, the first byte the lowest.
  private static final IntVector BYTE_TO_TOP =
      IntVector.fromArray(INTS, new int[] {24, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);

  /// Each is the identity turned by a power of two, so that lane i meets lane i + that many.
  private static final VectorShuffle<Float> TURN_8 = turn(8);

  private static final VectorShuffle<Float> TURN_4 = turn(4);

  private static final VectorShuffle<Float> TURN_2 = turn(2);
  private static final VectorShuffle<Float> TURN_1 = turn(1);

  /// 2¹¹²: the difference of the exponents' biases, 127 − 15.
  private static final float HALF_TO_FLOAT = 0x1p112f;

  private Lanes() {}

  private static VectorShuffle<Float> turn(int by) {
    return VectorShuffle.iota(FLOATS, by % COUNT, 1, true);
  }

  /// All lanes' sum, as a balanced tree.
  static float sum(FloatVector v) {
    if (COUNT >= 16) {
      v = v.add(v.rearrange(TURN_8));
    }
    if (COUNT >= 8) {
      v = v.add(v.rearrange(TURN_4));
    }
    v = v.add(v.rearrange(TURN_2));
    return v.add(v.rearrange(TURN_1)).lane(0);
  }

  /// Sums of `count` groups of [#CHAINS] vectors, the first of all groups end to end, then the
  /// second of all …: x[at … at + count − 1].
  ///
  /// Kernels leave their many accumulators in an array for this: vectors that are handed to a
  /// method become objects wherever the compiler does not inline it, which it stops doing in a
  /// large one.
  ///
  /// Halves are added by loads of half the width: to turn lanes costs the compiled loop more than
  /// the products before it (65 of 100 samples of decoding in F16 were here). The tree is [#sum]'s.
  static void sums(float[] x, int at, int count) {
    for (int i = 0; i < count; i++) {
      FloatVector first = FloatVector.fromArray(FLOATS, x, at + i * COUNT);
      FloatVector second = FloatVector.fromArray(FLOATS, x, at + (count + i) * COUNT);
      if (CHAINS == 4) {
        first = first.add(FloatVector.fromArray(FLOATS, x, at + (2 * count + i) * COUNT));
        second = second.add(FloatVector.fromArray(FLOATS, x, at + (3 * count + i) * COUNT));
      }
      first.add(second).intoArray(x, at + i * COUNT);
    }
    if (COUNT >= 16) {
      for (int o = at; o < at + count * COUNT; o += COUNT) {
        FloatVector low = FloatVector.fromArray(FloatVector.SPECIES_256, x, o);
        low.add(FloatVector.fromArray(FloatVector.SPECIES_256, x, o + 8)).intoArray(x, o);
      }
    }
    if (COUNT >= 8) {
      for (int o = at; o < at + count * COUNT; o += COUNT) {
        FloatVector low = FloatVector.fromArray(FloatVector.SPECIES_128, x, o);
        low.add(FloatVector.fromArray(FloatVector.SPECIES_128, x, o + 4)).intoArray(x, o);
      }
    }
    for (int i = 0; i < count; i++) { // what is written lies before what is still to be read
      int o = at + i * COUNT;
      x[at + i] = (x[o] + x[o + 2]) + (x[o + 1] + x[o + 3]);
    }
  }

  static FloatVector f32(MemorySegment data, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, data, offset, ByteOrder.LITTLE_ENDIAN);
  }

  /// Half precision by its bits: exponent and fraction moved to their places in a float, then the
  /// bias mended by a product, which is exact, for subnormal halves too. Infinities and NaN become
  /// numbers from 65,536 on: a model's file has none.
  static FloatVector f16(MemorySegment data, long offset) {
    ShortVector halves =
        ShortVector.fromMemorySegment(SHORTS, data, offset, ByteOrder.LITTLE_ENDIAN);
    IntVector bits = (IntVector) halves.castShape(INTS, 0);
    return bits.lanewise(LSHL, 13)
        .lanewise(AND, 0x8fffe000)
        .reinterpretAsFloats()
        .mul(HALF_TO_FLOAT);
  }

  static FloatVector bf16(MemorySegment data, long offset) {
    ShortVector halves =
        ShortVector.fromMemorySegment(SHORTS, data, offset, ByteOrder.LITTLE_ENDIAN);
    return ((IntVector) halves.castShape(INTS, 0)).lanewise(LSHL, 16).reinterpretAsFloats();
  }

  /// Signed bytes times a scale: exact, as 7 and 11 bits make 18.
  static FloatVector q8(MemorySegment data, long offset, float scale) {
    if (COUNT == 4) { // four bytes are no vector: an int that each lane shifts for itself
      IntVector four = IntVector.broadcast(INTS, data.get(HostTensor.I32, offset));
      IntVector bytes = four.lanewise(LSHL, BYTE_TO_TOP).lanewise(ASHR, 24);
      return ((FloatVector) bytes.castShape(FLOATS, 0)).mul(scale);
    }
    ByteVector bytes = ByteVector.fromMemorySegment(BYTES, data, offset, ByteOrder.LITTLE_ENDIAN);
    return ((FloatVector) bytes.castShape(FLOATS, 0)).mul(scale);
  }

  /// L bytes, as ints: what bits they have above is left open. Vectors of eight lanes at least.
  static IntVector bits(MemorySegment data, long offset) {
    return (IntVector)
        ByteVector.fromMemorySegment(BYTES, data, offset, ByteOrder.LITTLE_ENDIAN)
            .castShape(INTS, 0);
  }

  /// The four bits from `shift` on, times a scale, plus something: exact but for that sum.
  static FloatVector scaled(IntVector bits, int shift, float scale, float more) {
    IntVector four = (shift == 0 ? bits : bits.lanewise(LSHR, shift)).lanewise(AND, 15);
    return affine(four, scale, more);
  }

  /// Whole numbers times a scale, plus something: exact but for that sum.
  static FloatVector affine(IntVector numbers, float scale, float more) {
    return ((FloatVector) numbers.castShape(FLOATS, 0)).fma(splat(scale), splat(more));
  }

  /// x = e^(sign · x − less), in place, within 2 units in the last place for powers up to 88; 0
  /// below −87. Cephes' polynomial on [−ln 2 / 2, ln 2 / 2].
  ///
  /// @param sign 1 or −1
  static void exp(float[] x, int at, int count, float sign, float less) {
    int i = 0;
    for (; i <= count - COUNT; i += COUNT) {
      FloatVector power = FloatVector.fromArray(FLOATS, x, at + i).mul(sign).sub(less);
      FloatVector in = power.min(88f).max(-88f);
      FloatVector shifted = in.fma(splat(LOG2_E), splat(ROUND));
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(splat(-LN2_LOW), n.fma(splat(-LN2_HIGH), in));
      FloatVector p = r.fma(splat(P0), splat(P1));
      p = p.fma(r, splat(P2)).fma(r, splat(P3)).fma(r, splat(P4)).fma(r, splat(P5));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector scale = shifted.reinterpretAsInts().lanewise(LSHL, 23);
      p.reinterpretAsInts()
          .add(scale)
          .reinterpretAsFloats()
          .blend(0f, power.compare(VectorOperators.LT, -87f))
          .intoArray(x, at + i);
    }
    for (; i < count; i++) {
      x[at + i] = exp(x[at + i] * sign - less);
    }
  }

  /// The same of one number, bit for bit.
  static float exp(float x) {
    if (x < -87f) {
      return 0f;
    }
    float in = Math.max(Math.min(x, 88f), -88f);
    float shifted = Math.fma(in, LOG2_E, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, in));
    float p = Math.fma(r, P0, P1);
    p = Math.fma(p, r, P2);
    p = Math.fma(p, r, P3);
    p = Math.fma(p, r, P4);
    p = Math.fma(p, r, P5);
    p = Math.fma(p, r * r, r) + 1f;
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
  }

  private static final float LOG2_E = 1.44269504f;

  /// 1.5 · 2²³: added, it leaves the nearest whole number in the last bits.
  private static final float ROUND = 12582912f;

  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float P0 = 1.9875691500e-4f;
  private static final float P1 = 1.3981999507e-3f;
  private static final float P2 = 8.3334519073e-3f;
  private static final float P3 = 4.1665795894e-2f;
  private static final float P4 = 1.6666665459e-1f;
  private static final float P5 = 5.0000001201e-1f;

  private static FloatVector splat(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }
}

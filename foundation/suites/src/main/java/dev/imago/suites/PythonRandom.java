package dev.imago.suites;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The draws of Python's `random.Random(seed)`: a Mersenne Twister of 32 bits (Matsumoto and
/// Nishimura 1998, MT19937), seeded by its array as Python seeds it with a whole number.
final class PythonRandom {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int index = N;

  /// @param seed 0 … 2³¹ − 1
  PythonRandom(int seed) {
    state[0] = 19650218;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
    int i = 1;
    for (int k = 0; k < N; k++) {
      state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1664525) + seed;
      i = next(i);
    }
    for (int k = 0; k < N - 1; k++) {
      state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1566083941) - i;
      i = next(i);
    }
    state[0] = 0x80000000;
  }

  private int next(int i) {
    if (i + 1 >= N) {
      state[0] = state[N - 1];
      return 1;
    }
    return i + 1;
  }

  private int bits32() {
    if (index >= N) {
      for (int k = 0; k < N; k++) {
        int y = state[k] & 0x80000000 | state[(k + 1) % N] & 0x7fffffff;
        state[k] = state[(k + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
      }
      index = 0;
    }
    int y = state[index++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }

  /// `random()`: 0 … below 1, of 53 bits.
  double nextDouble() {
    long a = bits32() >>> 5;
    long b = bits32() >>> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  }

  /// `_randbelow(n)`.
  int below(int n) {
    int shift = Integer.numberOfLeadingZeros(n);
    int drawn = bits32() >>> shift;
    while (drawn < 0 || drawn >= n) {
      drawn = bits32() >>> shift;
    }
    return drawn;
  }

  /// `sample(all, k)`: k of them, none twice, in the order of the draws.
  <T> List<T> sample(List<T> all, int k) {
    int n = all.size();
    if (k > n) {
      throw new IllegalArgumentException("%,d cannot be drawn from %,d".formatted(k, n));
    }
    var drawn = new ArrayList<T>();
    int set = 21 + (k > 5 ? 1 << 2 * (int) Math.ceil(Math.log(k * 3.0) / Math.log(4)) : 0);
    if (n <= set) {
      var pool = new ArrayList<>(all);
      for (int i = 0; i < k; i++) {
        int j = below(n - i);
        drawn.add(pool.get(j));
        pool.set(j, pool.get(n - i - 1));
      }
      return drawn;
    }
    var places = new HashSet<Integer>();
    while (places.size() < k) {
      int j = below(n);
      if (places.add(j)) {
        drawn.add(all.get(j));
      }
    }
    return drawn;
  }

  /// `choices(range(n), k=n)`: places drawn with repeats.
  int[] choices(int n) {
    int[] places = new int[n];
    for (int i = 0; i < n; i++) {
      places[i] = (int) Math.floor(nextDouble() * n);
    }
    return places;
  }
}

package dev.imago.annotate;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/// Picks some of many examples, the same ones whatever stands before them.
final class Choice {
  private Choice() {}

  /// At most `most` examples, in their order: those whose id has the smallest CRC-32.
  static <T> List<T> of(List<T> examples, Function<T, String> id, int most) {
    if (examples.size() <= most) {
      return examples;
    }
    long[] places = examples.stream().map(id).mapToLong(Choice::place).toArray();
    return IntStream.range(0, places.length)
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> places[i]).thenComparing(i -> i))
        .limit(most)
        .sorted()
        .map(examples::get)
        .toList();
  }

  /// All examples, those of the smallest CRC-32 first.
  static <T> List<T> inOrder(List<T> examples, Function<T, String> id) {
    return examples.stream()
        .sorted(Comparator.comparingLong((T example) -> place(id.apply(example))).thenComparing(id))
        .toList();
  }

  private static long place(String id) {
    var crc = new CRC32();
    crc.update(id.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}

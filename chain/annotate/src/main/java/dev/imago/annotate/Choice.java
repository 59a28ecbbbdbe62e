package dev.imago.annotate;

import dev.imago.data.Example;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/// Picks some of many examples, the same ones whatever stands before them.
final class Choice {
  private Choice() {}

  /// At most `most` examples, in their order: those whose id has the smallest CRC-32.
  static List<Example> of(List<Example> examples, int most) {
    if (examples.size() <= most) {
      return examples;
    }
    long[] places = examples.stream().mapToLong(Choice::place).toArray();
    return IntStream.range(0, places.length)
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> places[i]).thenComparing(i -> i))
        .limit(most)
        .sorted()
        .map(examples::get)
        .toList();
  }

  private static long place(Example example) {
    var crc = new CRC32();
    crc.update(example.id().getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }
}

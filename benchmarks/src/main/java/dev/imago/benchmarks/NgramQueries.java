package dev.imago.benchmarks;

import dev.imago.ngram.NgramModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Queries a second of n-gram models, one thread, words already numbers: `MODEL TEXT [ROUNDS=5]`.
/// CPU time, and the best round counts, as it does for KenLM's own program.
final class NgramQueries {
  private NgramQueries() {}

  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
    try (var model = NgramModel.open(Path.of(arguments[0]));
        Stream<String> lines = Files.lines(Path.of(arguments[1]))) {
      int[] ids =
          lines
              .flatMapToInt(
                  line ->
                      IntStream.concat(
                          IntStream.of(model.begin()),
                          IntStream.concat(
                              Arrays.stream(line.strip().split("\\s+"))
                                  .filter(w -> !w.isEmpty())
                                  .mapToInt(model::id),
                              IntStream.of(model.end()))))
              .toArray();
      long asked = Arrays.stream(ids).filter(id -> id != model.begin()).count();
      var clock = ManagementFactory.getThreadMXBean();
      double best = 0;
      double sum = 0;
      for (int round = 0; round < rounds; round++) {
        long begun = clock.getCurrentThreadCpuTime();
        sum = 0;
        for (float log : model.log10(ids)) {
          sum += log;
        }
        best = Math.max(best, asked / ((clock.getCurrentThreadCpuTime() - begun) / 1e9));
      }
      System.out.printf(
          Locale.ROOT, "%d queries, log10 p %.2f, %.0f queries/s%n", asked, sum, best);
    }
  }
}

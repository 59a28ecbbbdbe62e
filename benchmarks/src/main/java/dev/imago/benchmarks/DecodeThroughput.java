package dev.imago.benchmarks;

import dev.imago.generate.Ending;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Penalties;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Prefill and decoding of one sequence by the runtime that serves: `MODEL [PROMPT=128] [TOKENS=64]
/// [ROUNDS=8]`. Prints the fastest round, and the fewest bytes that a token of one allocated.
public final class DecodeThroughput {
  private DecodeThroughput() {}

  public static void main(String[] args) throws IOException {
    int prompt = args.length > 1 ? Integer.parseInt(args[1]) : 128;
    int tokens = args.length > 2 ? Integer.parseInt(args[2]) : 64;
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 8;
    int threads = Runtime.getRuntime().availableProcessors();
    double prefill = 0;
    double decode = 0;
    long allocated = Long.MAX_VALUE;
    var memory = ManagementFactory.getPlatformMXBean(com.sun.management.ThreadMXBean.class);
    try (LanguageModel model = LanguageModel.open(Path.of(args[0]), threads);
        Engine engine = new Engine(model, 1, prompt + tokens + 1)) {
      int vocabulary = model.config().vocabularySize();
      // No answer ends early.
      var ending = new Ending(tokens, 0, true, Set.of(), List.of());
      var sampling = new Sampling(4f, SamplingTruncation.NONE, Penalties.NONE, 1, ending);
      for (int round = 0; round < rounds; round++) {
        int[] ids = new int[prompt];
        for (int i = 0; i < prompt; i++) {
          ids[i] = 3 + (i * 7919 + round) % (vocabulary - 3);
        }
        long begun = System.nanoTime();
        long first = 0;
        long before = 0;
        int count = 0;
        try (var generation = engine.submit(new Request(ids, sampling))) {
          while (generation.hasNext()) {
            if (generation.next() instanceof Event.Token) {
              if (count++ == 0) {
                before = memory.getTotalThreadAllocatedBytes();
                first = System.nanoTime();
              }
            }
          }
        }
        if (count > 1) {
          long bytes = memory.getTotalThreadAllocatedBytes() - before;
          allocated = Math.min(allocated, bytes / (count - 1));
        }
        long end = System.nanoTime();
        prefill = Math.max(prefill, prompt * 1e9 / (first - begun));
        if (count > tokens / 2) {
          decode = Math.max(decode, (count - 1) * 1e9 / (end - first));
        }
      }
    }
    System.out.printf(
        "{\"peer\":\"imago\",\"prefill_tokens_per_second\":%.0f,\"decode_tokens_per_second\":%.0f,\"allocated_bytes_per_token\":%d}%n",
        prefill, decode, allocated);
  }
}

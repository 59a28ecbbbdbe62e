package dev.imago.benchmarks;

import dev.imago.generate.CacheBudget;
import dev.imago.generate.Ending;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Penalties;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// The gaps between tokens of answers that run, before and while a long prompt enters: `MODEL
/// [ANSWERS=4] [PROMPT=4096] [THREADS]`. Prints the median and the 99th percentile before, and of
/// the time of the prompt both, and the ratio of the 99th percentile to the median before.
public final class PromptGaps {
  /// Gaps without a prompt, of which the later half tells what is usual.
  private static final int BEFORE = 300;

  private PromptGaps() {}

  public static void main(String[] args) throws Exception {
    int answers = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    int length = args.length > 2 ? Integer.parseInt(args[2]) : 4096;
    int threads =
        args.length > 3 ? Integer.parseInt(args[3]) : Runtime.getRuntime().availableProcessors();
    if (length < 2 * BEFORE) {
      throw new IllegalArgumentException(
          "PROMPT = %d: answers of as many tokens end before it is read; give %d or more"
              .formatted(length, 2 * BEFORE));
    }
    try (LanguageModel model = LanguageModel.open(Path.of(args[0]), threads);
        Engine engine =
            new Engine(model, answers + 1, length + 8, answers + 1, CacheBudget.UNBOUNDED)) {
      run(model, engine, answers, length); // which does not count: compilers warm up
      run(model, engine, answers, length);
    }
  }

  private static void run(LanguageModel model, Engine engine, int answers, int length)
      throws IOException, InterruptedException {
    int vocabulary = model.config().vocabularySize();
    var ending = new Ending(length, 0, true, Set.of(), List.of());
    var sampling = new Sampling(4f, SamplingTruncation.NONE, Penalties.NONE, 1, ending);
    var running = new ArrayList<Generation>();
    for (int i = 0; i < answers; i++) {
      running.add(engine.submit(new Request(new int[] {3 + i}, sampling)));
    }
    var entering = new AtomicBoolean();
    var over = new AtomicBoolean();
    var plain = new ArrayList<Long>();
    var known = new CountDownLatch(BEFORE);
    var gaps = new ArrayList<Long>();
    for (int i = 1; i < answers; i++) {
      Generation other = running.get(i);
      Thread.ofVirtual().start(() -> other.forEachRemaining(_ -> {}));
    }
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  long last = System.nanoTime();
                  Generation first = running.getFirst();
                  try {
                    while (!over.get() && first.hasNext()) {
                      if (first.next() instanceof Event.Token) {
                        long now = System.nanoTime();
                        if (entering.get()) {
                          gaps.add(now - last);
                        } else {
                          plain.add(now - last);
                          known.countDown();
                        }
                        last = now;
                      }
                    }
                  } finally {
                    while (known.getCount() > 0) {
                      known.countDown(); // it failed: nobody is to wait for it
                    }
                  }
                });
    known.await();
    int[] prompt = new int[length];
    Arrays.setAll(prompt, i -> 3 + i * 7919 % (vocabulary - 3));
    long begun = System.nanoTime();
    entering.set(true);
    try (Generation generation = engine.submit(new Request(prompt, Sampling.greedy(1)))) {
      generation.next();
    }
    over.set(true);
    double seconds = (System.nanoTime() - begun) / 1e9;
    reader.join();
    running.forEach(Generation::cancel);
    long[] own = sorted(plain.subList(BEFORE / 2, plain.size()));
    long[] during = sorted(gaps);
    double median = own[own.length / 2];
    System.out.printf(
        "{\"answers\":%d,\"prompt\":%d,\"prompt_seconds\":%.1f,\"median_ms\":%.2f,\"p99_ms\":%.2f,"
            + "\"gaps\":%d,\"median_while_ms\":%.2f,\"p99_while_ms\":%.2f,\"p99_ratio\":%.2f}%n",
        answers,
        length,
        seconds,
        median / 1e6,
        own[own.length * 99 / 100] / 1e6,
        during.length,
        during[during.length / 2] / 1e6,
        during[during.length * 99 / 100] / 1e6,
        during[during.length * 99 / 100] / median);
  }

  private static long[] sorted(List<Long> gaps) {
    return gaps.stream().mapToLong(g -> g).sorted().toArray();
  }
}

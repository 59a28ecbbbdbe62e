package dev.imago.text;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Our side of the tokenizer peers: train on a whole file, line by line, then encode its first 20
/// million characters in pieces of 2,000. Whole-process: the first round is the cold one.
///
/// ```text
/// mvn -q -pl foundation/text test-compile
/// java -cp foundation/text/target/classes:foundation/text/target/test-classes:… \
///   dev.imago.text.TokenizerBenchmark TEXT_FILE [VOCABULARY=32768] [PATTERN=GPT2] [SAVE_TO]
/// ```
///
/// Run the peers' script on the same file right before or after, and compare as a ratio.
final class TokenizerBenchmark {
  private static final int PIECE_CHARS = 2000;
  private static final int ENCODED_CHARS = 20_000_000;

  private TokenizerBenchmark() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    Path file = Path.of(args[0]);
    int vocabulary = args.length > 1 ? Integer.parseInt(args[1]) : 32_768;
    SplitPattern pattern = SplitPattern.valueOf(args.length > 2 ? args[2] : "GPT2");
    Tokenizer tokenizer = train(file, vocabulary, pattern, out);
    if (args.length > 3) {
      Files.write(Path.of(args[3]), tokenizer.toJson());
    }
    List<String> pieces = pieces(file);
    for (int round = 0; round < 5; round++) {
      encode(tokenizer, pieces, 1, round, out);
    }
    for (int round = 0; round < 2; round++) {
      encode(tokenizer, pieces, 2, round, out);
    }
  }

  /// The process's own time, which says more than the clock on a machine that others use too.
  private static double cpuSeconds() {
    var system =
        (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private static Tokenizer train(Path file, int vocabulary, SplitPattern pattern, PrintStream out)
      throws IOException, InterruptedException {
    var settings =
        BpeTrainer.Settings.of(vocabulary).specialTokens(List.of(BpeTrainer.END_OF_TEXT));
    long start = System.nanoTime();
    double cpu = cpuSeconds();
    long[] counted = {start};
    var progress =
        new TrainingProgress() {
          @Override
          public void counted(long bytes) {
            counted[0] = System.nanoTime();
          }
        };
    Tokenizer tokenizer;
    try (var words =
        WordCounts.ofLines(
            List.of(file), WordSplit.bytes(pattern), Counting.inMemory().threads(2), progress)) {
      tokenizer = BpeTrainer.train(settings, words, progress).tokenizer();
    }
    out.printf(
        Locale.ROOT,
        "imago train: %.2f s (counting %.2f s, CPU %.2f s) for %d MB, vocabulary %d%n",
        (System.nanoTime() - start) / 1e9,
        (counted[0] - start) / 1e9,
        cpuSeconds() - cpu,
        Files.size(file) / 1_000_000,
        tokenizer.vocabularySize());
    return tokenizer;
  }

  private static List<String> pieces(Path file) throws IOException {
    String text = Files.readString(file);
    var pieces = new ArrayList<String>();
    for (int at = 0; at < Math.min(ENCODED_CHARS, text.length()); at += PIECE_CHARS) {
      pieces.add(text.substring(at, Math.min(text.length(), at + PIECE_CHARS)));
    }
    return pieces;
  }

  private static void encode(
      Tokenizer tokenizer, List<String> pieces, int threads, int round, PrintStream out)
      throws InterruptedException {
    long bytes = 0;
    for (String piece : pieces) {
      bytes += piece.getBytes(StandardCharsets.UTF_8).length;
    }
    long[] ids = new long[threads];
    var workers = new ArrayList<Thread>();
    double cpu = cpuSeconds();
    long start = System.nanoTime();
    for (int t = 0; t < threads; t++) {
      int mine = t;
      workers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = mine; i < pieces.size(); i += threads) {
                      ids[mine] += tokenizer.encode(pieces.get(i)).length;
                    }
                  }));
    }
    long all = 0;
    for (int t = 0; t < threads; t++) {
      workers.get(t).join();
      all += ids[t];
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(
        Locale.ROOT,
        "imago encode, %d thread(s), round %d: %.1f MB/s (%.1f a CPU second), %d ids%n",
        threads,
        round + 1,
        bytes / seconds / 1e6,
        bytes / (cpuSeconds() - cpu) / 1e6,
        all);
  }
}

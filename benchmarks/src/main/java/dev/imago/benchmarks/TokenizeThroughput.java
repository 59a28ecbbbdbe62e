package dev.imago.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.bytelevel.ByteLevelBpe;
import dev.imago.tokenizers.bytelevel.ByteLevelEncoder;
import dev.imago.tokenizers.bytelevel.IntList;
import dev.imago.tokenizers.bytelevel.TiktokenSplitter;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.Counting;
import dev.imago.vocabularies.TrainingProgress;
import dev.imago.vocabularies.WordCounts;
import dev.imago.vocabularies.WordSplit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Our side of `benchmarks/tokenize`: `encode TEXT RANKS`, `worst RANKS` or `train TEXT
/// [VOCABULARY=32768]`. Prints lines of «who what figure unit». Processor time counts, which says
/// more than the clock on a machine that others use too; the clock for two threads.
public final class TokenizeThroughput {
  private static final int PIECE_CHARS = 2000;
  private static final int ENCODED_CHARS = 20_000_000;
  private static final int ROUNDS = 6;

  private TokenizeThroughput() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "encode" -> encode(Path.of(args[1]), cl100k(Path.of(args[2])));
      case "worst" -> worst(cl100k(Path.of(args[1])));
      case "train" -> train(Path.of(args[1]), args.length > 2 ? Integer.parseInt(args[2]) : 32_768);
      default ->
          throw new IllegalArgumentException("«" + args[0] + "» is none of encode, worst, train");
    }
  }

  private static void print(String what, double figure, String unit) {
    System.out.printf(Locale.ROOT, "imago %s %.3f %s%n", what, figure, unit);
  }

  /// Of this thread alone, in nanoseconds: exact where the process's time comes in hundredths.
  private static double threadSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }

  /// Of the whole process: its compiler and its collector too.
  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static ByteLevelBpe cl100k(Path ranks) throws IOException {
    double cpu = cpuSeconds();
    var tokens = new ArrayList<byte[]>();
    for (String line : Files.readAllLines(ranks)) {
      tokens.add(Base64.getDecoder().decode(line.substring(0, line.indexOf(' '))));
    }
    var bpe =
        ByteLevelBpe.ofRanks(new TiktokenSplitter(3, true, true), tokens.toArray(byte[][]::new));
    print("load", cpuSeconds() - cpu, "s");
    return bpe;
  }

  private static long encode(ByteLevelEncoder encoder, List<String> pieces, int from, int step) {
    long ids = 0;
    var out = new IntList();
    for (int i = from; i < pieces.size(); i += step) {
      byte[] utf8 = pieces.get(i).getBytes(StandardCharsets.UTF_8);
      out.clear();
      encoder.encode(utf8, 0, utf8.length, out);
      ids += out.toArray().length;
    }
    return ids;
  }

  private static void encode(Path file, ByteLevelBpe bpe) throws Exception {
    String text = Files.readString(file);
    List<String> pieces = pieces(text, ENCODED_CHARS);
    double megabytes = 0;
    for (String piece : pieces) {
      megabytes += piece.getBytes(StandardCharsets.UTF_8).length / 1e6;
    }
    // First: what a process that does nothing else sees, its compiler's time too. Cold: compiled,
    // nothing remembered. Warm: every piece seen before, as far as the cache holds it. What the
    // collector takes is in the first and in the clock's figures only.
    double cold = 0;
    double warm = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ByteLevelEncoder encoder = bpe.encoder();
      double process = cpuSeconds();
      double thread = threadSeconds();
      long ids = encode(encoder, pieces, 0, 1);
      if (round == 0) {
        print("ids", ids, "ids");
        print("first", megabytes / (cpuSeconds() - process), "MB/s");
      } else {
        cold = Math.max(cold, megabytes / (threadSeconds() - thread));
      }
      thread = threadSeconds();
      encode(encoder, pieces, 0, 1);
      warm = Math.max(warm, megabytes / (threadSeconds() - thread));
    }
    print("cold", cold, "MB/s");
    print("warm", warm, "MB/s");
    threads(bpe, pieces(text, Integer.MAX_VALUE), Files.size(file) / 1e6);
  }

  /// By the clock, on the whole text: two threads beside one, in rounds of their own, of which the
  /// median tells. Cold, each thread learns the pieces for itself.
  private static void threads(ByteLevelBpe bpe, List<String> pieces, double megabytes)
      throws InterruptedException {
    double[][] clock = new double[2][3];
    double[][] ratios = new double[2][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double[][] seconds = new double[3][];
      for (int threads = 1; threads <= 2; threads++) {
        seconds[threads] = seconds(bpe, pieces, threads);
        for (int pass = 0; pass < 2; pass++) {
          clock[pass][threads] = Math.max(clock[pass][threads], megabytes / seconds[threads][pass]);
        }
      }
      for (int pass = 0; pass < 2; pass++) {
        ratios[pass][round] = seconds[1][pass] / seconds[2][pass];
      }
    }
    for (int pass = 0; pass < 2; pass++) {
      String warm = pass == 0 ? "" : "-warm";
      print("clock-1-thread" + warm, clock[pass][1], "MB/s");
      print("clock-2-threads" + warm, clock[pass][2], "MB/s");
      Arrays.sort(ratios[pass]);
      print("two-of-one" + warm, ratios[pass][ROUNDS / 2], "x");
    }
  }

  /// The seconds of a first and of a second pass over a text.
  private static double[] seconds(ByteLevelBpe bpe, List<String> pieces, int threads)
      throws InterruptedException {
    List<ByteLevelEncoder> encoders = Stream.generate(bpe::encoder).limit(threads).toList();
    double[] seconds = new double[2];
    for (int pass = 0; pass < seconds.length; pass++) {
      var workers = new ArrayList<Thread>();
      long begun = System.nanoTime();
      for (int t = 0; t < threads; t++) {
        int mine = t;
        workers.add(
            Thread.ofPlatform().start(() -> encode(encoders.get(mine), pieces, mine, threads)));
      }
      for (Thread worker : workers) {
        worker.join();
      }
      seconds[pass] = (System.nanoTime() - begun) / 1e9;
    }
    return seconds;
  }

  private static List<String> pieces(String text, int chars) {
    var pieces = new ArrayList<String>();
    int end = Math.min(chars, text.length());
    for (int at = 0; at < end; at += PIECE_CHARS) {
      pieces.add(text.substring(at, Math.min(end, at + PIECE_CHARS)));
    }
    return pieces;
  }

  /// One text of one and of two megabytes of each kind: linear where the second takes twice.
  private static void worst(ByteLevelBpe bpe) {
    for (String unit : List.of("a", " ", "\n", "7", "😀", "ab", "中文", "'s", ". ", "aB", "\u3000")) {
      String name = unit.isBlank() ? "U+%04X".formatted((int) unit.charAt(0)) : unit.strip();
      double[] least = {Double.MAX_VALUE, Double.MAX_VALUE};
      for (int round = 0; round < ROUNDS; round++) {
        for (int size = 1; size <= 2; size++) {
          byte[] one = unit.getBytes(StandardCharsets.UTF_8);
          byte[] utf8 = unit.repeat(size * 1_000_000 / one.length).getBytes(StandardCharsets.UTF_8);
          ByteLevelEncoder encoder = bpe.encoder();
          double begun = threadSeconds();
          encoder.encode(utf8, 0, utf8.length, new IntList());
          least[size - 1] = Math.min(least[size - 1], threadSeconds() - begun);
        }
      }
      print("worst-" + name + "-1MB", 1e3 * least[0], "ms");
      print("worst-" + name + "-2MB", 1e3 * least[1], "ms");
    }
  }

  private static void train(Path file, int vocabulary) throws IOException, InterruptedException {
    var settings =
        BpeTrainer.Settings.of(vocabulary).specialTokens(List.of(BpeTrainer.END_OF_TEXT));
    double cpu = cpuSeconds();
    long begun = System.nanoTime();
    Tokenizer tokenizer;
    try (var words =
        WordCounts.ofLines(
            List.of(file),
            WordSplit.bytes(SplitPattern.GPT2),
            Counting.inMemory().threads(2),
            TrainingProgress.NONE)) {
      tokenizer = BpeTrainer.train(settings, words, TrainingProgress.NONE).tokenizer();
    }
    print("train-clock", (System.nanoTime() - begun) / 1e9, "s");
    print("train-cpu", cpuSeconds() - cpu, "s");
    print("train-vocabulary", tokenizer.vocabularySize(), "tokens");
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    print("train-peak-heap", peak / 1e6, "MB");
  }
}

package dev.imago.benchmarks;

import dev.imago.duplicates.Cuts;
import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.Outcome;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.RepeatedSubstrings;
import dev.imago.duplicates.Signer;
import dev.imago.duplicates.Traits;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/// Duplicates of a seeded generator's documents, and of real ones against a count of all pairs.
///
/// - `sign [MB]`: signatures of 112 rows, MB/s a thread, English and Chinese
/// - `near DOCUMENTS`: near duplicates of so many documents of about 200 bytes, a fifth of them
///   copies with changes: time, and the heap that there was
/// - `write DOCUMENTS`: those documents as rows of JSON, for whatever reads them
/// - `substrings MB`: substrings of 100 characters, a tenth of the text copied
/// - `truth FILE …`: lines of files as documents, with copies, edits and containments injected, up
///   to 20,000: precision at the threshold, pairs that meet beside what the bands predict
public final class DuplicateThroughput {
  private static final DuplicateRules RULES = DuplicateRules.defaults();
  private static final int MOST = 20_000;

  private DuplicateThroughput() {}

  public static void main(String[] arguments) throws IOException {
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "sign" -> sign(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64);
      case "near" -> near(Integer.parseInt(arguments[1]));
      case "write" -> write(Integer.parseInt(arguments[1]));
      case "substrings" -> substrings(Integer.parseInt(arguments[1]));
      case "truth" -> truth(Arrays.stream(arguments).skip(1).map(Path::of).toList());
      default -> throw new IllegalArgumentException("sign, near, write, substrings or truth");
    }
  }

  private static String english(Random random, int words) {
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      // Word lengths as in English prose: 4.7 letters and a blank.
      int length = 2 + random.nextInt(3) + random.nextInt(4);
      int word = random.nextInt(1 + random.nextInt(20_000));
      for (int c = 0; c < length; c++) {
        text.append((char) ('a' + (word = word * 31 + 7 & 0x7fffffff) % 26));
      }
      text.append(i % 15 == 14 ? ".\n" : " ");
    }
    return text.toString();
  }

  private static String chinese(Random random, int characters) {
    var text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      text.append(i % 20 == 19 ? '，' : (char) (0x4e00 + random.nextInt(1 + random.nextInt(4000))));
    }
    return text.toString();
  }

  /// This thread's own time, whoever else is at work.
  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void sign(int megabytes) {
    var signer = new Signer(RULES);
    for (String language : List.of("English", "Chinese", "English", "Chinese")) {
      var random = new Random(1);
      List<String> texts = new ArrayList<>();
      long size = 0;
      while (size < (long) megabytes << 20) {
        String text = language.equals("English") ? english(random, 500) : chinese(random, 1000);
        texts.add(text);
        size += bytes(text);
      }
      long started = cpu();
      long sum = 0;
      for (String text : texts) {
        sum += signer.sign(text, "").bands()[0];
      }
      double seconds = (cpu() - started) / 1e9;
      System.out.printf(
          Locale.ROOT, "%s: %.1f MB/s a thread (%x)%n", language, size / 1e6 / seconds, sum);
    }
  }

  private static void near(int documents) throws IOException {
    Path folder = Files.createTempDirectory("duplicates");
    var signer = new Signer(RULES);
    long started = cpu();
    long size = 0;
    try (var deduplication =
        new Deduplication(RULES, folder, Runtime.getRuntime().maxMemory() / 8)) {
      for (int i = 0; i < documents; i++) {
        String text = generated(i);
        size += bytes(text);
        deduplication.add(i, "document-" + i, signer.sign(text, ""));
      }
      double read = (cpu() - started) / 1e9;
      try (Outcomes outcomes = deduplication.decide()) {
        double seconds = (cpu() - started) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%,d documents, %.1f MB: %,d repeat one that stays; %.1f s of CPU to sign, %.1f s in"
                + " all, heap of %d MiB%n",
            documents,
            size / 1e6,
            outcomes.repeated(),
            read,
            seconds,
            Runtime.getRuntime().maxMemory() >> 20);
      }
    }
    Files.delete(folder);
  }

  private static void write(int documents) {
    try (var out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8)) {
      for (int i = 0; i < documents; i++) {
        // Letters, blanks, marks and line ends alone.
        String text = generated(i).replace("\n", "\\n");
        out.print("{\"id\":\"d" + i + "\",\"text\":\"" + text + "\"}\n");
      }
    }
  }

  /// Every fifth document is an earlier one, with a word or two changed.
  private static String generated(int i) {
    if (i % 5 != 4) {
      return english(new Random(i), 34);
    }
    int other = new Random(i).nextInt(i);
    String text = english(new Random(other % 5 == 4 ? other - 1 : other), 34);
    return i % 10 == 4 ? text : text.substring(0, text.length() - 8) + "changed";
  }

  private static void substrings(int megabytes) throws IOException {
    Path folder = Files.createTempDirectory("substrings");
    var random = new Random(2);
    long started = cpu();
    long size = 0;
    String before = english(random, 2000);
    try (var repeated =
        new RepeatedSubstrings(100, true, folder, Runtime.getRuntime().maxMemory() / 4)) {
      for (long i = 0; size < (long) megabytes << 20; i++) {
        String text = english(random, 1800);
        text = text + before.substring(1000, 2200);
        size += bytes(text);
        repeated.add(i, text);
        before = text;
      }
      double read = (cpu() - started) / 1e9;
      try (Cuts cuts = repeated.decide()) {
        double seconds = (cpu() - started) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%.1f MB: %,d stretches of %,d characters; %.1f s of CPU to read, %.1f s in all: %.1f"
                + " MB/s%n",
            size / 1e6,
            cuts.stretches(),
            cuts.units(),
            read,
            seconds,
            size / 1e6 / seconds);
      }
    }
    Files.delete(folder);
  }

  private static void truth(List<Path> files) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        if (texts.size() < MOST * 7 / 10 && line.length() >= 60) {
          texts.add(line);
        }
      }
    }
    inject(texts);
    var signer = new Signer(RULES);
    List<Traits> traits = texts.stream().map(text -> signer.sign(text, "")).toList();
    Map<Long, Double> pairs = pairs(traits);
    double predicted = 0;
    int met = 0;
    for (var pair : pairs.entrySet()) {
      predicted += RULES.probability(pair.getValue());
      long[] a = traits.get((int) (pair.getKey() >>> 32)).bands();
      long[] b = traits.get(pair.getKey().intValue()).bands();
      boolean meet = false;
      for (int band = 0; band < a.length; band++) {
        meet |= a[band] == b[band];
      }
      met += meet ? 1 : 0;
    }
    Path folder = Files.createTempDirectory("truth");
    int gone = 0;
    int wrong = 0;
    int left = 0;
    try (var deduplication = new Deduplication(RULES, folder, 1 << 24)) {
      for (int i = 0; i < texts.size(); i++) {
        deduplication.add(i, Integer.toString(i), traits.get(i));
      }
      try (Outcomes outcomes = deduplication.decide()) {
        boolean[] goes = new boolean[texts.size()];
        for (int i = 0; i < texts.size(); i++) {
          if (outcomes.of(i) instanceof Outcome.Repeats repeats) {
            gone++;
            goes[i] = true;
            int of = Integer.parseInt(repeats.of());
            boolean stays = !(outcomes.of(of) instanceof Outcome.Repeats);
            double is = signer.similarity(texts.get(i), texts.get(of));
            boolean same = texts.get(i).equals(texts.get(of));
            wrong += stays && (same || is >= RULES.similarity()) ? 0 : 1;
          }
        }
        for (long pair : pairs.keySet()) {
          left += goes[(int) (pair >>> 32)] || goes[(int) pair] ? 0 : 1;
        }
      }
    }
    Files.delete(folder);
    System.out.printf(
        Locale.ROOT,
        "%,d documents: %,d go, precision %.3f; %,d pairs at %.2f and above: %.4f meet, the bands"
            + " predict %.4f; %,d pairs left%n",
        texts.size(),
        gone,
        gone == 0 ? 1 : (double) (gone - wrong) / gone,
        pairs.size(),
        RULES.similarity(),
        (double) met / pairs.size(),
        predicted / pairs.size(),
        left);
  }

  private static void inject(List<String> texts) {
    var random = new Random(3);
    int real = texts.size();
    while (texts.size() < real * 10 / 7) {
      String text = texts.get(random.nextInt(real));
      String other = texts.get(random.nextInt(real));
      texts.add(
          switch (random.nextInt(3)) {
            case 0 -> text;
            case 1 -> edited(random, text);
            default -> {
              int cut = random.nextInt(Math.min(text.length(), other.length()) / 2);
              yield random.nextBoolean()
                  ? text + " " + other.substring(0, cut)
                  : text.substring(cut / 2);
            }
          });
    }
    Collections.shuffle(texts, random);
  }

  /// Some characters, one to a tenth of them, become another.
  private static String edited(Random random, String text) {
    char[] characters = text.toCharArray();
    int edits = 1 + random.nextInt(Math.max(1, characters.length / 60));
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(characters.length);
      characters[at] = Character.isIdeographic(characters[at]) ? '某' : 'z';
    }
    return new String(characters);
  }

  /// All pairs of different texts from the threshold on, with their similarity: counted by way of
  /// which texts have a shingle.
  private static Map<Long, Double> pairs(List<Traits> traits) {
    var having = new HashMap<Long, List<Integer>>();
    long[][] distinct = new long[traits.size()][];
    for (int i = 0; i < distinct.length; i++) {
      distinct[i] = Arrays.stream(traits.get(i).shingles()).distinct().toArray();
      for (long shingle : distinct[i]) {
        having.computeIfAbsent(shingle, _ -> new ArrayList<>()).add(i);
      }
    }
    var pairs = new HashMap<Long, Double>();
    int[] shared = new int[distinct.length];
    for (int i = 0; i < distinct.length; i++) {
      var met = new ArrayList<Integer>();
      for (long shingle : distinct[i]) {
        for (int j : having.getOrDefault(shingle, List.of())) {
          if (j < i && shared[j]++ == 0) {
            met.add(j);
          }
        }
      }
      for (int j : met) {
        double is = (double) shared[j] / (distinct[i].length + distinct[j].length - shared[j]);
        if (is >= RULES.similarity()) {
          pairs.put((long) i << 32 | j, is);
        }
        shared[j] = 0;
      }
    }
    return pairs;
  }
}

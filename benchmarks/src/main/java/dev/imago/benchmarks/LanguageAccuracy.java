package dev.imago.benchmarks;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import dev.imago.languages.FrequentWordIdentifier;
import dev.imago.languages.LanguageFile;
import dev.imago.languages.LanguageIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our identifier of languages beside Lingua, in one run: `MODEL|- SENTENCES LID [EVERY]`, a model
/// of `imago data languages` (`-` for frequent words), a folder of `xx.txt` (a sentence a line), a
/// file of JSONL with `query` (a sentence and four names of languages), `choices` and `gold`; of
/// each, one in EVERY is asked. Accuracy is the mean over the languages that both know, and both
/// are asked among; speed is of processor time.
public final class LanguageAccuracy {
  private record Sentence(String language, String text) {}

  private record Item(String text, List<String> names, int gold) {}

  private LanguageAccuracy() {}

  public static void main(String[] args) throws IOException {
    int every = args.length > 3 ? Integer.parseInt(args[3]) : 1;
    var known = new HashMap<String, String>();
    var told = new HashSet<String>();
    for (IsoCode639_1 code : IsoCode639_1.values()) {
      if (code != IsoCode639_1.NONE) {
        String language = code.name().toLowerCase(Locale.ROOT);
        known.put(Locale.of(language).getDisplayLanguage(Locale.ENGLISH), language);
      }
    }
    List<Item> items = items(Path.of(args[2]), every);
    long before = used();
    LanguageIdentifier ours = ours(args[0]);
    ours.labels().forEach(label -> told.add(label.split("-")[0]));
    known.values().retainAll(told);
    List<Sentence> sentences = sentences(Path.of(args[1]), known, every);
    System.out.printf(Locale.ROOT, "ours heap %.1f MB%n", (used() - before) / 1e6);
    tell("ours", text -> ours.identify(text).language(), sentences, items, known, true);
    for (boolean low : new boolean[] {true, false}) {
      before = used();
      var all =
          LanguageDetectorBuilder.fromIsoCodes639_1(
                  Stream.of(IsoCode639_1.values())
                      .filter(c -> known.containsValue(c.name().toLowerCase(Locale.ROOT)))
                      .toArray(IsoCode639_1[]::new))
              .withPreloadedLanguageModels();
      var lingua = (low ? all.withLowAccuracyMode() : all).build();
      String name = low ? "lingua-low" : "lingua-high";
      System.out.printf(Locale.ROOT, "%s heap %.1f MB%n", name, (used() - before) / 1e6);
      tell(name, text -> code(lingua.detectLanguageOf(text)), sentences, items, known, false);
    }
  }

  private static LanguageIdentifier ours(String model) throws IOException {
    if (model.equals("-")) {
      return FrequentWordIdentifier.identifier();
    }
    try (InputStream in = Files.newInputStream(Path.of(model))) {
      return LanguageFile.read(in);
    }
  }

  private static String code(Language language) {
    return language.getIsoCode639_1().name().toLowerCase(Locale.ROOT);
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static List<Sentence> sentences(Path folder, Map<String, String> known, int every)
      throws IOException {
    var all = new ArrayList<Sentence>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String language = file.getFileName().toString().replace(".txt", "");
        if (known.containsValue(language)) {
          List<String> lines = Files.readAllLines(file);
          for (int i = 0; i < lines.size(); i += every) {
            all.add(new Sentence(language, lines.get(i)));
          }
        }
      }
    }
    return all;
  }

  private static List<Item> items(Path file, int every) throws IOException {
    var items = new ArrayList<Item>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i += every) {
      JsonNode row = JsonMapper.shared().readTree(lines.get(i));
      String query = row.path("query").stringValue();
      int text = query.indexOf("Sentence: ") + "Sentence: ".length();
      int choices = query.lastIndexOf("\nA. ");
      var names = new ArrayList<String>();
      query
          .substring(choices)
          .lines()
          .filter(line -> line.matches("[A-D]\\. .*"))
          .forEach(line -> names.add(line.substring(3)));
      items.add(new Item(query.substring(text, choices), names, row.path("gold").intValue()));
    }
    return items;
  }

  private static void tell(
      String name,
      Function<String, String> identify,
      List<Sentence> sentences,
      List<Item> items,
      Map<String, String> known,
      boolean warm) {
    for (int round = 0; warm && round < 2; round++) {
      long letters = 0;
      for (Sentence sentence : sentences) {
        letters += identify.apply(sentence.text()).length();
      }
      if (letters == 0) {
        throw new IllegalStateException(name + " tells nothing");
      }
    }
    var right = new TreeMap<String, int[]>();
    var told = new ArrayList<String>();
    long bytes = 0;
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (Sentence sentence : sentences) {
      told.add(identify.apply(sentence.text()));
    }
    double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
    for (int i = 0; i < sentences.size(); i++) {
      Sentence sentence = sentences.get(i);
      bytes += sentence.text().getBytes(StandardCharsets.UTF_8).length;
      int[] counts = right.computeIfAbsent(sentence.language(), _ -> new int[2]);
      counts[0] += told.get(i).equals(sentence.language()) ? 1 : 0;
      counts[1]++;
    }
    double mean =
        right.values().stream().mapToDouble(c -> (double) c[0] / c[1]).average().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "%s sentences %d languages %d mean %.4f speed %.2f MB/s%n",
        name,
        sentences.size(),
        right.size(),
        mean,
        bytes / 1e6 / seconds);
    right.forEach(
        (language, c) ->
            System.out.printf(Locale.ROOT, " %s=%.3f", language, (double) c[0] / c[1]));
    System.out.println();
    lid(name, identify, items, known);
  }

  /// Which of four names: the one that is told; where it is none of them, the first that the
  /// identifier does not know, for it would have told the others.
  private static void lid(
      String name, Function<String, String> identify, List<Item> items, Map<String, String> known) {
    int right = 0;
    int asked = 0;
    int rightOfKnown = 0;
    for (Item item : items) {
      String told = identify.apply(item.text());
      int choice = -1;
      for (int i = 0; i < item.names().size() && choice < 0; i++) {
        choice = told.equals(known.get(item.names().get(i))) ? i : -1;
      }
      for (int i = 0; i < item.names().size() && choice < 0; i++) {
        choice = known.containsKey(item.names().get(i)) ? -1 : i;
      }
      boolean hit = choice == item.gold();
      right += hit ? 1 : 0;
      if (known.containsKey(item.names().get(item.gold()))) {
        asked++;
        rightOfKnown += hit ? 1 : 0;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s lid %d right %.4f; of %d in known languages %.4f%n",
        name,
        items.size(),
        (double) right / items.size(),
        asked,
        (double) rightOfKnown / asked);
  }
}

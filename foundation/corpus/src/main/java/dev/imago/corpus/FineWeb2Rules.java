package dev.imago.corpus;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// FineWeb2's rules: Gopher's and FineWeb's, with bounds and stop words of each language. Penedo et
/// al. 2025, arXiv:2506.20920; the numbers are those of its published configurations. Rules of
/// paragraphs, of characters in repeated lines (but FineWeb's, at 0.1) and of short lines are off
/// there. What a language counts as a word its own cutters said there; here it is as `Words` says.
final class FineWeb2Rules {
  private static final String SOURCE = "Penedo et al. 2025";
  private static final double MOST_DUPLICATE_LINE_CHARACTERS = 0.1;
  private static final int FEWEST_STOP_WORDS = 2;

  private record Bounds(
      double maxDuplicateLines,
      List<Double> maxTopNgrams,
      List<Double> maxDuplicateNgrams,
      double minMeanWordLength,
      double maxMeanWordLength,
      double minAlphabeticWords,
      double minLineEnds,
      double maxNewLines,
      Set<String> stopWords) {}

  private static final Map<String, Bounds> LANGUAGES =
      Map.ofEntries(
          Map.entry(
              "zh",
              bounds(
                  0.287,
                  List.of(0.256, 0.201, 0.171),
                  List.of(0.198, 0.182, 0.167, 0.154, 0.14, 0.127),
                  1,
                  5,
                  0.735,
                  0.106,
                  0.178,
                  "的 年 在 月 是 和 日 了 於 · 為 有 被 人 中 为 他 與 後 也 而 由")),
          Map.entry(
              "de",
              bounds(
                  0.263,
                  List.of(0.169, 0.153, 0.137),
                  List.of(0.141, 0.134, 0.126, 0.117, 0.108, 0.098),
                  0,
                  15,
                  0.774,
                  0.0,
                  0.152,
                  "der und die in von im den des mit das er dem als wurde für")),
          Map.entry(
              "fr",
              bounds(
                  0.264,
                  List.of(0.161, 0.149, 0.134),
                  List.of(0.15, 0.141, 0.131, 0.121, 0.111, 0.1),
                  2,
                  11,
                  0.812,
                  0.1,
                  0.185,
                  "de la le et à en l' des du les est d' un une il dans par au")),
          Map.entry(
              "es",
              bounds(
                  0.252,
                  List.of(0.156, 0.14, 0.125),
                  List.of(0.145, 0.136, 0.127, 0.117, 0.108, 0.099),
                  3,
                  14,
                  0.825,
                  0.182,
                  0.138,
                  "de la en el y a que del los se por un con una las su")),
          Map.entry(
              "pt",
              bounds(
                  0.287,
                  List.of(0.371, 0.191, 0.163),
                  List.of(0.163, 0.153, 0.141, 0.13, 0.119, 0.108),
                  3,
                  13,
                  0.814,
                  0.077,
                  0.186,
                  "de a e o em do da que um no uma com para na é foi")),
          Map.entry(
              "it",
              bounds(
                  0.246,
                  List.of(0.198, 0.156, 0.133),
                  List.of(0.144, 0.136, 0.127, 0.118, 0.109, 0.1),
                  3,
                  21,
                  0.807,
                  0.025,
                  0.2,
                  "di e il la in a del che è della un per nel l' con da i una")),
          Map.entry(
              "nl",
              bounds(
                  0.296,
                  List.of(0.213, 0.182, 0.158),
                  List.of(0.156, 0.146, 0.136, 0.126, 0.115, 0.104),
                  3,
                  17,
                  0.828,
                  0.102,
                  0.154,
                  "de van in het een en is op voor met door zijn werd hij uit")),
          Map.entry(
              "ru",
              bounds(
                  0.322,
                  List.of(0.184, 0.164, 0.146),
                  List.of(0.168, 0.156, 0.145, 0.133, 0.121, 0.109),
                  3,
                  11,
                  0.713,
                  0.231,
                  0.139,
                  "в и на с года по году из был к не от что за для его как а он также до после")),
          Map.entry(
              "ja",
              bounds(
                  0.328,
                  List.of(0.239, 0.196, 0.172),
                  List.of(0.243, 0.225, 0.207, 0.19, 0.175, 0.159),
                  1,
                  6,
                  0.759,
                  0.096,
                  0.13,
                  "の に を は た て が と で 年 し ・ 月 れ さ")),
          Map.entry(
              "ko",
              bounds(
                  0.374,
                  List.of(0.282, 0.228, 0.185),
                  List.of(0.201, 0.184, 0.168, 0.154, 0.14, 0.127),
                  1,
                  6,
                  0.791,
                  0.062,
                  0.196,
                  "의 다 이 는 에 을 한 년 하 은 를 했 고 에서 가 있 으로 인 월 로 되")),
          Map.entry(
              "pl",
              bounds(
                  0.32,
                  List.of(0.222, 0.198, 0.176),
                  List.of(0.172, 0.16, 0.148, 0.136, 0.123, 0.111),
                  3,
                  12,
                  0.726,
                  0.087,
                  0.158,
                  "w i na z do się roku od a jest przez po jako oraz o został był nie")),
          Map.entry(
              "tr",
              bounds(
                  0.272,
                  List.of(0.214, 0.168, 0.147),
                  List.of(0.154, 0.144, 0.134, 0.124, 0.113, 0.103),
                  3,
                  21,
                  0.773,
                  0.091,
                  0.222,
                  "ve bir olarak bu ile için olan da de tarafından yılında sonra en daha ilk"
                      + " the")));

  private FineWeb2Rules() {}

  @SuppressWarnings("TooManyParameters")
  private static Bounds bounds(
      double maxDuplicateLines,
      List<Double> maxTopNgrams,
      List<Double> maxDuplicateNgrams,
      double minMeanWordLength,
      double maxMeanWordLength,
      double minAlphabeticWords,
      double minLineEnds,
      double maxNewLines,
      String stopWords) {
    return new Bounds(
        maxDuplicateLines,
        maxTopNgrams,
        maxDuplicateNgrams,
        minMeanWordLength,
        maxMeanWordLength,
        minAlphabeticWords,
        minLineEnds,
        maxNewLines,
        Set.of(stopWords.split(" ")));
  }

  /// The languages that have bounds.
  static Set<String> languages() {
    return LANGUAGES.keySet();
  }

  /// All rules of a language; none where it has no bounds.
  static List<Rule<Prose>> rules(String language) {
    Bounds bounds = LANGUAGES.get(language);
    if (bounds == null) {
      return List.of();
    }
    var rules = new ArrayList<Rule<Prose>>();
    rules.add(
        Rule.atMost(
            "fineweb2-duplicate-lines", SOURCE, Prose::duplicateLines, bounds.maxDuplicateLines));
    for (int i = 0; i < bounds.maxTopNgrams.size(); i++) {
      int n = i + 2;
      rules.add(
          Rule.atMost(
              "fineweb2-top-%d-gram".formatted(n),
              SOURCE,
              prose -> prose.topNgram(n),
              bounds.maxTopNgrams.get(i)));
    }
    for (int i = 0; i < bounds.maxDuplicateNgrams.size(); i++) {
      int n = i + 5;
      rules.add(
          Rule.atMost(
              "fineweb2-duplicate-%d-grams".formatted(n),
              SOURCE,
              prose -> prose.duplicateNgrams(n),
              bounds.maxDuplicateNgrams.get(i)));
    }
    rules.add(FineWebRules.lineEnds("fineweb2", SOURCE, FineWebRules.ENDS, bounds.minLineEnds));
    rules.add(
        FineWebRules.duplicateLineCharacters("fineweb2", SOURCE, MOST_DUPLICATE_LINE_CHARACTERS));
    rules.add(FineWebRules.newLines("fineweb2", SOURCE, bounds.maxNewLines));
    rules.add(
        new Rule<>(
            "fineweb2-mean-word-length",
            SOURCE,
            Prose::meanWordLength,
            bounds.minMeanWordLength,
            bounds.maxMeanWordLength));
    rules.add(
        Rule.atLeast(
            "fineweb2-alphabetic-words",
            SOURCE,
            Prose::alphabeticWords,
            bounds.minAlphabeticWords));
    rules.add(
        Rule.atLeast(
            "fineweb2-stop-words",
            SOURCE,
            prose -> stopWords(prose, bounds.stopWords),
            FEWEST_STOP_WORDS));
    return rules;
  }

  /// How many words are stop words, no more than are asked for; an ideograph is a word, and so is a
  /// Korean ending: there the text itself is searched.
  private static double stopWords(Prose prose, Set<String> stopWords) {
    String lower = prose.text().toLowerCase(Locale.ROOT);
    var found = new HashSet<String>();
    int words = 0;
    for (String word : lower.split("[^\\p{L}\\p{M}'·・]+")) {
      words += stopWords.contains(word) ? 1 : 0;
      if (words >= FEWEST_STOP_WORDS) {
        return words;
      }
    }
    for (String stop : stopWords) {
      if (stop.codePointAt(0) >= 0x2e80 && lower.contains(stop)) {
        found.add(stop);
      }
    }
    return Math.max(words, found.size());
  }
}

package dev.imago.prepare;

import dev.imago.core.ConfigException;
import java.util.ArrayList;
import java.util.List;

/// The bounds of the rules of prose. The defaults are Gopher's as published: Rae et al. 2021,
/// arXiv:2112.11446, appendix A.1.1: its text for quality, its table A1 for repetition.
///
/// Ideographs count as parts of words (see `Words`). Mean word length and stop words, which say
/// nothing of other scripts and languages, are asked of text that is not taken for another
/// language.
///
/// @param maxSymbolRatio number signs a word, and ellipses a word
/// @param maxTopNgrams shares of characters in the most frequent 2-, 3- and 4-gram
/// @param maxDuplicateNgrams shares of characters in duplicate 5- to 10-grams
public record ProseRules(
    double minWords,
    double maxWords,
    double minMeanWordLength,
    double maxMeanWordLength,
    double maxSymbolRatio,
    double maxBulletLines,
    double maxEllipsisLines,
    double minAlphabeticWords,
    int minStopWords,
    double maxDuplicateLines,
    double maxDuplicateParagraphs,
    double maxDuplicateLineCharacters,
    double maxDuplicateParagraphCharacters,
    List<Double> maxTopNgrams,
    List<Double> maxDuplicateNgrams) {
  private static final String GOPHER = "Rae et al. 2021, A.1.1";
  private static final String TABLE = "Rae et al. 2021, table A1";

  public ProseRules {
    maxTopNgrams = List.copyOf(maxTopNgrams);
    maxDuplicateNgrams = List.copyOf(maxDuplicateNgrams);
    ordered("Words", minWords, maxWords);
    ordered("MeanWordLength", minMeanWordLength, maxMeanWordLength);
    if (maxTopNgrams.size() > 3 || maxDuplicateNgrams.size() > 6) {
      throw new ConfigException(
          "maxTopNgrams has %d and maxDuplicateNgrams %d values; there are 3 (2- to 4-grams) and 6 (5- to 10-grams)"
              .formatted(maxTopNgrams.size(), maxDuplicateNgrams.size()));
    }
  }

  private static void ordered(String name, double least, double most) {
    if (!(least <= most)) {
      throw new ConfigException(
          "min%s = %s is more than max%s = %s; nothing would pass"
              .formatted(name, least, name, most));
    }
  }

  /// Gopher's bounds as published.
  public static ProseRules defaults() {
    return new ProseRules(
        50,
        100_000,
        3,
        10,
        0.1,
        0.9,
        0.3,
        0.8,
        2,
        0.3,
        0.3,
        0.2,
        0.2,
        List.of(0.20, 0.18, 0.16),
        List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.10));
  }

  /// @param language an ISO 639-1 code, or `und`
  List<Rule<Prose>> rules(String language) {
    boolean english = language.equals("en") || language.equals(Languages.UNKNOWN);
    boolean spaced = !language.equals("zh") && !language.equals("ja");
    var rules = new ArrayList<Rule<Prose>>();
    rules.add(new Rule<>("gopher-words", GOPHER, Prose::words, minWords, maxWords));
    if (spaced) {
      rules.add(
          new Rule<>(
              "gopher-mean-word-length",
              GOPHER,
              Prose::meanWordLength,
              minMeanWordLength,
              maxMeanWordLength));
    }
    rules.add(Rule.atMost("gopher-number-signs", GOPHER, Prose::hashRatio, maxSymbolRatio));
    rules.add(Rule.atMost("gopher-ellipses", GOPHER, Prose::ellipsisRatio, maxSymbolRatio));
    rules.add(Rule.atMost("gopher-bullet-lines", GOPHER, Prose::bulletLines, maxBulletLines));
    rules.add(Rule.atMost("gopher-ellipsis-lines", GOPHER, Prose::ellipsisLines, maxEllipsisLines));
    rules.add(
        Rule.atLeast(
            "gopher-alphabetic-words", GOPHER, Prose::alphabeticWords, minAlphabeticWords));
    if (english) {
      rules.add(Rule.atLeast("gopher-stop-words", GOPHER, Prose::stopWords, minStopWords));
    }
    rules.add(
        Rule.atMost("gopher-duplicate-lines", TABLE, Prose::duplicateLines, maxDuplicateLines));
    rules.add(
        Rule.atMost(
            "gopher-duplicate-paragraphs",
            TABLE,
            Prose::duplicateParagraphs,
            maxDuplicateParagraphs));
    rules.add(
        Rule.atMost(
            "gopher-duplicate-line-characters",
            TABLE,
            Prose::duplicateLineCharacters,
            maxDuplicateLineCharacters));
    rules.add(
        Rule.atMost(
            "gopher-duplicate-paragraph-characters",
            TABLE,
            Prose::duplicateParagraphCharacters,
            maxDuplicateParagraphCharacters));
    for (int i = 0; i < maxTopNgrams.size(); i++) {
      int n = i + 2;
      String name = "gopher-top-%d-gram".formatted(n);
      rules.add(Rule.atMost(name, TABLE, prose -> prose.topNgram(n), maxTopNgrams.get(i)));
    }
    for (int i = 0; i < maxDuplicateNgrams.size(); i++) {
      int n = i + 5;
      String name = "gopher-duplicate-%d-grams".formatted(n);
      rules.add(
          Rule.atMost(name, TABLE, prose -> prose.duplicateNgrams(n), maxDuplicateNgrams.get(i)));
    }
    return rules;
  }
}

package dev.imago.corpus;

import dev.imago.core.ConfigException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/// Which rules of prose are asked, and the bounds of Gopher's. The defaults are Gopher's as
/// published: Rae et al. 2021, arXiv:2112.11446, appendix A.1.1: its text for quality, its table A1
/// for repetition. The other sets have the bounds that they were published with.
///
/// Ideographs count as parts of words (see `Words`). Stop words are asked of English alone, and
/// mean word length of languages that are told and write spaces between words: both say nothing of
/// others.
///
/// @param maxSymbolRatio number signs a word, and ellipses a word
/// @param maxTopNgrams shares of characters in the most frequent 2-, 3- and 4-gram
/// @param maxDuplicateNgrams shares of characters in duplicate 5- to 10-grams
/// @param sets which rules are asked, one set after another
/// @param languageModel a file of `imago data languages`, by which languages are told; empty asks
///   their frequent words
/// @param quality bounds on what models of the user's own say
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
    List<Double> maxDuplicateNgrams,
    List<RuleSet> sets,
    String languageModel,
    QualityRules quality)
    implements Serializable {
  /// The name of the rule of length.
  public static final String LENGTH = "gopher-words";

  private static final String GOPHER = "Rae et al. 2021, A.1.1";
  private static final String TABLE = "Rae et al. 2021, table A1";

  public ProseRules {
    maxTopNgrams = List.copyOf(maxTopNgrams);
    maxDuplicateNgrams = List.copyOf(maxDuplicateNgrams);
    sets = List.copyOf(sets);
    if (sets.stream().distinct().count() < sets.size()) {
      throw new ConfigException("sets = %s names a set twice; leave one out".formatted(sets));
    }
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
        List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.10),
        List.of(RuleSet.GOPHER),
        "",
        QualityRules.defaults());
  }

  ProseRules quality(QualityRules given) {
    return new ProseRules(
        minWords,
        maxWords,
        minMeanWordLength,
        maxMeanWordLength,
        maxSymbolRatio,
        maxBulletLines,
        maxEllipsisLines,
        minAlphabeticWords,
        minStopWords,
        maxDuplicateLines,
        maxDuplicateParagraphs,
        maxDuplicateLineCharacters,
        maxDuplicateParagraphCharacters,
        maxTopNgrams,
        maxDuplicateNgrams,
        sets,
        languageModel,
        given);
  }

  /// The rule of length, which steps back where it would drop whole corpora ([FormRules]); nothing
  /// is too long or short where neither Gopher's rules nor FineWeb2's, which have it, are asked.
  Rule<Prose> length(TextForm form) {
    if (!sets.contains(RuleSet.GOPHER) && !sets.contains(RuleSet.FINEWEB2)) {
      return Rule.atLeast(LENGTH, GOPHER, Prose::words, 0);
    }
    double most = form == TextForm.BOOK ? Double.POSITIVE_INFINITY : maxWords;
    double least = form == TextForm.PROSE || form == TextForm.SHORT ? minWords : 0;
    return new Rule<>(LENGTH, GOPHER, Prose::words, least, most);
  }

  /// Whether the bounds of length are those as published.
  boolean usualLength() {
    return minWords == defaults().minWords && maxWords == defaults().maxWords;
  }

  /// Whether lines are cut out as C4 does, which is of English.
  boolean cutsLines(String language) {
    return sets.contains(RuleSet.C4) && language.equals("en");
  }

  /// All but the rule of length.
  ///
  /// @param language an ISO 639-1 code, or `und`
  List<Rule<Prose>> rules(String language) {
    return sets.stream().flatMap(set -> rules(set, language).stream()).toList();
  }

  private List<Rule<Prose>> rules(RuleSet set, String language) {
    return switch (set) {
      case GOPHER -> gopher(language);
      case C4 -> language.equals("en") ? C4Lines.rules() : List.of();
      case FINEWEB -> FineWebRules.rules();
      case FINEWEB2 -> FineWeb2Rules.rules(language);
      case CHINESE -> language.equals("zh") ? ChineseRules.rules() : List.of();
    };
  }

  private List<Rule<Prose>> gopher(String language) {
    boolean english = language.equals("en");
    boolean spaced =
        !language.equals("zh") && !language.equals("ja") && !language.equals(Languages.UNKNOWN);
    var rules = new ArrayList<Rule<Prose>>();
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
    rules.addAll(ngrams());
    return rules;
  }

  /// The rules of repetition within lines.
  private List<Rule<Prose>> ngrams() {
    var rules = new ArrayList<Rule<Prose>>();
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

  /// What is asked of a book: nothing that grows with its length, as the share of duplicate n-grams
  /// does; that of the most frequent one does not.
  List<Rule<Prose>> ofBooks(String language) {
    return rules(language).stream().filter(rule -> !rule.name().endsWith("-grams")).toList();
  }
}

package dev.imago.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// C4's rules of lines and of pages (Raffel et al. 2020, §2.2, with what its published code does
/// besides): a line stays that has at least three words, none of more than 1,000 characters, ends
/// in a terminal mark and not in an ellipsis, and speaks neither of Javascript nor of policies;
/// marks of citation go. Pages with «lorem ipsum», a curly bracket or fewer than five sentences go.
///
/// A page's rule is asked before a later rule of lines there, so such a line stays to be seen by
/// it. Sentences are counted by their ends, where the published code has NLTK's trained cutter: an
/// abbreviation counts as an end here, and not there.
final class C4Lines {
  static final String SOURCE = "Raffel et al. 2020, §2.2";

  private static final int MOST_WORD_CHARACTERS = 1000;
  private static final int FEWEST_WORDS = 3;
  private static final int FEWEST_SENTENCES = 5;
  private static final Pattern CITATION = Pattern.compile("\\[\\d*]|\\[edit]|\\[citation needed]");
  private static final Pattern SENTENCE_END = Pattern.compile("[.!?]+[\"'”’)\\]]*(?=\\s|$)");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final List<String> POLICIES =
      List.of(
          "terms of use",
          "privacy policy",
          "cookie policy",
          "uses cookies",
          "use of cookies",
          "use cookies");

  private C4Lines() {}

  /// What stays of a text.
  static String kept(String text) {
    var kept = new ArrayList<String>();
    for (String raw : text.split("\n", -1)) {
      String stripped = raw.strip();
      String[] words = BLANKS.split(stripped);
      String line =
          stripped.indexOf('[') < 0 ? stripped : CITATION.matcher(stripped).replaceAll("");
      if (ends(line) && words.length >= FEWEST_WORDS && !tooLong(words) && speaks(line)) {
        kept.add(line);
      }
    }
    return String.join("\n", kept).strip();
  }

  private static boolean ends(String line) {
    return !line.isEmpty()
        && ".?!\"'".indexOf(line.charAt(line.length() - 1)) >= 0
        && !line.endsWith("...");
  }

  private static boolean tooLong(String[] words) {
    for (String word : words) {
      if (word.length() > MOST_WORD_CHARACTERS) {
        return true;
      }
    }
    return false;
  }

  /// Whether a line is of the page's matter, or is to be seen by a rule of pages.
  private static boolean speaks(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    if (lower.contains("lorem ipsum")) {
      return true;
    }
    return !lower.contains("javascript")
        && (line.indexOf('{') >= 0 || POLICIES.stream().noneMatch(lower::contains));
  }

  /// The rules of pages, of a text whose lines were cut.
  static List<Rule<Prose>> rules() {
    return List.of(
        Rule.atMost("c4-lorem-ipsum", SOURCE, C4Lines::loremIpsum, 0),
        Rule.atMost("c4-curly-brackets", SOURCE, C4Lines::curlyBrackets, 0),
        Rule.atLeast("c4-sentences", SOURCE, C4Lines::sentences, FEWEST_SENTENCES));
  }

  private static double loremIpsum(Prose prose) {
    return prose.text().toLowerCase(Locale.ROOT).contains("lorem ipsum") ? 1 : 0;
  }

  private static double curlyBrackets(Prose prose) {
    return prose.text().chars().filter(c -> c == '{').count();
  }

  private static double sentences(Prose prose) {
    return prose.text().lines().mapToLong(C4Lines::sentencesOf).sum();
  }

  /// A line's sentences; what stands behind the last end is one too.
  private static long sentencesOf(String line) {
    var end = SENTENCE_END.matcher(line);
    long found = 0;
    int last = 0;
    while (end.find()) {
      found++;
      last = end.end();
    }
    return line.substring(last).isBlank() ? found : found + 1;
  }
}

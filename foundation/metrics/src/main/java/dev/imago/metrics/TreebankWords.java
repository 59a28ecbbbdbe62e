package dev.imago.metrics;

import java.util.List;
import java.util.regex.Pattern;

/// The words of one English sentence as NLTK's `NLTKWordTokenizer` parts them, which follows the
/// Penn Treebank: punctuation, quotes and contractions apart.
final class TreebankWords {
  private record Rule(Pattern pattern, String instead) {
    /// A rule in Python's dialect: of its classes of characters Java has narrower or wider ones.
    static Rule of(String pattern, String instead) {
      String ours =
          pattern
              .replace("\\b", "(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))")
              .replace("\\w", "[\\p{L}\\p{N}_]")
              .replace("[^\\d]", "\\P{Nd}")
              .replace("\\s", "[\\s\\x1c-\\x1f]");
      return new Rule(
          Pattern.compile(ours, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES), instead);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          // Quotes that open.
          Rule.of("([«“‘„]|[`]+)", " $1 "),
          Rule.of("^\"", "``"),
          Rule.of("(``)", " $1 "),
          Rule.of("([ (\\[{<])(\"|'{2})", "$1 `` "),
          Rule.of("(?i)(?<!\\w)(')(?!(?:re|ve|ll|m|t|s|d|n)\\b)(?=\\w)", "$1 "),
          // Punctuation.
          Rule.of("([^.])(\\.)([\\])}>\"'»”’ ]*)\\s*$", "$1 $2 $3 "),
          Rule.of("([:,])([^\\d])", " $1 $2"),
          Rule.of("([:,])$", " $1 "),
          Rule.of("\\.{2,}", " $0 "),
          Rule.of("[;@#$%&]", " $0 "),
          Rule.of("[\u2012-\u2015]", " $0 "),
          Rule.of("([^.])(\\.)([\\])}>\"']*)\\s*$", "$1 $2$3 "),
          Rule.of("[?!]", " $0 "),
          Rule.of("([^'])' ", "$1 ' "),
          Rule.of("[*]", " $0 "),
          Rule.of("[\\]\\[(){}<>]", " $0 "),
          Rule.of("--", " -- "),
          // Quotes that close, on a text between blanks.
          Rule.of("^(?s:(.*))$", " $1 "),
          Rule.of("([»”’])", " $1 "),
          Rule.of("''", " '' "),
          Rule.of("\"", " '' "),
          Rule.of("\\s+", " "),
          Rule.of("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
          Rule.of("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
          // Contractions.
          Rule.of("(?i)\\b(can)(not)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(d)('ye)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(gim)(me)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(gon)(na)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(got)(ta)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(lem)(me)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(more)('n)\\b", " $1 $2 "),
          Rule.of("(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
          Rule.of("(?i) ('t)(is)\\b", " $1 $2 "),
          Rule.of("(?i) ('t)(was)\\b", " $1 $2 "));

  private TreebankWords() {}

  static List<String> of(String sentence) {
    if (sentence.isEmpty()) {
      return List.of();
    }
    String text = sentence;
    for (Rule rule : RULES) {
      text = rule.pattern.matcher(text).replaceAll(rule.instead);
    }
    return WhiteSpace.split(text);
  }
}

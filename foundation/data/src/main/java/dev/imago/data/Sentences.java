package dev.imago.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Cuts running text into sentences, English and Chinese, by what stands at their ends.
///
/// A sentence ends after `。！？`, and after `.!?` where white space follows and then no lower-case
/// letter; closing quotes and brackets belong to it. A period after a title, an initial or a common
/// abbreviation ends none. The rules are ours, not the JDK's `BreakIterator`, whose tables change
/// from one release to the next.
public final class Sentences {
  /// Han characters in a Chinese word, as in the rules of prose: 1.76 on average in the 86,904
  /// words of the Peking University test text of SIGHAN 2005.
  private static final double IDEOGRAPHS_PER_WORD = 1.75;

  private static final String CHINESE_ENDS = "。！？｡";
  private static final String LATIN_ENDS = ".!?";
  private static final String CLOSERS = "\"')]}”’»」』）》】〉";

  /// What a period may follow within a sentence, in lower case.
  private static final Set<String> ABBREVIATIONS =
      Set.of(
          "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "gen", "col", "capt", "lt", "sgt",
          "rev", "hon", "vs", "cf", "e.g", "i.e", "eg", "ie", "etc", "al", "fig", "no", "vol", "pp",
          "p", "approx", "ca", "inc", "ltd", "co", "corp", "u.s", "u.k");

  private Sentences() {}

  /// The sentences of one paragraph, in order, each on one line; the last may lack its end.
  public static List<String> of(String paragraph) {
    String text = paragraph.replaceAll("[\\s\\u00a0\\u3000]+", " ").strip();
    var sentences = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int end = end(text, i, start);
      if (end > 0) {
        String sentence = text.substring(start, end).strip();
        if (!sentence.isEmpty()) {
          sentences.add(sentence);
        }
        start = end;
        i = end;
      } else {
        i = -end;
      }
    }
    String rest = text.substring(start).strip();
    if (!rest.isEmpty()) {
      sentences.add(rest);
    }
    return sentences;
  }

  /// Whether a line ends as sentences do.
  public static boolean ended(String line) {
    int last = line.length() - 1;
    while (last > 0 && CLOSERS.indexOf(line.charAt(last)) >= 0) {
      last--;
    }
    return last >= 0 && (CHINESE_ENDS + LATIN_ENDS).indexOf(line.charAt(last)) >= 0;
  }

  /// Where the sentence ends whose last mark stands at `at`; where it does not end, the place to
  /// look on from, negative.
  private static int end(String text, int at, int start) {
    boolean chinese = CHINESE_ENDS.indexOf(text.charAt(at)) >= 0;
    if (!chinese && LATIN_ENDS.indexOf(text.charAt(at)) < 0) {
      return -(at + 1);
    }
    int end = at + 1;
    while (end < text.length() && (CHINESE_ENDS + LATIN_ENDS).indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    while (end < text.length() && CLOSERS.indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    if (chinese || end == text.length()) {
      return end;
    }
    if (text.charAt(end) != ' ') {
      return -end;
    }
    boolean goesOn = Character.isLowerCase(text.codePointAt(Math.min(end + 1, text.length() - 1)));
    return goesOn || text.charAt(at) == '.' && abbreviated(text, at, start) ? -end : end;
  }

  /// Whether the word before a period is short for something: `Dr`, `e.g`, or an initial.
  private static boolean abbreviated(String text, int period, int start) {
    int from = period;
    while (from > start && text.charAt(from - 1) != ' ' && text.charAt(from - 1) != '(') {
      from--;
    }
    String word = text.substring(from, period);
    boolean initial = word.length() == 1 && Character.isUpperCase(word.charAt(0));
    return initial && !word.equals("I") || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
  }

  /// How long a text is in words; 1.75 ideographs or kana make one.
  public static double words(String text) {
    int words = 0;
    int ideographs = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (ideograph(c)) {
        ideographs++;
        inWord = false;
      } else if (Character.isWhitespace(c)) {
        inWord = false;
      } else if (!inWord && Character.isLetterOrDigit(c)) {
        inWord = true;
        words++;
      }
    }
    return words + ideographs / IDEOGRAPHS_PER_WORD;
  }

  /// Whether most letters are written without spaces between words.
  public static boolean chinese(String text) {
    long letters = text.codePoints().filter(Character::isLetter).count();
    return 2 * text.codePoints().filter(Sentences::ideograph).count() > letters;
  }

  public static boolean ideograph(int c) {
    return c > '~'
        && switch (Character.UnicodeScript.of(c)) {
          case HAN, HIRAGANA, KATAKANA -> Character.isLetter(c);
          default -> false;
        };
  }

  /// Why a sentence is no good prompt and no good completion; empty where it is both.
  public static String unfit(String sentence, int minWords, int maxWords) {
    double words = words(sentence);
    if (words < minWords) {
      return "sentence too short";
    }
    if (words > maxWords) {
      return "sentence too long";
    }
    if (!ended(sentence)) {
      return "sentence without an end";
    }
    long visible = sentence.codePoints().filter(c -> c != ' ').count();
    long letters = sentence.codePoints().filter(Character::isLetter).count();
    return 2 * letters < visible ? "sentence of few letters" : "";
  }
}

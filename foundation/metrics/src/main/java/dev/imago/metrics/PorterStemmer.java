package dev.imago.metrics;

import java.util.List;
import java.util.Map;

/// The stems of English words in lower case: Porter 1980, «An algorithm for suffix stripping»,
/// Program 14(3), with the deviations of NLTK, whose stems `rouge_score` takes.
final class PorterStemmer {
  private static final String VOWELS = "aeiou";

  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("sky", "sky"),
          Map.entry("skies", "sky"),
          Map.entry("dying", "die"),
          Map.entry("lying", "lie"),
          Map.entry("tying", "tie"),
          Map.entry("news", "news"),
          Map.entry("innings", "inning"),
          Map.entry("inning", "inning"),
          Map.entry("outings", "outing"),
          Map.entry("outing", "outing"),
          Map.entry("cannings", "canning"),
          Map.entry("canning", "canning"),
          Map.entry("howe", "howe"),
          Map.entry("proceed", "proceed"),
          Map.entry("exceed", "exceed"),
          Map.entry("succeed", "succeed"));

  /// The first suffix that a word has decides, whether or not its condition holds.
  private record Suffix(String suffix, String instead) {}

  private static final List<Suffix> STEP_2 =
      suffixes(
          "ational ate tional tion enci ence anci ance izer ize bli ble alli al entli ent eli e"
              + " ousli ous ization ize ation ate ator ate alism al iveness ive fulness ful"
              + " ousness ous aliti al iviti ive biliti ble fulli ful logi log");
  private static final List<Suffix> STEP_3 =
      suffixes("icate ic ative - alize al iciti ic ical ic ful - ness -");
  private static final List<Suffix> STEP_4 =
      suffixes(
          "al - ance - ence - er - ic - able - ible - ant - ement - ment - ent - ion - ou - ism -"
              + " ate - iti - ous - ive - ize -");

  private PorterStemmer() {}

  private static List<Suffix> suffixes(String pairs) {
    String[] words = pairs.split(" ");
    Suffix[] suffixes = new Suffix[words.length / 2];
    for (int i = 0; i < suffixes.length; i++) {
      suffixes[i] = new Suffix(words[2 * i], words[2 * i + 1].replace("-", ""));
    }
    return List.of(suffixes);
  }

  static String stem(String word) {
    String irregular = IRREGULAR.get(word);
    if (irregular != null) {
      return irregular;
    }
    if (word.length() <= 2) {
      return word;
    }
    return step5b(step5a(step4(step3(step2(step1c(step1b(step1a(word))))))));
  }

  private static String step1a(String word) {
    if (word.endsWith("ies")) {
      return cut(word, word.length() == 4 ? 1 : 2); // dies → die, but flies → fli
    }
    if (word.endsWith("sses")) {
      return cut(word, 2);
    }
    return word.endsWith("s") && !word.endsWith("ss") ? cut(word, 1) : word;
  }

  private static String step1b(String word) {
    if (word.endsWith("ied")) {
      return cut(word, word.length() == 4 ? 1 : 2);
    }
    if (word.endsWith("eed")) {
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    String stem = word.endsWith("ed") ? cut(word, 2) : word.endsWith("ing") ? cut(word, 3) : "";
    if (!hasVowel(stem)) {
      return word;
    }
    if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
      return stem + "e";
    }
    if (endsInDouble(stem)) {
      return "lsz".indexOf(stem.charAt(stem.length() - 1)) < 0 ? cut(stem, 1) : stem;
    }
    return measure(stem) == 1 && endsShort(stem) ? stem + "e" : stem;
  }

  private static String step1c(String word) {
    String stem = word.endsWith("y") ? cut(word, 1) : "";
    return stem.length() > 1 && consonant(stem, stem.length() - 1) ? stem + "i" : word;
  }

  private static String step2(String word) {
    if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
      return step2(cut(word, 2));
    }
    for (Suffix s : STEP_2) {
      if (word.endsWith(s.suffix)) {
        String stem = cut(word, s.suffix.length());
        // The «l» of «logi» belongs to the stem, so that short ones such as «geo» have a measure.
        String measured = s.suffix.equals("logi") ? cut(word, 3) : stem;
        return measure(measured) > 0 ? stem + s.instead : word;
      }
    }
    return word;
  }

  private static String step3(String word) {
    for (Suffix s : STEP_3) {
      if (word.endsWith(s.suffix)) {
        String stem = cut(word, s.suffix.length());
        return measure(stem) > 0 ? stem + s.instead : word;
      }
    }
    return word;
  }

  private static String step4(String word) {
    for (Suffix s : STEP_4) {
      if (word.endsWith(s.suffix)) {
        String stem = cut(word, s.suffix.length());
        boolean fits = !s.suffix.equals("ion") || stem.endsWith("s") || stem.endsWith("t");
        return measure(stem) > 1 && fits ? stem : word;
      }
    }
    return word;
  }

  private static String step5a(String word) {
    if (!word.endsWith("e")) {
      return word;
    }
    String stem = cut(word, 1);
    int measure = measure(stem);
    return measure > 1 || measure == 1 && !endsShort(stem) ? stem : word;
  }

  private static String step5b(String word) {
    return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
  }

  private static String cut(String word, int letters) {
    return word.substring(0, word.length() - letters);
  }

  private static boolean consonant(String word, int at) {
    char c = word.charAt(at);
    if (c != 'y') {
      return VOWELS.indexOf(c) < 0;
    }
    boolean is = true; // a y is one at the beginning, and after a letter that is none
    for (int i = at - 1; i >= 0; i--) {
      if (word.charAt(i) != 'y') {
        return VOWELS.indexOf(word.charAt(i)) >= 0 == is;
      }
      is = !is;
    }
    return is;
  }

  /// How often a consonant follows a vowel: Porter's m.
  private static int measure(String stem) {
    int measure = 0;
    boolean vowelBefore = false;
    for (int i = 0; i < stem.length(); i++) {
      boolean vowel = stem.charAt(i) == 'y' ? i > 0 && !vowelBefore : vowel(stem.charAt(i));
      measure += vowelBefore && !vowel ? 1 : 0;
      vowelBefore = vowel;
    }
    return measure;
  }

  private static boolean vowel(char c) {
    return VOWELS.indexOf(c) >= 0;
  }

  private static boolean hasVowel(String stem) {
    for (int i = 0; i < stem.length(); i++) {
      if (!consonant(stem, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsInDouble(String word) {
    int last = word.length() - 1;
    return last >= 1 && word.charAt(last) == word.charAt(last - 1) && consonant(word, last);
  }

  /// Consonant, vowel, consonant other than w, x, y; of two letters, vowel and consonant.
  private static boolean endsShort(String word) {
    int last = word.length() - 1;
    if (last == 1) {
      return !consonant(word, 0) && consonant(word, 1);
    }
    return last >= 2
        && consonant(word, last - 2)
        && !consonant(word, last - 1)
        && consonant(word, last)
        && "wxy".indexOf(word.charAt(last)) < 0;
  }
}

package dev.imago.languages;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Tells the language of a text: by its script where only one language is written in it, by kana
/// where Japanese and Chinese share one, else by the n-grams of its letters. Of a long text three
/// pieces are looked at: its beginning, middle and end. One object serves any number of threads.
public final class LanguageIdentifier {
  /// UTF-16 units of a piece of a long text.
  private static final int PIECE = 1000;

  /// The n-grams of a text overlap and tell the same again and again: the more there are, the less
  /// each is worth as evidence.
  private static final double GRAMS_OF_EVIDENCE = 25;

  /// How many times as likely an expected language is.
  private static final double EXPECTED = 8;

  /// An ideograph says as much as so many letters: 1.75 make a word, which has five in English.
  private static final int LETTERS_PER_IDEOGRAPH = 3;

  private static final int HAN = Character.UnicodeScript.HAN.ordinal();

  /// Letters of a window, which ends with a word where one ends soon.
  private static final int WINDOW = 64;

  /// A long text is looked at in thirds.
  private static final int PARTS = 3;

  /// Nothing is decided by fewer n-grams, nor by a smaller lead, which is 40 nats.
  private static final int FEWEST_GRAMS = 256;

  private static final int DECIDED = (int) (40 * ScriptWeights.STEPS);

  /// One kana to as many ideographs and kana makes a text Japanese.
  private static final int IDEOGRAPHS_PER_KANA = 20;

  private static final Character.UnicodeScript[] SCRIPTS = Character.UnicodeScript.values();

  private final LetterForms letters = new LetterForms();
  private final Map<Character.UnicodeScript, ScriptWeights> models;

  LanguageIdentifier(List<ScriptWeights> models) {
    this.models = new EnumMap<>(Character.UnicodeScript.class);
    models.forEach(model -> this.models.put(model.script(), model));
  }

  List<ScriptWeights> models() {
    return List.copyOf(models.values());
  }

  /// What is told apart, such as `en` and `zh-Hant`, in order.
  public Set<String> labels() {
    var labels = new TreeSet<String>();
    models.values().forEach(model -> labels.addAll(model.labels()));
    return labels;
  }

  /// The language of most of a text.
  public LanguageGuess identify(CharSequence text) {
    return identify(text, Set.of());
  }

  /// The language of most of a text.
  ///
  /// @param expected languages that are [#EXPECTED] times as likely as others before anything is
  ///   read, such as `en`
  public LanguageGuess identify(CharSequence text, Set<String> expected) {
    if (text.length() <= 3 * PIECE) {
      return told(text, expected);
    }
    int middle = (text.length() - PIECE) / 2;
    return told(
        new StringBuilder(3 * PIECE + 2)
            .append(text, 0, PIECE)
            .append(LetterForms.BLANK)
            .append(text, middle, middle + PIECE)
            .append(LetterForms.BLANK)
            .append(text, text.length() - PIECE, text.length()),
        expected);
  }

  /// The languages of a text's stretches, one after another, which together are the text.
  public List<LanguageSegment> segments(String text) {
    return new Segments(this, letters).of(text);
  }

  /// The language of a whole text, however long.
  LanguageGuess told(CharSequence text, Set<String> expected) {
    char[] read = letters.of(text);
    int[] counts = new int[SCRIPTS.length];
    int all = 0;
    int kana = 0;
    for (char c : read) {
      int script = letters.script(c);
      if (script != 0) {
        int weight = script == HAN ? LETTERS_PER_IDEOGRAPH : 1;
        counts[script] += weight;
        all += weight;
        kana += LetterForms.kana(c) ? 1 : 0;
      }
    }
    if (all == 0) {
      return LanguageGuess.NO_LETTERS;
    }
    int most = 0;
    for (int script = 1; script < counts.length; script++) {
      most = counts[script] > counts[most] ? script : most;
    }
    Character.UnicodeScript script = SCRIPTS[most];
    ScriptWeights model = models.get(script);
    if (script == Character.UnicodeScript.HAN
        && kana * IDEOGRAPHS_PER_KANA * LETTERS_PER_IDEOGRAPH >= counts[most]
        && (model == null || model.labels().contains("ja"))) {
      return new LanguageGuess(model == null ? LanguageGuess.UNKNOWN : "ja", "Jpan", 1);
    }
    if (model == null) {
      return LanguageGuess.none(script);
    }
    double share = (double) counts[most] / all;
    return model.labels().size() == 1
        ? LanguageGuess.of(model.labels().getFirst(), script, share)
        : likeliest(model, read, script, kana == 0, expected);
  }

  /// @param noKana whether ideographs are Chinese
  private static LanguageGuess likeliest(
      ScriptWeights model,
      char[] read,
      Character.UnicodeScript script,
      boolean noKana,
      Set<String> expected) {
    int[] costs = new int[model.labels().size()];
    if (script == Character.UnicodeScript.HAN && noKana) {
      int japanese = model.labels().indexOf("ja");
      if (japanese >= 0) {
        costs[japanese] = Integer.MAX_VALUE / 2;
      }
    }
    int grams = score(model, read, costs);
    double temperature = ScriptWeights.STEPS * Math.max(1, grams / GRAMS_OF_EVIDENCE);
    for (int l = 0; l < costs.length && !expected.isEmpty(); l++) {
      boolean other = !expected.contains(LanguageGuess.language(model.labels().get(l)));
      costs[l] += other ? (int) Math.round(Math.log(EXPECTED) * temperature) : 0;
    }
    int best = best(costs);
    double others = 0;
    for (int cost : costs) {
      others += Math.exp((costs[best] - cost) / temperature);
    }
    return LanguageGuess.of(model.labels().get(best), script, 1 / others);
  }

  /// Adds up what the letters tell, a window of each part of them in turn, until one language
  /// stands out; gives the number of n-grams.
  private static int score(ScriptWeights model, char[] read, int[] costs) {
    int grams = 0;
    int parts = read.length > PARTS * WINDOW ? PARTS : 1;
    int[] at = new int[parts];
    int[] ends = new int[parts];
    for (int part = 0; part < parts; part++) {
      at[part] = part == 0 ? 0 : ends[part - 1];
      ends[part] =
          part == parts - 1
              ? read.length
              : end(read, (part + 1) * read.length / parts, read.length);
    }
    for (boolean left = true; left; ) {
      left = false;
      for (int part = 0; part < parts; part++) {
        if (at[part] < ends[part]) {
          int end = end(read, at[part] + WINDOW, ends[part]);
          // A word's n-grams begin with the blank before it.
          int from =
              at[part] > 0 && read[at[part] - 1] == LetterForms.BLANK ? at[part] - 1 : at[part];
          grams += model.score(read, from, end, costs);
          at[part] = end;
          left = true;
        }
      }
      if (grams >= FEWEST_GRAMS && margin(costs) >= DECIDED) {
        break;
      }
    }
    return grams;
  }

  /// Behind the blank at or after a place; where none is near, the place itself.
  private static int end(char[] read, int place, int most) {
    for (int i = place; i < Math.min(most, place + WINDOW); i++) {
      if (read[i] == LetterForms.BLANK) {
        return i + 1;
      }
    }
    return Math.min(place, most);
  }

  private static int best(int[] costs) {
    int best = 0;
    for (int l = 1; l < costs.length; l++) {
      best = costs[l] < costs[best] ? l : best;
    }
    return best;
  }

  /// By how much the best one is ahead of the next.
  private static int margin(int[] costs) {
    int best = best(costs);
    int next = Integer.MAX_VALUE;
    for (int l = 0; l < costs.length; l++) {
      next = l == best ? next : Math.min(next, costs[l]);
    }
    return next - costs[best];
  }

  /// Where a text is cut into stretches.
  private record Segments(LanguageIdentifier identifier, LetterForms letters) {
    /// A stretch of fewer letters goes with the one before.
    private static final int FEWEST_LETTERS = 12;

    /// Of another script fewer letters are enough: a script is no guess.
    private static final int FEWEST_OF_A_SCRIPT = 4;

    /// Below this a stretch in the same script stays in the language before.
    private static final double SURE = 0.7;

    List<LanguageSegment> of(String text) {
      var found = new ArrayList<LanguageSegment>();
      int start = 0;
      while (start < text.length()) {
        int end = end(text, start);
        add(
            found,
            new LanguageSegment(start, end, identifier.told(text.substring(start, end), Set.of())));
        start = end;
      }
      return found;
    }

    /// Behind the sentence, the line, or the run of one script that begins at `start`.
    private int end(String text, int start) {
      int script = 0;
      int found = 0;
      for (int i = start; i < text.length(); i++) {
        char c = text.charAt(i);
        int own = letters.script(c);
        if (own != 0) {
          if (script != 0 && own != script && run(text, i) >= FEWEST_OF_A_SCRIPT) {
            return i;
          }
          script = script == 0 || own == script ? own : script;
          found++;
        } else if (found >= FEWEST_LETTERS && ends(text, i)) {
          return i + 1;
        }
      }
      return text.length();
    }

    /// How many letters of one script stand here, one after another.
    private int run(String text, int from) {
      int script = letters.script(text.charAt(from));
      int found = 0;
      for (int i = from; i < text.length() && found < FEWEST_OF_A_SCRIPT; i++) {
        int own = letters.script(text.charAt(i));
        if (own != 0 && own != script) {
          break;
        }
        found += own == script ? 1 : 0;
      }
      return found;
    }

    private static boolean ends(String text, int at) {
      char c = text.charAt(at);
      boolean mark = c == '.' || c == '!' || c == '?';
      return c == '\n'
          || c == '。'
          || c == '！'
          || c == '？'
          || mark && at + 1 < text.length() && Character.isWhitespace(text.charAt(at + 1));
    }

    /// Joins a stretch to the one before where it says the same or too little.
    private static void add(List<LanguageSegment> found, LanguageSegment next) {
      if (found.isEmpty()) {
        found.add(next);
        return;
      }
      LanguageSegment last = found.getLast();
      LanguageGuess guess = next.guess();
      boolean none = last.guess().probability() == 0;
      boolean same =
          guess.language().equals(last.guess().language())
              && guess.script().equals(last.guess().script());
      boolean unsure = guess.probability() < SURE && guess.script().equals(last.guess().script());
      if (same || guess.probability() == 0 || unsure || none) {
        LanguageGuess joined =
            same
                ? new LanguageGuess(
                    guess.language(),
                    guess.script(),
                    Math.max(guess.probability(), last.guess().probability()))
                : none ? guess : last.guess();
        found.set(found.size() - 1, new LanguageSegment(last.start(), next.end(), joined));
      } else {
        found.add(next);
      }
    }
  }
}

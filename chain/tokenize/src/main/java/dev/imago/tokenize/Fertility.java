package dev.imago.tokenize;

import dev.imago.data.Utf8Length;
import dev.imago.tokenizers.Tokenizer;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/// What a tokenizer makes of texts: how much text a token holds, by kind of text, and how much of
/// the vocabulary is used. Not thread-safe.
public final class Fertility {
  /// Sums over the texts of one kind.
  ///
  /// @param bytes of UTF-8
  /// @param characters code points
  public record Totals(long texts, long bytes, long characters, long tokens) {
    /// 0 where there is no token.
    public double bytesPerToken() {
      return tokens == 0 ? 0 : (double) bytes / tokens;
    }

    Totals plus(Totals other) {
      return new Totals(
          texts + other.texts,
          bytes + other.bytes,
          characters + other.characters,
          tokens + other.tokens);
    }
  }

  private static final Totals NOTHING = new Totals(0, 0, 0, 0);

  private final Tokenizer tokenizer;
  private final Map<String, Totals> byKind = new TreeMap<>();
  private final BitSet used = new BitSet();

  public Fertility(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Takes a text; gives its ids.
  ///
  /// @param kind a language or a script, under which it is counted
  public int[] add(String kind, String text) {
    int[] ids = tokenizer.encodeOrdinary(text);
    for (int id : ids) {
      used.set(id);
    }
    var totals =
        new Totals(1, Utf8Length.of(text), text.codePointCount(0, text.length()), ids.length);
    byKind.merge(kind, totals, Totals::plus);
    return ids;
  }

  /// The sums by kind of text, kinds in alphabetical order.
  public Map<String, Totals> byKind() {
    return new TreeMap<>(byKind);
  }

  /// The sums over all texts.
  public Totals all() {
    return byKind.values().stream().reduce(NOTHING, Totals::plus);
  }

  /// How many different tokens occurred.
  public int usedTokens() {
    return used.cardinality();
  }

  /// The share of the vocabulary that occurred, 0 … 1.
  public double usedShare() {
    return (double) usedTokens() / tokenizer.vocabularySize();
  }

  /// The writing of a text: the script that most of its letters have, in Unicode's names, such as
  /// `Latin` or `Han`; `Common` where it has no letter.
  public static String script(String text) {
    var counts = new TreeMap<String, Integer>();
    text.codePoints()
        .limit(10_000)
        .filter(Character::isLetter)
        .forEach(c -> counts.merge(Character.UnicodeScript.of(c).name(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(e -> e.getKey().charAt(0) + e.getKey().substring(1).toLowerCase(java.util.Locale.ROOT))
        .orElse("Common");
  }
}

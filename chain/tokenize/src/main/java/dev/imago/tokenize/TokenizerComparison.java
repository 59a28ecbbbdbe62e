package dev.imago.tokenize;

import dev.imago.tokenizers.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Two tokenizers side by side: what their vocabularies share, and what each makes of the same
/// texts. Not thread-safe.
public final class TokenizerComparison {
  /// What the vocabularies share.
  ///
  /// @param shared spellings that both have
  /// @param sameIds of these, those with the same id
  public record Overlap(int onlyFirst, int shared, int onlySecond, int sameIds) {}

  /// The first text that they encode differently.
  ///
  /// @param number the text's number, from 1
  /// @param at the first id, from 0, that differs
  /// @param text what lies around it
  /// @param first the first tokenizer's spellings from there on, at most ten
  public record Difference(long number, int at, String text, String first, String second) {}

  private static final int SHOWN = 10;

  private final Tokenizer first;
  private final Tokenizer second;
  private final Fertility firstFertility;
  private final Fertility secondFertility;
  private long texts;
  private long equal;
  private @Nullable Difference difference;

  public TokenizerComparison(Tokenizer first, Tokenizer second) {
    this.first = first;
    this.second = second;
    this.firstFertility = new Fertility(first);
    this.secondFertility = new Fertility(second);
  }

  /// Encodes a text with both.
  public void add(String kind, String text) {
    int[] a = firstFertility.add(kind, text);
    int[] b = secondFertility.add(kind, text);
    texts++;
    int at = Arrays.mismatch(a, b);
    if (at < 0) {
      equal++;
    } else if (difference == null) {
      difference =
          new Difference(
              texts, at, around(a, at), spellings(first, a, at), spellings(second, b, at));
    }
  }

  private String around(int[] ids, int at) {
    int from = Math.max(0, at - 2);
    return first.decode(Arrays.copyOfRange(ids, from, Math.min(ids.length, at + SHOWN)));
  }

  private static String spellings(Tokenizer tokenizer, int[] ids, int at) {
    var out = new StringBuilder();
    for (int i = at; i < Math.min(ids.length, at + SHOWN); i++) {
      out.append(i > at ? " " : "")
          .append(Spelling.of(tokenizer, ids[i]))
          .append('=')
          .append(ids[i]);
    }
    return out.toString();
  }

  /// How many texts were taken.
  public long texts() {
    return texts;
  }

  /// How many of them have the same ids.
  public long equal() {
    return equal;
  }

  /// The first that has not, or null where all have.
  public @Nullable Difference difference() {
    return difference;
  }

  public Fertility first() {
    return firstFertility;
  }

  public Fertility second() {
    return secondFertility;
  }

  /// What the vocabularies share.
  public Overlap overlap() {
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < first.vocabularySize(); id++) {
      if (!first.token(id).isEmpty()) {
        ids.put(first.token(id), id);
      }
    }
    int shared = 0;
    int sameIds = 0;
    int onlySecond = 0;
    for (int id = 0; id < second.vocabularySize(); id++) {
      String token = second.token(id);
      if (token.isEmpty()) {
        continue;
      }
      OptionalInt other = first.id(token);
      if (other.isEmpty()) {
        onlySecond++;
      } else {
        shared++;
        sameIds += other.getAsInt() == id ? 1 : 0;
      }
    }
    return new Overlap(ids.size() - shared, shared, onlySecond, sameIds);
  }
}

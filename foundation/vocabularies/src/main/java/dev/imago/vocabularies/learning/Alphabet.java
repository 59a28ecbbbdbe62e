package dev.imago.vocabularies.learning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tokens that merging begins with: special tokens, then characters by code point, then the
/// forms that characters take inside a word and at its end. Spells words in them.
///
/// Hugging Face gives those forms ids in the order of a hash map, another on every run; here they
/// follow the characters' order: continuing, ending, both. Of characters that are equally frequent,
/// a limit leaves out the last by code point; there, that too is left to a hash map.
public final class Alphabet {
  private static final int CODE_POINTS = Character.MAX_CODE_POINT + 1;
  private static final int CONTINUES = 1;
  private static final int ENDS = 2;

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Settings settings;

  /// By form (0, [#CONTINUES], [#ENDS], both), by code point: the id, or −1 where the character is
  /// left out.
  private final int[][] forms = new int[4][];

  private final int reached;

  /// @param specialTokens they get the first ids
  /// @param initial code points that are in it, whether or not they occur
  /// @param limit how many characters there are at most, the most frequent
  /// @param prefix what stands before a character that does not start its word; empty for nothing
  /// @param suffix what stands after a character that ends its word; empty for nothing
  /// @param byteSpelling by byte, the character that stands for it where words are bytes; null
  ///   where they are UTF-8
  public record Settings(
      List<String> specialTokens,
      Set<Integer> initial,
      int limit,
      String prefix,
      String suffix,
      char @Nullable [] byteSpelling) {
    /// The form of a character by where it stands in its word.
    private int form(boolean first, boolean last) {
      return (first || prefix.isEmpty() ? 0 : CONTINUES) | (last && !suffix.isEmpty() ? ENDS : 0);
    }
  }

  /// Finds the characters of counted words.
  public Alphabet(CountedWords words, Settings settings) {
    this.settings = settings;
    settings.specialTokens().forEach(this::token);
    long[] counts = new long[CODE_POINTS];
    byte[] seen = new byte[CODE_POINTS];
    boolean all = settings.byteSpelling() != null && settings.initial().size() >= 256;
    if (!all || settings.form(false, true) != 0) {
      words.forEachUnordered((text, from, to, count) -> count(text, from, to, count, counts, seen));
    }
    for (int c : settings.initial()) {
      counts[c] = Long.MAX_VALUE;
    }
    int highest = 0;
    for (int c : kept(counts, settings.limit())) {
      int id = token(Character.toString(c));
      form(0)[c] = id;
      highest = c;
    }
    for (int form = 1; form <= (CONTINUES | ENDS); form++) {
      for (int c = 0; c <= highest; c++) {
        if ((seen[c] >> form & 1) != 0 && form(0)[c] >= 0) {
          form(form)[c] = token(spelling(c, form));
        }
      }
    }
    reached = highest;
  }

  private int[] form(int form) {
    int[] ids = forms[form];
    if (ids == null) {
      ids = new int[CODE_POINTS];
      Arrays.fill(ids, -1);
      forms[form] = ids;
    }
    return ids;
  }

  private String spelling(int c, int form) {
    return ((form & CONTINUES) != 0 ? settings.prefix() : "")
        + Character.toString(c)
        + ((form & ENDS) != 0 ? settings.suffix() : "");
  }

  private void count(byte[] text, int from, int to, long count, long[] counts, byte[] seen) {
    for (int i = from, next; i < to; i = next) {
      next = next(text, i);
      int c = character(text, i);
      long sum = counts[c] + count;
      counts[c] = sum < 0 ? Long.MAX_VALUE : sum;
      seen[c] |= (byte) (1 << settings.form(i == from, next == to));
    }
  }

  private int next(byte[] text, int at) {
    return settings.byteSpelling() != null ? at + 1 : at + Utf8Steps.length(text[at]);
  }

  private int character(byte[] text, int at) {
    char[] bytes = settings.byteSpelling();
    return bytes != null ? bytes[text[at] & 0xff] : Utf8Steps.codePoint(text, at);
  }

  /// The characters that count, the most frequent of them where there are too many, by code point.
  private static int[] kept(long[] counts, int limit) {
    int size = 0;
    for (long count : counts) {
      size += count > 0 ? 1 : 0;
    }
    int[] found = new int[size];
    int at = 0;
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        found[at++] = c;
      }
    }
    if (size <= limit) {
      return found;
    }
    IndexSort.sort(found, (one, other) -> Long.compare(counts[other], counts[one]));
    int[] kept = Arrays.copyOf(found, limit);
    Arrays.sort(kept);
    return kept;
  }

  private int token(String spelling) {
    Integer id = ids.putIfAbsent(spelling, tokens.size());
    if (id == null) {
      tokens.add(spelling);
      return tokens.size() - 1;
    }
    return id;
  }

  /// The tokens by id.
  public List<String> tokens() {
    return tokens;
  }

  /// What is taken off the second of two tokens before they are spelled together.
  String prefix() {
    return settings.prefix();
  }

  /// Spells a word; characters that are left out are passed over.
  ///
  /// @param out room for as many ids as the word has bytes
  /// @return how many ids there are
  int spell(byte[] text, int from, int to, int[] out) {
    int size = 0;
    for (int i = from, next; i < to; i = next) {
      next = next(text, i);
      int c = character(text, i);
      if (c <= reached && form(0)[c] >= 0) {
        out[size++] = form(settings.form(i == from, next == to))[c];
      }
    }
    return size;
  }

  /// The distinct spellings among these, in their order.
  public static List<String> distinct(List<String> spellings) {
    return List.copyOf(new LinkedHashSet<>(spellings));
  }
}

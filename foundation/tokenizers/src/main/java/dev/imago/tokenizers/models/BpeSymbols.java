package dev.imago.tokenizers.models;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What BPE starts from and what it gives out: the characters of a piece as tokens, and the merged
/// tokens with the places that they came from.
///
/// Two ways with the unknown. A `tokenizer.json`'s: it is a token before anything is merged, in
/// which order and place Hugging Face gives it. SentencePiece's: it stays what it is until all is
/// merged.
final class BpeSymbols {
  /// What SentencePiece knows beside its merges.
  ///
  /// @param symbols matched in the text before anything is merged, the longest first
  /// @param unused tokens that are taken apart again
  /// @param strays characters of tokens that are no tokens themselves, with ids past all others
  record Pieces(CharTrie symbols, boolean[] unused, Map<Integer, Integer> strays) {}

  private final VocabularyTable table;
  private final BpeModel.Options options;
  private final @Nullable Pieces pieces;
  private final int unkId;
  private final int[] byteIds;
  private final CharacterIds only;
  private final CharacterIds first;
  private final CharacterIds middle;
  private final CharacterIds last;
  private final boolean hasUnused;

  BpeSymbols(VocabularyTable table, BpeModel.Options options) {
    this(table, options, null);
  }

  BpeSymbols(VocabularyTable table, BpeModel.Options options, @Nullable Pieces pieces) {
    this.table = table;
    this.options = options;
    this.pieces = pieces;
    this.unkId = options.unkToken() == null ? -1 : table.find(options.unkToken());
    this.byteIds = table.byteIds();
    String prefix = options.prefix();
    String suffix = options.suffix();
    this.first = new CharacterIds(table, "", "");
    this.middle = prefix.isEmpty() ? first : new CharacterIds(table, prefix, "");
    this.only = suffix.isEmpty() ? first : new CharacterIds(table, "", suffix);
    this.last =
        suffix.isEmpty()
            ? middle
            : prefix.isEmpty() ? only : new CharacterIds(table, prefix, suffix);
    boolean some = false;
    if (pieces != null) {
      pieces.strays().forEach(first::put);
      for (boolean unused : pieces.unused()) {
        some |= unused;
      }
    }
    this.hasUnused = some;
  }

  /// Refuses a merge of ids that are not there.
  void check(BpeModel.Merge merge) {
    int bound = table.bound() + (pieces == null ? 0 : pieces.strays().size());
    if (merge.left() < 0
        || merge.left() >= bound
        || merge.right() < 0
        || merge.right() >= bound
        || merge.rank() < 0
        || table.token(merge.merged()) == null) {
      throw new IllegalArgumentException(
          "%s is no merge of two of the %d ids into a third".formatted(merge, bound));
    }
  }

  /// Whether tokens are taken apart again.
  boolean hasUnused() {
    return hasUnused;
  }

  boolean unused(int id) {
    return pieces != null && id < pieces.unused().length && pieces.unused()[id];
  }

  /// Whether parts of a text that no token spans become the same tokens without each other.
  boolean standAlone(List<BpeModel.Merge> merges) {
    boolean complete = options.byteFallback();
    for (int id : byteIds) {
      complete &= id >= 0;
    }
    return !hasUnused
        && options.prefix().isEmpty()
        && options.suffix().isEmpty()
        && (pieces != null
            || complete
            || unkId >= 0
                && merges.stream().noneMatch(m -> m.left() == unkId || m.right() == unkId));
  }

  /// The tokens that a text can become by merging or as symbols, and those of a mark alone.
  Set<String> spellings(List<BpeModel.Merge> merges) {
    var spellings = new HashSet<String>();
    for (BpeModel.Merge merge : merges) {
      spellings.add(String.valueOf(table.token(merge.merged())));
    }
    for (String token : table.ids().keySet()) {
      if (token.length() == 1 || pieces != null && isSymbol(pieces.symbols(), token)) {
        spellings.add(token);
      }
    }
    return spellings;
  }

  private static boolean isSymbol(CharTrie symbols, String token) {
    int node = symbols.first(token.charAt(0));
    for (int i = 1; i < token.length() && node != CharTrie.NONE; i++) {
      node = symbols.next(node, token.charAt(i));
    }
    return node != CharTrie.NONE && symbols.value(node) != CharTrie.NONE;
  }

  /// The characters of `text[from, to)` as tokens.
  void split(char[] text, int from, int to, MergeWork out) {
    out.clear();
    int unknown = 0;
    for (int i = from; i < to; ) {
      int symbol = pieces == null ? i : symbol(pieces.symbols(), text, i, to, out);
      if (symbol > i) {
        i = symbol;
        continue;
      }
      int c = Character.codePointAt(text, i, to);
      int end = i + Character.charCount(c);
      int length = bytes(c);
      CharacterIds ids = i == from ? (end == to ? only : first) : end == to ? last : middle;
      int id = ids.find(c);
      if (id >= 0 || pieces != null) {
        if (unknown > 0) {
          out.add(unkId, unknown);
          unknown = 0;
        }
        out.add(id, length);
      } else if (!(options.byteFallback() && addBytes(spelled(c, i > from, end == to), out))
          && options.unkToken() != null) {
        if (unkId < 0) {
          throw TokenModel.unknown(Character.toString(c), options.unkToken());
        }
        if (unknown > 0 && !options.fuseUnk()) {
          out.add(unkId, unknown);
          unknown = 0;
        }
        unknown += length;
      }
      i = end;
    }
    if (unknown > 0) {
      out.add(unkId, unknown);
    }
  }

  private String spelled(int c, boolean continues, boolean ends) {
    return (continues ? options.prefix() : "")
        + Character.toString(c)
        + (ends ? options.suffix() : "");
  }

  private static int symbol(CharTrie symbols, char[] text, int from, int to, MergeWork out) {
    int id = CharTrie.NONE;
    int end = from;
    int node = symbols.first(text[from]);
    for (int i = from + 1; node != CharTrie.NONE; i++) {
      if (symbols.value(node) != CharTrie.NONE) {
        id = symbols.value(node);
        end = i;
      }
      if (i == to) {
        break;
      }
      node = symbols.next(node, text[i]);
    }
    if (end > from) {
      int length = 0;
      for (int i = from; i < end; ) {
        int c = Character.codePointAt(text, i, end);
        length += bytes(c);
        i += Character.charCount(c);
      }
      out.add(id, length);
    }
    return end;
  }

  /// Appends a token a byte, if each has one.
  private boolean addBytes(String spelled, MergeWork out) {
    byte[] bytes = BpeModel.utf8(spelled);
    for (byte b : bytes) {
      if (byteIds[b & 0xff] < 0) {
        return false;
      }
    }
    for (byte b : bytes) {
      out.add(byteIds[b & 0xff], 1);
    }
    return true;
  }

  /// The tokens with their places in the part, a byte's being all of its character.
  void give(char[] text, int from, int to, MergeWork work, TokenBuffer out) {
    int unit = from;
    int unitByte = 0;
    int start = 0;
    int unknownFrom = -1;
    for (int k = 0; k < work.size(); k++) {
      int end = start + work.length(k);
      while (unit < to) {
        int c = Character.codePointAt(text, unit, to);
        if (unitByte + bytes(c) > start) {
          break;
        }
        unitByte += bytes(c);
        unit += Character.charCount(c);
      }
      int last = unit;
      for (int b = unitByte; b < end && last < to; ) {
        int c = Character.codePointAt(text, last, to);
        b += bytes(c);
        last += Character.charCount(c);
      }
      int id = work.id(k);
      if (id >= 0 && id < table.bound()) {
        if (unknownFrom >= 0) {
          out.add(unkId, unknownFrom - from, unit - from);
          unknownFrom = -1;
        }
        apart(id, text, unit - from, last - from, from, work, out);
      } else if (options.byteFallback()) {
        for (byte b : BpeModel.utf8(new String(text, unit, last - unit))) {
          out.add(byteIds[b & 0xff], unit - from, last - from);
        }
      } else if (unknownFrom < 0) {
        unknownFrom = unit;
      }
      start = end;
    }
    if (unknownFrom >= 0) {
      out.add(unkId, unknownFrom - from, to - from);
    }
  }

  /// Gives a token, or where it is an unused one, what it was made of.
  private void apart(
      int id, char[] text, int from, int to, int base, MergeWork work, TokenBuffer out) {
    long parts = hasUnused && unused(id) ? work.part(id) : -1;
    if (parts < 0) {
      out.add(id, from, to);
      return;
    }
    int left = (int) (parts >>> 32);
    int middle = from + length(left, text, base + from);
    give(left, text, from, middle, base, work, out);
    give((int) parts, text, middle, to, base, work, out);
  }

  private void give(
      int id, char[] text, int from, int to, int base, MergeWork work, TokenBuffer out) {
    if (id < table.bound()) {
      apart(id, text, from, to, base, work, out);
    } else if (options.byteFallback()) {
      for (byte b : BpeModel.utf8(new String(text, base + from, to - from))) {
        out.add(byteIds[b & 0xff], from, to);
      }
    } else {
      out.add(unkId, from, to);
    }
  }

  private int length(int id, char[] text, int at) {
    String token = table.token(id);
    return token == null ? Character.charCount(Character.codePointAt(text, at)) : token.length();
  }

  /// The bytes of a character in UTF-8; of an unpaired surrogate those of `?`.
  private static int bytes(int c) {
    return c < 0x80 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
        ? 1
        : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}

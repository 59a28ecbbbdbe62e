package dev.imago.constraints;

import dev.imago.tokenizers.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// A vocabulary as a tree of bytes: what each token stands for, in the midst of an answer and at
/// its beginning. Control tokens stand for nothing and are not in it. Immutable and thread-safe;
/// made once for a tokenizer.
public final class TokenTrie {
  private final Tokenizer tokenizer;
  private final byte[][] inside;
  private final ByteTree tree;

  /// That of an answer's first token, where some tokenizers leave a blank out.
  private final ByteTree firstTree;

  private final byte[][] first;
  private final PlainTokens plain;
  private final PlainTokens firstPlain;

  private TokenTrie(Tokenizer tokenizer, byte[][] inside, byte[][] first) {
    this.tokenizer = tokenizer;
    this.inside = inside;
    this.first = first;
    this.tree = ByteTree.of(inside);
    this.plain = new PlainTokens(inside);
    this.firstPlain = first == inside ? plain : new PlainTokens(first);
    this.firstTree = first == inside ? tree : ByteTree.of(first);
  }

  /// @throws ConstraintException for a tokenizer whose text is not its tokens' bytes end to end
  public static TokenTrie of(Tokenizer tokenizer) {
    int size = tokenizer.vocabularySize();
    byte[][] inside = new byte[size][];
    byte[][] first = new byte[size][];
    OptionalInt letter = tokenizer.id("a").isPresent() ? tokenizer.id("a") : tokenizer.id("▁a");
    boolean differs = false;
    for (int id = 0; id < size; id++) {
      boolean silent = tokenizer.special(id) || tokenizer.token(id).isEmpty();
      inside[id] = silent ? new byte[0] : tokenizer.bytes(id);
      first[id] = silent ? inside[id] : atFirst(tokenizer, id, inside[id], letter);
      differs |= !Arrays.equals(inside[id], first[id]);
    }
    return new TokenTrie(tokenizer, inside, differs ? first : inside);
  }

  /// What a decoder makes of a token that begins a text: what it makes of it alone, unless that is
  /// a part of a character.
  private static byte[] atFirst(Tokenizer tokenizer, int id, byte[] inside, OptionalInt letter) {
    boolean marked = inside.length > 0 && inside[0] == ' ';
    if (!marked) {
      return inside; // only a blank is left out at a text's beginning
    }
    if (letter.isEmpty()) {
      return tokenizer.decode(new int[] {id}).getBytes(StandardCharsets.UTF_8);
    }
    int a = letter.getAsInt();
    String with = tokenizer.decode(new int[] {id, a});
    int tail = new String(tokenizer.bytes(a), StandardCharsets.UTF_8).length();
    String alone = with.substring(0, Math.max(0, with.length() - tail));
    return alone.indexOf('\ufffd') >= 0 ? inside : alone.getBytes(StandardCharsets.UTF_8);
  }

  /// A constraint over this vocabulary.
  public TokenConstraint constrain(Grammar grammar) {
    return new GrammarConstraint(this, grammar);
  }

  /// One more than the largest id.
  public int size() {
    return inside.length;
  }

  /// Whether each byte of UTF-8 is a token of its own.
  boolean hasEveryByte() {
    for (int b = 0; b < 0xf5; b++) {
      if (b != 0xc0 && b != 0xc1 && tree.longest(new byte[] {(byte) b}, 0) < 0) {
        return false;
      }
    }
    return true;
  }

  byte[] bytes(int id, boolean atFirst) {
    return atFirst ? first[id] : inside[id];
  }

  ByteTree tree(boolean atFirst) {
    return atFirst ? firstTree : tree;
  }

  PlainTokens plain(boolean atFirst) {
    return atFirst ? firstPlain : plain;
  }

  /// Whether a token at an answer's beginning may show otherwise than inside it.
  boolean firstDiffers() {
    return first != inside;
  }

  /// The tokens of these bytes as the tokenizer itself cuts them; where it cannot, the longest
  /// first.
  int[] cut(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
      int[] ids = tokenizer.encodeOrdinary(text);
      if (spells(ids, bytes)) {
        return ids;
      }
    }
    List<Integer> ids = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int id = tree.longest(bytes, at);
      if (id < 0) {
        break;
      }
      ids.add(id);
      at += inside[id].length;
    }
    return ids.stream().mapToInt(i -> i).toArray();
  }

  private boolean spells(int[] ids, byte[] bytes) {
    int at = 0;
    for (int id : ids) {
      byte[] piece = inside[id];
      if (piece.length == 0
          || at + piece.length > bytes.length
          || !Arrays.equals(bytes, at, at + piece.length, piece, 0, piece.length)) {
        return false;
      }
      at += piece.length;
    }
    return at == bytes.length;
  }
}

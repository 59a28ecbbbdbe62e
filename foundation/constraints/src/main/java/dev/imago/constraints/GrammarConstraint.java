package dev.imago.constraints;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A grammar over one vocabulary. A mask is the walk of the vocabulary's tree through the grammar's
/// positions; it is kept with the position, and so is each step of the walk, so that what was met
/// before costs a look-up.
final class GrammarConstraint implements TokenConstraint {
  /// Bytes that are forced at once.
  private static final int MOST_FORCED = 4096;

  /// Masks that are made before the first answer.
  private static final int WARMED = 24;

  private final TokenTrie trie;
  private final Grammar grammar;
  private final PositionTable table;
  private final Position start;

  /// Null for a vocabulary that has every byte.
  private final @Nullable Reachability reachability;

  GrammarConstraint(TokenTrie trie, Grammar grammar) {
    this.trie = trie;
    this.grammar = grammar;
    this.table = new PositionTable(grammar);
    synchronized (grammar) {
      this.start = table.start();
      this.reachability = trie.hasEveryByte() ? null : new Reachability(trie.tree(false), table);
      if (reachability != null && !reachability.ends(start)) {
        throw new ConstraintException(
            "this model's vocabulary has no tokens that write a text of the rule");
      }
    }
    warm();
  }

  /// Makes the masks of an answer's beginning, while nobody waits for them but who asks: those of
  /// the places after the first tokens that may come, one token further each time.
  private void warm() {
    try {
      Place place = begin(true);
      int id = firstOf(place.allowed());
      for (int made = 0; made < WARMED && id >= 0; made++) {
        place = place.after(id);
        for (int next : place.forced()) {
          place = place.after(next);
        }
        id = firstOf(place.allowed());
      }
    } catch (ConstraintException e) {
      return; // a place beyond the budget: of the answers that come to it, if any does
    }
  }

  private static int firstOf(long[] mask) {
    for (int word = 0; word < mask.length; word++) {
      if (mask[word] != 0) {
        return 64 * word + Long.numberOfTrailingZeros(mask[word]);
      }
    }
    return -1;
  }

  @Override
  public Place begin(boolean fresh) {
    return new At(start, fresh && trie.firstDiffers());
  }

  /// @param first whether the next token is the answer's first, and may show otherwise for that
  private final class At implements Place {
    private final Position position;
    private final boolean first;

    At(Position position, boolean first) {
      this.position = position;
      this.first = first;
    }

    @Override
    public long[] allowed() {
      synchronized (grammar) {
        long[] known = first ? position.firstMask : position.mask;
        return known == null ? mask(position, first) : known;
      }
    }

    @Override
    public boolean mayEnd() {
      return position.accepting;
    }

    @Override
    public Place after(int id) {
      byte[] bytes = id >= 0 && id < trie.size() ? trie.bytes(id, first) : new byte[0];
      synchronized (grammar) {
        var _ = table.begin();
        Position at = position;
        for (byte b : bytes) {
          at = table.step(at, b & 0xff);
        }
        if (bytes.length == 0 || at == Position.DEAD) {
          throw new IllegalArgumentException("token id %d may not come here".formatted(id));
        }
        return new At(at, false);
      }
    }

    @Override
    public int[] forced() {
      if (first || position.onlyByte() < 0) {
        return new int[0];
      }
      byte[] run = new byte[MOST_FORCED];
      int length = 0;
      Position at = position;
      synchronized (grammar) {
        var _ = table.begin();
        for (int b = at.onlyByte(); b >= 0 && length < MOST_FORCED; b = at.onlyByte()) {
          run[length++] = (byte) b;
          at = table.step(at, b);
        }
      }
      int[] ids = trie.cut(Arrays.copyOf(run, length));
      boolean whole = at.accepting && at.readings.isEmpty();
      return whole || ids.length == 0 ? ids : Arrays.copyOf(ids, ids.length - 1);
    }
  }

  private long[] mask(Position from, boolean first) {
    table.tidy();
    // Where the vocabulary lacks bytes, a token's end hangs on what follows it, however far.
    Position alike = reachability == null ? table.alike(from, trie.tree(first).deepest()) : from;
    long[] known = first ? alike.firstMask : alike.mask;
    long[] mask = known == null ? made(alike, first) : known;
    if (first) {
      alike.firstMask = mask;
      from.firstMask = mask;
    } else {
      alike.mask = mask;
      from.mask = mask;
    }
    return mask;
  }

  private long[] made(Position from, boolean first) {
    var _ = table.begin();
    PlainTokens plain = trie.plain(first);
    long[] known = reachability == null ? plain.allowed(from, table) : null;
    ByteTree tree = known == null ? trie.tree(first) : plain.others();
    long[] mask = known == null ? new long[(trie.size() + 63) >>> 6] : known;
    walk(from, tree, mask);
    table.kept(8L * mask.length);
    return mask;
  }

  /// Adds the tokens of a tree that may come next to a mask.
  private void walk(Position from, ByteTree tree, long[] mask) {
    byte[] bytes = tree.bytes();
    int[] depth = tree.depth();
    int[] past = tree.past();
    int[] string = tree.string();
    int[] twin = tree.twin();
    Position[] path = new Position[tree.deepest() + 1];
    path[0] = from;
    int n = tree.size();
    for (int i = 0; i < n; ) {
      int d = depth[i];
      Position at = table.step(path[d - 1], bytes[i] & 0xff);
      if (at == Position.DEAD) {
        i = past[i];
        continue;
      }
      path[d] = at;
      if (reachability != null && string[i] >= 0 && !reachability.ends(at)) {
        i++;
        continue;
      }
      for (int id = string[i]; id >= 0; id = twin[id]) {
        mask[id >>> 6] |= 1L << id;
      }
      i++;
    }
  }
}

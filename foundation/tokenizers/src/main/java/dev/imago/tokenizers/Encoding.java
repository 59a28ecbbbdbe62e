// Past 400 lines: one value: its arrays, and the views and changes that need all of them.
package dev.imago.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What a tokenizer made of a text or of two: the tokens, and of each where it comes from. What
/// Hugging Face tokenizers call the same. Immutable.
///
/// ```java
/// for (int i = 0; i < encoding.size(); i++) {
///   if (!encoding.special(i)) {
///     System.out.println(encoding.id(i) + " " + text.substring(encoding.start(i), encoding.end(i)));
///   }
/// }
/// ```
///
/// Positions are in UTF-16 units, as in [String]; [#in] converts them. A token that stands for only
/// some bytes of a character spans all of it. A token that no text stands behind, one that a
/// post-processor or padding put in, is at 0 … 0, in no word and, as a rule, in no sequence.
///
/// Tokens are counted from 0, as are words and the sequences (texts) that went in.
public final class Encoding {
  /// No word, no sequence.
  public static final int NONE = -1;

  /// No token at all.
  public static final Encoding EMPTY = builder().build();

  private static final int MOST_SEQUENCES = 1_000;

  /// More ways to join what overflows would hardly fit into memory.
  private static final int MOST_OVERFLOWING = 1 << 20;

  private final int[] ids;
  private final String[] tokens;
  private final int[] typeIds;
  private final int[] starts;
  private final int[] ends;
  private final int[] words;
  private final boolean[] special;
  private final boolean[] attended;

  /// Of the sequence `s`, the tokens `ranges[2 * s]` to `ranges[2 * s + 1]`, both [#NONE] where
  /// that sequence is not known; null where none is.
  private final int @Nullable [] ranges;

  private final List<Encoding> overflowing;

  private Encoding(
      int[] ids,
      String[] tokens,
      int[] typeIds,
      int[] starts,
      int[] ends,
      int[] words,
      boolean[] special,
      boolean[] attended,
      int @Nullable [] ranges,
      List<Encoding> overflowing) {
    this.ids = ids;
    this.tokens = tokens;
    this.typeIds = typeIds;
    this.starts = starts;
    this.ends = ends;
    this.words = words;
    this.special = special;
    this.attended = attended;
    this.ranges = ranges;
    this.overflowing = List.copyOf(overflowing);
  }

  /// Starts an encoding token by token.
  public static Builder builder() {
    return new Builder();
  }

  /// How many tokens there are.
  public int size() {
    return ids.length;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  /// The ids of the tokens: what a model takes.
  public int[] ids() {
    return ids.clone();
  }

  public int id(int token) {
    return ids[token];
  }

  /// The tokens as the vocabulary spells them.
  public List<String> tokens() {
    return Collections.unmodifiableList(Arrays.asList(tokens));
  }

  public String token(int token) {
    return tokens[token];
  }

  /// Which part of the input each token belongs to, as models with segment embeddings are told it.
  public int[] typeIds() {
    return typeIds.clone();
  }

  public int typeId(int token) {
    return typeIds[token];
  }

  /// Where each token starts in its text.
  public int[] starts() {
    return starts.clone();
  }

  /// Where a token starts in its text.
  public int start(int token) {
    return starts[token];
  }

  /// One past where each token ends in its text.
  public int[] ends() {
    return ends.clone();
  }

  /// One past where a token ends in its text.
  public int end(int token) {
    return ends[token];
  }

  /// The word (piece of the pre-tokenizer) that each token is of, or [#NONE].
  public int[] words() {
    return words.clone();
  }

  /// The word that a token is of, or [#NONE].
  public int word(int token) {
    return words[token];
  }

  /// 1 for each token that a post-processor or padding put in, 0 for each that comes from text.
  public int[] specialTokensMask() {
    return mask(special);
  }

  /// Whether a post-processor or padding put the token in.
  public boolean special(int token) {
    return special[token];
  }

  /// 1 for each token that a model shall look at, 0 for padding.
  public int[] attentionMask() {
    return mask(attended);
  }

  /// Whether a model shall look at the token: not at padding.
  public boolean attended(int token) {
    return attended[token];
  }

  private static int[] mask(boolean[] flags) {
    int[] mask = new int[flags.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = flags[i] ? 1 : 0;
    }
    return mask;
  }

  /// How many sequences are in it: 1 also where none is told apart.
  public int sequences() {
    if (ranges == null) {
      return 1;
    }
    int known = 0;
    for (int s = 0; s < ranges.length; s += 2) {
      known += ranges[s] < 0 ? 0 : 1;
    }
    return known;
  }

  /// The sequence that each token is of, or [#NONE].
  public int[] sequenceIds() {
    int[] sequences = new int[size()];
    Arrays.fill(sequences, NONE);
    for (int s = 0; s < sequences(); s++) {
      Arrays.fill(sequences, from(s), to(s), s);
    }
    return sequences;
  }

  /// The sequence that a token is of, or [#NONE]. All are of the first where none is told apart.
  public int sequence(int token) {
    if (ranges == null) {
      return 0;
    }
    for (int s = 0; s < ranges.length; s += 2) {
      if (ranges[s] <= token && token < ranges[s + 1]) {
        return s / 2;
      }
    }
    return NONE;
  }

  /// Where a sequence's tokens start. Of one that is not told apart, all tokens are, as in Hugging
  /// Face's.
  private int from(int sequence) {
    return knows(sequence) ? Objects.requireNonNull(ranges)[2 * sequence] : 0;
  }

  private int to(int sequence) {
    return knows(sequence) ? Objects.requireNonNull(ranges)[2 * sequence + 1] : size();
  }

  private boolean knows(int sequence) {
    if (sequence < 0) {
      throw new IllegalArgumentException(
          "there is no sequence %d: the first is 0, the second 1".formatted(sequence));
    }
    return ranges != null && 2L * sequence < ranges.length && ranges[2 * sequence] >= 0;
  }

  /// The other parts of a text that was cut to a length, each with its own tokens and padding.
  public List<Encoding> overflowing() {
    return overflowing;
  }

  /// The token at a position of a text, empty where no token stands there.
  public OptionalInt charToToken(int at, int sequence) {
    int to = to(sequence);
    for (int i = from(sequence); i < to; i++) {
      if (starts[i] <= at && at < ends[i]) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /// The word at a position of a text, empty where no token of a word stands there.
  public OptionalInt charToWord(int at, int sequence) {
    OptionalInt token = charToToken(at, sequence);
    return token.isEmpty() || words[token.getAsInt()] < 0
        ? OptionalInt.empty()
        : OptionalInt.of(words[token.getAsInt()]);
  }

  /// From one token or position to another, which is not in it.
  public record Span(int from, int to) {}

  /// The tokens of a word, null where it has none.
  public @Nullable Span wordToTokens(int word, int sequence) {
    int to = to(sequence);
    int first = NONE;
    int last = NONE;
    // Words come in order; what is in no word counts as before all of them.
    for (int i = from(sequence); i < to && words[i] <= word; i++) {
      if (words[i] == word && word >= 0) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    return first < 0 ? null : new Span(first, last + 1);
  }

  /// Where a word is in its text, null where it has no token.
  public @Nullable Span wordToChars(int word, int sequence) {
    Span span = wordToTokens(word, sequence);
    return span == null ? null : new Span(starts[span.from()], ends[span.to() - 1]);
  }

  /// The same with positions in another unit, the overflowing parts' too. A token in no sequence is
  /// at 0 … 0 of it.
  ///
  /// @param texts what was encoded: a text, or a text and its pair
  /// @throws IllegalArgumentException when a position is not in its text
  public Encoding in(OffsetUnit unit, String... texts) {
    int[][] positions = new int[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      positions[i] = unit.positions(texts[i]);
    }
    return in(positions);
  }

  private Encoding in(int[][] positions) {
    int[] from = new int[size()];
    int[] to = new int[size()];
    for (int i = 0; i < from.length; i++) {
      int sequence = sequence(i);
      if (sequence == NONE || starts[i] == 0 && ends[i] == 0) {
        continue;
      }
      int length = sequence < positions.length ? positions[sequence].length - 1 : -1;
      if (ends[i] > length) {
        throw new IllegalArgumentException(
            "token %d ends at %d of text %d, which %s; give the texts that were encoded"
                .formatted(
                    i,
                    ends[i],
                    sequence,
                    length < 0 ? "is not given" : "has %d units".formatted(length)));
      }
      from[i] = positions[sequence][starts[i]];
      to[i] = positions[sequence][ends[i]];
    }
    return withOffsets(from, to)
        .withOverflowing(overflowing.stream().map(e -> e.in(positions)).toList());
  }

  /// The same, all tokens of one type; the overflowing parts stay.
  public Encoding withTypeId(int typeId) {
    int[] types = new int[size()];
    Arrays.fill(types, typeId);
    return new Encoding(
        ids, tokens, types, starts, ends, words, special, attended, ranges, overflowing);
  }

  /// The same, all tokens also of one sequence; the overflowing parts stay.
  public Encoding withSequence(int sequence) {
    if (sequence < 0 || sequence > MOST_SEQUENCES) {
      throw new IllegalArgumentException(
          "sequence %d is not in 0 … %d".formatted(sequence, MOST_SEQUENCES));
    }
    int[] all = room(ranges, 2 * sequence + 2);
    all[2 * sequence] = 0;
    all[2 * sequence + 1] = size();
    return new Encoding(
        ids, tokens, typeIds, starts, ends, words, special, attended, all, overflowing);
  }

  /// A copy with place for some ranges more, if there are not so many.
  private static int[] room(int @Nullable [] ranges, int length) {
    int known = ranges == null ? 0 : ranges.length;
    int[] all = ranges == null ? new int[length] : Arrays.copyOf(ranges, Math.max(length, known));
    Arrays.fill(all, known, all.length, NONE);
    return all;
  }

  /// The same with other overflowing parts.
  public Encoding withOverflowing(List<Encoding> overflowing) {
    return new Encoding(
        ids, tokens, typeIds, starts, ends, words, special, attended, ranges, overflowing);
  }

  /// The same with other positions; the overflowing parts stay.
  public Encoding withOffsets(int[] starts, int[] ends) {
    if (starts.length != size() || ends.length != size()) {
      throw new IllegalArgumentException(
          "%d starts and %d ends for %d tokens".formatted(starts.length, ends.length, size()));
    }
    return new Encoding(
        ids,
        tokens,
        typeIds,
        starts.clone(),
        ends.clone(),
        words,
        special,
        attended,
        ranges,
        overflowing);
  }

  /// Some of the tokens, no longer told apart by sequence, nothing overflowing.
  ///
  /// @throws IndexOutOfBoundsException when it has not these tokens
  public Encoding slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return new Encoding(
        Arrays.copyOfRange(ids, from, to),
        Arrays.copyOfRange(tokens, from, to),
        Arrays.copyOfRange(typeIds, from, to),
        Arrays.copyOfRange(starts, from, to),
        Arrays.copyOfRange(ends, from, to),
        Arrays.copyOfRange(words, from, to),
        Arrays.copyOfRange(special, from, to),
        Arrays.copyOfRange(attended, from, to),
        null,
        List.of());
  }

  /// One encoding after the other. Overflowing parts are joined each with each, as many as there
  /// are ways.
  public static Encoding merge(List<Encoding> encodings) {
    Encoding merged = EMPTY;
    for (Encoding encoding : encodings) {
      merged = merged.then(encoding);
    }
    return merged;
  }

  private Encoding then(Encoding next) {
    long ways = overflowing.size() * (next.overflowing.size() + 1L) + next.overflowing.size();
    if (ways > MOST_OVERFLOWING) {
      throw new IllegalArgumentException(
          "two texts were cut into %d and %d parts, which join in %d ways; at most %d are made: raise max_length, lower stride, or cut only one of them"
              .formatted(
                  overflowing.size() + 1, next.overflowing.size() + 1, ways, MOST_OVERFLOWING));
    }
    var overflow = new ArrayList<Encoding>();
    for (Encoding mine : overflowing) {
      overflow.add(mine.then(next));
      next.overflowing.forEach(o -> overflow.add(mine.then(o)));
    }
    next.overflowing.forEach(o -> overflow.add(then(o)));
    return new Builder().addAll(this).addAll(next).overflowing(overflow).build();
  }

  /// This padded to a length, its overflowing parts too: a part that is longer stays as it is.
  Encoding padded(int length, Side side, int id, int typeId, String token) {
    var parts = new ArrayList<Encoding>(overflowing.size());
    overflowing.forEach(o -> parts.add(o.padded(length, side, id, typeId, token)));
    var out = new Builder().overflowing(parts);
    if (side == Side.RIGHT) {
      out.addAll(this);
    }
    for (int i = size(); i < length; i++) {
      out.add(id, token, 0, 0, NONE, typeId, true, false);
    }
    if (side == Side.LEFT) {
      out.addAll(this);
    }
    return out.build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Encoding e
        && Arrays.equals(ids, e.ids)
        && Arrays.equals(tokens, e.tokens)
        && Arrays.equals(typeIds, e.typeIds)
        && Arrays.equals(starts, e.starts)
        && Arrays.equals(ends, e.ends)
        && Arrays.equals(words, e.words)
        && Arrays.equals(special, e.special)
        && Arrays.equals(attended, e.attended)
        && Arrays.equals(ranges, e.ranges)
        && overflowing.equals(e.overflowing);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(ids) + Arrays.hashCode(starts);
  }

  @Override
  public String toString() {
    return "Encoding of " + size() + " tokens " + Arrays.toString(tokens);
  }

  /// An encoding in the making.
  public static final class Builder {
    private int size;
    private int[] ids = new int[16];
    private String[] tokens = new String[16];
    private int[] typeIds = new int[16];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int[] words = new int[16];
    private boolean[] special = new boolean[16];
    private boolean[] attended = new boolean[16];
    private int @Nullable [] ranges;
    private List<Encoding> overflowing = List.of();

    private Builder() {}

    /// Appends a token.
    ///
    /// @param spelling as the vocabulary spells it
    /// @param from where it starts in its text, in UTF-16 units
    /// @param to one past where it ends
    /// @param word the word that it is of, or [#NONE]
    /// @param special whether it comes from no text
    public Builder add(
        int id, String spelling, int from, int to, int word, int typeId, boolean special) {
      return add(id, spelling, from, to, word, typeId, special, true);
    }

    /// Appends a token that a model may be told not to look at.
    public Builder add(
        int id,
        String spelling,
        int from,
        int to,
        int word,
        int typeId,
        boolean special,
        boolean attended) {
      room(1);
      ids[size] = id;
      tokens[size] = spelling;
      starts[size] = from;
      ends[size] = to;
      words[size] = word;
      typeIds[size] = typeId;
      this.special[size] = special;
      this.attended[size++] = attended;
      return this;
    }

    /// Appends the tokens of an encoding and where its sequences are, not what overflows of it.
    public Builder addAll(Encoding other) {
      int count = other.size();
      room(count);
      System.arraycopy(other.ids, 0, ids, size, count);
      System.arraycopy(other.tokens, 0, tokens, size, count);
      System.arraycopy(other.typeIds, 0, typeIds, size, count);
      System.arraycopy(other.starts, 0, starts, size, count);
      System.arraycopy(other.ends, 0, ends, size, count);
      System.arraycopy(other.words, 0, words, size, count);
      System.arraycopy(other.special, 0, special, size, count);
      System.arraycopy(other.attended, 0, attended, size, count);
      if (other.ranges != null) {
        ranges = Encoding.room(ranges, other.ranges.length);
        for (int s = 0; s < other.ranges.length; s += 2) {
          if (other.ranges[s] >= 0) {
            ranges[s] = size + other.ranges[s];
            ranges[s + 1] = size + other.ranges[s + 1];
          }
        }
      }
      size += count;
      return this;
    }

    /// What else there is of the text.
    public Builder overflowing(List<Encoding> overflowing) {
      this.overflowing = overflowing;
      return this;
    }

    /// How many tokens there are so far.
    public int size() {
      return size;
    }

    /// The encoding.
    public Encoding build() {
      return new Encoding(
          Arrays.copyOf(ids, size),
          Arrays.copyOf(tokens, size),
          Arrays.copyOf(typeIds, size),
          Arrays.copyOf(starts, size),
          Arrays.copyOf(ends, size),
          Arrays.copyOf(words, size),
          Arrays.copyOf(special, size),
          Arrays.copyOf(attended, size),
          ranges == null ? null : ranges.clone(),
          overflowing);
    }

    private void room(int more) {
      int needed = Math.addExact(size, more);
      if (needed > ids.length) {
        int length = Math.max(needed, (int) Math.min(2L * ids.length, Integer.MAX_VALUE - 8));
        ids = Arrays.copyOf(ids, length);
        tokens = Arrays.copyOf(tokens, length);
        typeIds = Arrays.copyOf(typeIds, length);
        starts = Arrays.copyOf(starts, length);
        ends = Arrays.copyOf(ends, length);
        words = Arrays.copyOf(words, length);
        special = Arrays.copyOf(special, length);
        attended = Arrays.copyOf(attended, length);
      }
    }
  }
}

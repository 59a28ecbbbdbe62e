package dev.imago.tokenizers.bytelevel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// The byte-pair model over bytes: text is cut into pieces; within a piece the pair of lowest rank
/// is merged, the leftmost first, until no pair has a rank. Sennrich et al. 2016, arXiv:1508.07909;
/// over bytes as in GPT-2. Immutable: threads share it, and each takes an [ByteLevelEncoder] of its
/// own.
public final class ByteLevelBpe {
  /// A merge as a file has it: two token ids and the id of what they become.
  public record Merge(int left, int right, int merged) {}

  private static final byte[] NOTHING = {};

  private final Splitter splitter;
  private final int[] byteIds;
  private final List<Merge> merges;
  private final byte[][] wholePieces;

  final RankTable ranks;

  /// By the two bytes of a pair: as [RankTable#find] of their ids.
  final long[] bytePairs = new long[1 << 16];

  private final ByteTokens whole;
  private final boolean anyWhole;

  /// Whether each byte has a token.
  private final boolean complete;

  private final int[] lengths;

  /// @param byteIds the id of each of the 256 bytes' tokens, −1 where the vocabulary has none: such
  ///   bytes give no id
  /// @param merges in the order of their ranks; of a pair that is listed twice the last counts, as
  ///   in Hugging Face's map
  /// @param wholePieces by id, the bytes of pieces that are taken whole whatever their merges give:
  ///   the vocabulary where a file says `ignore_merges`, else nothing; empty for ids that are none
  public ByteLevelBpe(Splitter splitter, int[] byteIds, List<Merge> merges, byte[][] wholePieces) {
    this.splitter = splitter;
    this.byteIds = Arrays.copyOf(byteIds, 256);
    this.merges = List.copyOf(merges);
    this.wholePieces = wholePieces.clone();
    this.whole = new ByteTokens(this.wholePieces);
    this.anyWhole = Arrays.stream(wholePieces).anyMatch(piece -> piece.length > 0);
    this.ranks = new RankTable(merges.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      Merge merge = merges.get(rank);
      ranks.put(merge.left(), merge.right(), rank, merge.merged());
    }
    for (int pair = 0; pair < bytePairs.length; pair++) {
      int left = byteIds[pair >>> 8];
      int right = byteIds[pair & 0xff];
      bytePairs[pair] = left < 0 || right < 0 ? RankTable.NONE : ranks.find(left, right);
    }
    this.complete = Arrays.stream(this.byteIds).allMatch(id -> id >= 0);
    this.lengths = lengths();
  }

  private int[] lengths() {
    int largest = Math.max(wholePieces.length - 1, Arrays.stream(byteIds).max().orElse(0));
    for (Merge merge : merges) {
      largest = Math.max(largest, merge.merged());
    }
    int[] found = new int[largest + 1];
    for (int id = 0; id < wholePieces.length; id++) {
      found[id] = wholePieces[id].length;
    }
    for (int id : byteIds) {
      if (id >= 0) {
        found[id] = 1;
      }
    }
    for (Merge merge : merges) {
      if (merge.left() <= largest && merge.right() <= largest && found[merge.merged()] == 0) {
        int left = found[merge.left()];
        int right = found[merge.right()];
        found[merge.merged()] = left == 0 || right == 0 ? 0 : left + right;
      }
    }
    return found;
  }

  /// A model whose vocabulary is byte strings by rank, as tiktoken has it: the pair whose bytes
  /// together have the lowest rank is merged, and a piece that is a token is taken whole.
  ///
  /// Its merges are derived: a token is what merging its own bytes with the lower ranks leaves as
  /// two. In any text those two are what it is merged from: its bytes' neighbours are not merged
  /// with them before, or there would be no such token there, and so do not change their order.
  ///
  /// @param tokens the bytes of each id, whose order is the ranks'; empty for ids that are none
  /// @throws IllegalArgumentException when a byte has no token, or two ids the same bytes
  public static ByteLevelBpe ofRanks(Splitter splitter, byte[][] tokens) {
    int[] byteIds = new int[256];
    Arrays.fill(byteIds, -1);
    var table = new ByteTokens(tokens);
    for (int id = 0; id < tokens.length; id++) {
      byte[] token = tokens[id];
      if (token.length > 0 && table.find(token, 0, token.length) != id) {
        throw new IllegalArgumentException(
            "the ids %d and %d stand for the same bytes; each needs bytes of its own"
                .formatted(id, table.find(token, 0, token.length)));
      }
      if (token.length == 1) {
        byteIds[token[0] & 0xff] = id;
      }
    }
    for (int b = 0; b < 256; b++) {
      if (byteIds[b] < 0) {
        throw new IllegalArgumentException(
            "no token is the single byte 0x%02x; all 256 are needed".formatted(b));
      }
    }
    byte[][] unreached = tokens.clone();
    return new ByteLevelBpe(splitter, byteIds, merges(tokens, byteIds, unreached), unreached);
  }

  /// @param unreached the tokens: those that their merges give are emptied
  private static List<Merge> merges(byte[][] tokens, int[] byteIds, byte[][] unreached) {
    var merges = new ArrayList<Merge>(tokens.length);
    var ranks = new RankTable(tokens.length);
    var merging = new Merging();
    for (int id = 0; id < tokens.length; id++) {
      byte[] token = tokens[id];
      if (token.length < 2) {
        unreached[id] = NOTHING;
        continue;
      }
      int[] ids = merging.room(token.length);
      for (int i = 0; i < token.length; i++) {
        ids[i] = byteIds[token[i] & 0xff];
      }
      // One that stays more than two is reached as a whole piece only.
      if (merging.merge(ranks, token.length) == 2) {
        merges.add(new Merge(ids[0], ids[1], id));
        ranks.put(ids[0], ids[1], merges.size() - 1, id);
        unreached[id] = NOTHING;
      }
    }
    return merges;
  }

  /// The same model without the merges and whole pieces that end in one of these ids.
  public ByteLevelBpe without(IntPredicate forbidden) {
    byte[][] kept = wholePieces.clone();
    for (int id = 0; id < kept.length; id++) {
      kept[id] = forbidden.test(id) ? NOTHING : kept[id];
    }
    return new ByteLevelBpe(
        splitter, byteIds, merges.stream().filter(m -> !forbidden.test(m.merged())).toList(), kept);
  }

  /// The merges by rank.
  public List<Merge> merges() {
    return merges;
  }

  /// How text is cut before it is merged.
  public Splitter splitter() {
    return splitter;
  }

  /// How many bytes of text an id stands for; 0 for one that text never gives. Where each of the
  /// 256 bytes has a token, the lengths of a text's ids add up to its own.
  public int byteLength(int id) {
    return id < lengths.length ? lengths[id] : 0;
  }

  /// Where the bytes of an id end that start at `from`, or after bytes that have no token.
  int endOf(int id, byte[] text, int from, int to) {
    int length = byteLength(id);
    if (complete || length == to - from) {
      return from + length;
    }
    int at = from;
    for (int left = length; left > 0 && at < to; at++) {
      left -= byteIds[text[at] & 0xff] >= 0 ? 1 : 0;
    }
    return at;
  }

  /// The id of a piece that is taken whole, or −1.
  int whole(byte[] text, int from, int to) {
    return anyWhole ? whole.find(text, from, to) : -1;
  }

  /// The id of a byte in 0 … 255, or −1.
  int byteId(int b) {
    return byteIds[b];
  }

  /// A new encoder, for one thread at a time.
  public ByteLevelEncoder encoder() {
    return new ByteLevelEncoder(this);
  }
}

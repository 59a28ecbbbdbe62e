package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What one sequence keeps of its tokens so far, by layer: keys and values for attention, in blocks
/// off the heap which it takes as it grows up to its limit, or the state of a recurrent cell.
///
/// Closing it gives the blocks back that no other holds, and nothing may use it after.
public final class KeyValues implements AutoCloseable {
  private final int limit;
  private final CacheBlocks blocks;
  private final List<List<MemorySegment>> keys = new ArrayList<>();
  private final List<List<MemorySegment>> values = new ArrayList<>();
  private final float[][] states;
  private final int[] sourceIds;
  private final @Nullable KeyValues source;
  private final boolean ownsSource;

  /// The first blocks, as far as others may hold them too.
  private final List<SharedBlock> shared = new ArrayList<>();

  private int length;

  /// The first position that could not be kept.
  private int brokenFrom = Integer.MAX_VALUE;

  private boolean byPieces;
  private @Nullable LowRankAdditions additions;

  /// One with memory of its own, in F32, which goes some time after nobody has it.
  ///
  /// @param layers of the model
  /// @param limit the longest that the sequence may become, in tokens
  public KeyValues(int layers, int limit) {
    this(layers, limit, new int[0]);
  }

  /// One with memory of its own, in F32, which goes some time after nobody has it.
  ///
  /// @param layers of the model's decoder
  /// @param limit the longest that the sequence may become, in tokens
  /// @param source the ids that an encoder reads for it; empty for none
  public KeyValues(int layers, int limit, int[] source) {
    this(layers, limit, source, CacheBlocks.collected(CacheType.F32));
  }

  /// @param layers of the model's decoder
  /// @param limit the longest that the sequence may become, in tokens
  /// @param source the ids that an encoder reads for it; empty for none
  /// @param blocks where its memory is from
  public KeyValues(int layers, int limit, int[] source, CacheBlocks blocks) {
    this(
        layers,
        limit,
        source.clone(),
        source.length == 0 ? null : new KeyValues(layers, source.length, new int[0], blocks),
        true,
        blocks);
  }

  private KeyValues(
      int layers,
      int limit,
      int[] sourceIds,
      @Nullable KeyValues source,
      boolean ownsSource,
      CacheBlocks blocks) {
    this.sourceIds = sourceIds;
    this.source = source;
    this.ownsSource = ownsSource;
    this.limit = limit;
    this.blocks = blocks;
    for (int i = 0; i < layers; i++) {
      keys.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
    this.states = new float[layers][0];
  }

  /// Another sequence with the same tokens so far, which goes on by itself. What an encoder read is
  /// shared, and goes when this one is closed: this one is closed last.
  public KeyValues fork() {
    var to = new KeyValues(states.length, limit, sourceIds, source, false, blocks);
    shared.forEach(SharedBlock::hold);
    to.shared.addAll(shared);
    for (int i = 0; i < states.length; i++) {
      to.states[i] = states[i].clone();
      for (int b = 0; b < keys.get(i).size(); b++) {
        boolean held = b < shared.size();
        MemorySegment k = keys.get(i).get(b);
        MemorySegment v = values.get(i).get(b);
        to.keys.get(i).add(held ? k : blocks.copy(k));
        to.values.get(i).add(held ? v : blocks.copy(v));
      }
    }
    to.length = length;
    to.brokenFrom = brokenFrom;
    to.byPieces = byPieces;
    to.additions = additions;
    return to;
  }

  /// Has what is added to the model's weights for this sequence, before its first step.
  ///
  /// @param own null for nothing
  /// @return itself
  public KeyValues with(@Nullable LowRankAdditions own) {
    if (length > 0) {
      throw new IllegalStateException("%d tokens were computed without".formatted(length));
    }
    additions = own;
    if (source != null) {
      source.additions = own;
    }
    return this;
  }

  @Nullable LowRankAdditions additions() {
    return additions;
  }

  /// Tokens whose keys and values it holds.
  public int length() {
    return length;
  }

  public int limit() {
    return limit;
  }

  /// Bytes held.
  public long bytes() {
    long sum = 0;
    for (int i = 0; i < states.length; i++) {
      List<MemorySegment> some = keys.get(i);
      sum += 4L * states[i].length;
      sum += some.isEmpty() ? 0 : 2 * some.size() * some.getFirst().byteSize();
    }
    return source == null ? sum : sum + source.bytes();
  }

  /// What an encoder reads for it.
  int[] sourceIds() {
    return sourceIds;
  }

  /// The keys and values of its source: none before it was read.
  ///
  /// @throws IllegalArgumentException where it has no source
  KeyValues source() {
    if (source == null) {
      throw new IllegalArgumentException(
          "a sequence without a source is nothing for an encoder-decoder");
    }
    return source;
  }

  /// Forgets what follows the first tokens.
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "length = %d is not in 0 … %d".formatted(length, this.length));
    }
    for (float[] state : states) {
      if (length != 0 && length != this.length && state.length > 0) {
        throw new IllegalArgumentException("a recurrent state cannot go back; begin again at 0");
      }
      if (length == 0) {
        Arrays.fill(state, 0);
      }
    }
    if (length < shared.size() * CacheBlocks.TOKENS) {
      throw new IllegalArgumentException(
          "length = %d is within the %d blocks that others hold too"
              .formatted(length, shared.size()));
    }
    brokenFrom = brokenFrom < length ? brokenFrom : Integer.MAX_VALUE;
    this.length = length;
  }

  /// Whether it can forget its last tokens, and go on with others as if they had not been: where it
  /// keeps no state of a cell, and no rotation by how long it was.
  public boolean rewinds() {
    if (byPieces || source != null) {
      return false;
    }
    for (float[] state : states) {
      if (state.length > 0) {
        return false;
      }
    }
    return true;
  }

  /// Takes note that what is kept depends on how the tokens were cut into steps.
  void dependOnPieces() {
    byPieces = true;
  }

  /// How many of its first blocks are shared.
  public int sharedBlocks() {
    return shared.size();
  }

  /// Whether the next block can be shared: it is full, and tells all that its tokens left.
  public boolean mayShare() {
    return mayShare((shared.size() + 1) * CacheBlocks.TOKENS);
  }

  /// Whether the next block can be shared as far as it has tokens up to a length, after which
  /// nothing is written to it: the sequence has ended.
  public boolean mayShare(int end) {
    return end > shared.size() * CacheBlocks.TOKENS && mayCopy(end);
  }

  /// Lets others hold the first block that is not shared yet: see [#mayShare].
  public SharedBlock share() {
    int block = shared.size();
    var k = new ArrayList<MemorySegment>();
    var v = new ArrayList<MemorySegment>();
    for (int i = 0; i < keys.size(); i++) {
      k.add(keys.get(i).get(block));
      v.add(values.get(i).get(block));
    }
    var made = new SharedBlock(k, v, blocks);
    shared.add(made);
    return made;
  }

  /// Holds a block of the same tokens in place of its own first one that is not shared: the bits
  /// are the same, and the memory is there once.
  public void shareInstead(SharedBlock other) {
    int block = shared.size();
    other.hold();
    for (int i = 0; i < keys.size(); i++) {
      blocks.giveBack(keys.get(i).set(block, other.keys(i)));
      blocks.giveBack(values.get(i).set(block, other.values(i)));
    }
    shared.add(other);
  }

  /// Goes on with blocks that hold the tokens which come next, in place of computing them.
  ///
  /// @throws IllegalArgumentException where it has begun to keep tokens of its own
  public void adopt(List<SharedBlock> more) {
    if (length != shared.size() * CacheBlocks.TOKENS
        || length + more.size() * CacheBlocks.TOKENS > limit
        || !rewinds()) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens, %d blocks of them shared, takes no %d blocks of others"
              .formatted(length, shared.size(), more.size()));
    }
    for (SharedBlock each : more) {
      each.hold();
      for (int i = 0; i < keys.size(); i++) {
        keys.get(i).add(each.keys(i));
        values.get(i).add(each.values(i));
      }
      shared.add(each);
      length += CacheBlocks.TOKENS;
    }
  }

  /// Goes on with a copy of the first tokens of a block, which hold the tokens that come next.
  ///
  /// @param tokens fewer than the block has
  /// @throws IllegalArgumentException where it has begun to keep tokens of its own
  public void copy(SharedBlock block, int tokens) {
    copy(block::keys, block::values, tokens);
  }

  /// Goes on with a copy of what another that begins with the same tokens has in the block after
  /// this one's last.
  ///
  /// @param tokens fewer than a block has, of which the other has all
  /// @throws IllegalArgumentException where it has begun to keep tokens of its own
  public void copy(KeyValues other, int tokens) {
    int block = shared.size();
    if (!other.mayCopy(length + tokens)) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens has no %d to be copied"
              .formatted(other.length, length + tokens));
    }
    copy(i -> other.keys.get(i).get(block), i -> other.values.get(i).get(block), tokens);
  }

  /// Whether others may copy its first tokens: they are there, and tell all that they left.
  public boolean mayCopy(int tokens) {
    boolean there = length >= tokens && brokenFrom >= tokens && rewinds();
    for (int i = 0; i < keys.size() && there; i++) {
      there = keys.get(i).size() * CacheBlocks.TOKENS >= tokens;
    }
    return there;
  }

  private void copy(IntFunction<MemorySegment> k, IntFunction<MemorySegment> v, int tokens) {
    if (length != shared.size() * CacheBlocks.TOKENS
        || tokens < 1
        || tokens >= CacheBlocks.TOKENS
        || length + tokens > limit
        || !rewinds()) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens, %d blocks of them shared, takes no %d tokens of another's block"
              .formatted(length, shared.size(), tokens));
    }
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).add(blocks.copy(k.apply(i)));
      values.get(i).add(blocks.copy(v.apply(i)));
    }
    length += tokens;
  }

  /// Tells that all layers have got their keys and values up to here.
  void advance(int length) {
    this.length = length;
    if (source != null) {
      source.length = source.limit;
    }
  }

  /// Gives back what it adopted, and holds nothing again.
  public void giveUp() {
    close();
    length = 0;
    brokenFrom = Integer.MAX_VALUE;
  }

  /// Keeps one token's keys and values: numbers at … at + width − 1 of each array.
  void write(int layer, int position, float[] k, float[] v, int at, int width) {
    if (position >= limit) {
      throw new IllegalArgumentException(
          "a sequence of %d tokens is longer than the %d that were reserved for it"
              .formatted(position + 1, limit));
    }
    int block = position / CacheBlocks.TOKENS;
    while (keys.get(layer).size() <= block) {
      keys.get(layer).add(blocks.take(width));
      values.get(layer).add(blocks.take(width));
    }
    CacheType type = blocks.type();
    long to = position % CacheBlocks.TOKENS * type.bytes(width);
    boolean kept = type.rows().write(k, at, width, keys.get(layer).get(block), to);
    kept &= type.rows().write(v, at, width, values.get(layer).get(block), to);
    brokenFrom = kept ? brokenFrom : Math.min(brokenFrom, position);
  }

  /// Whether something before this position was to be kept that the type cannot tell, so that
  /// attention over it is of no numbers.
  boolean brokenBefore(int position) {
    return brokenFrom < position;
  }

  /// A recurrent cell's state, in place; 0 to begin with.
  float[] state(int layer, int size) {
    if (states[layer].length != size) {
      states[layer] = new float[size];
    }
    return states[layer];
  }

  CacheType type() {
    return blocks.type();
  }

  /// The keys of [CacheBlocks#TOKENS] tokens, row by row.
  MemorySegment keys(int layer, int block) {
    return keys.get(layer).get(block);
  }

  MemorySegment values(int layer, int block) {
    return values.get(layer).get(block);
  }

  @Override
  public void close() {
    for (List<List<MemorySegment>> all : List.of(keys, values)) {
      for (List<MemorySegment> some : all) {
        some.stream().skip(shared.size()).forEach(blocks::giveBack);
        some.clear();
      }
    }
    shared.forEach(SharedBlock::release);
    shared.clear();
    if (source != null && ownsSource) {
      source.close();
    }
  }
}

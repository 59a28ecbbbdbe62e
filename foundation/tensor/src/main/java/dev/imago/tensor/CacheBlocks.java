package dev.imago.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Memory off the heap for keys and values, in blocks of some tokens: sequences take them as they
/// grow and give them back when they end, for others to use. Thread-safe.
public final class CacheBlocks implements AutoCloseable {
  /// Tokens of a block.
  public static final int TOKENS = 32;

  private static final int ALIGNMENT = 64;

  private final CacheType type;
  private final Arena arena;
  private final boolean owned;

  /// Guarded by this, as all below: blocks that are free, by their size.
  private final Map<Long, Deque<MemorySegment>> free = new HashMap<>();

  private long held;
  private long taken;

  private CacheBlocks(CacheType type, Arena arena, boolean owned) {
    this.type = type;
    this.arena = arena;
    this.owned = owned;
  }

  /// None yet; the memory goes when this is closed.
  @SuppressWarnings("MustBeClosedChecker") // closed by close
  public CacheBlocks(CacheType type) {
    this(type, Arena.ofShared(), true);
  }

  /// None yet; the memory goes some time after nobody has any.
  static CacheBlocks collected(CacheType type) {
    return new CacheBlocks(type, Arena.ofAuto(), false);
  }

  /// Bytes of the keys and values of so many tokens of one sequence.
  ///
  /// @param layers that keep them
  /// @param width numbers of a token's keys in a layer; 0 for none
  public static long bytes(CacheType type, int layers, int width, int tokens) {
    long blocks = (tokens + TOKENS - 1L) / TOKENS;
    return width == 0 ? 0 : 2L * layers * blocks * TOKENS * type.bytes(width);
  }

  public CacheType type() {
    return type;
  }

  /// Bytes taken from the system, in use or free.
  public synchronized long heldBytes() {
    return held;
  }

  /// Bytes that sequences have.
  public synchronized long takenBytes() {
    return taken;
  }

  MemorySegment take(int width) {
    return taken(TOKENS * type.bytes(width));
  }

  /// Another one with the same in it.
  MemorySegment copy(MemorySegment block) {
    return taken(block.byteSize()).copyFrom(block);
  }

  private synchronized MemorySegment taken(long bytes) {
    Deque<MemorySegment> some = free.get(bytes);
    MemorySegment block = some == null ? null : some.poll();
    if (block == null) {
      block = arena.allocate(bytes, ALIGNMENT);
      held += bytes;
    }
    taken += bytes;
    return block;
  }

  synchronized void giveBack(MemorySegment block) {
    taken -= block.byteSize();
    free.computeIfAbsent(block.byteSize(), _ -> new ArrayDeque<>()).push(block);
  }

  @Override
  public void close() {
    if (owned) {
      arena.close();
    }
  }
}

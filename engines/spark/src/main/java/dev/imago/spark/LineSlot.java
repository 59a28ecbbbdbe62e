package dev.imago.spark;

import java.io.Serializable;

/// Where a line goes.
///
/// @param shard its number among those of all files
/// @param place of the document, or of the one of two that it is cut into
record LineSlot(int shard, long place) implements Comparable<LineSlot>, Serializable {
  @Override
  public int compareTo(LineSlot other) {
    return shard == other.shard
        ? Long.compare(place, other.place)
        : Integer.compare(shard, other.shard);
  }
}

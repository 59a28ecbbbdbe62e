package dev.imago.spark;

import org.apache.spark.Partitioner;

/// A partition for each shard that is written.
final class SlotPartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int shards;

  SlotPartitioner(int shards) {
    this.shards = shards;
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object key) {
    return ((LineSlot) key).shard();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SlotPartitioner that && that.shards == shards;
  }

  @Override
  public int hashCode() {
    return shards;
  }
}

package dev.imago.spark;

import dev.imago.duplicates.StarContraction.Edge;
import org.apache.spark.Partitioner;

/// Brings together what has the same number, or edges from the same vertex, and spreads numbers
/// evenly, whatever pattern they have.
final class SpreadPartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int partitions;

  SpreadPartitioner(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    long number = key instanceof Edge edge ? edge.from() : (Long) key;
    // The golden ratio's multiplier: the upper half of the product has every bit of the number.
    return (int) Long.remainderUnsigned(number * 0x9e3779b97f4a7c15L >>> 32, partitions);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SpreadPartitioner that && that.partitions == partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}

package dev.imago.spark;

import dev.imago.duplicates.StarContraction.Edge;
import org.apache.spark.Partitioner;

/// Brings what is keyed by a document's place back to the part of the input that it came from.
final class PlacePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int parts;

  PlacePartitioner(int parts) {
    this.parts = parts;
  }

  @Override
  public int numPartitions() {
    return parts;
  }

  @Override
  public int getPartition(Object key) {
    return DocumentPlace.part(key instanceof Edge edge ? edge.from() : (Long) key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlacePartitioner that && that.parts == parts;
  }

  @Override
  public int hashCode() {
    return parts;
  }
}

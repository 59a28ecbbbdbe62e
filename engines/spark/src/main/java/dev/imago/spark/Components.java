package dev.imago.spark;

import dev.imago.duplicates.StarContraction;
import dev.imago.duplicates.StarContraction.Edge;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/// Connected components on a cluster: [StarContraction], with a shuffle in the place of a sort.
final class Components {
  /// log₂ of more vertices than there are documents: a path that long takes fewer rounds.
  private static final int MOST_ROUNDS = 64;

  private Components() {}

  /// Edges brought together and in order.
  static JavaRDD<Edge> sorted(JavaRDD<Edge> edges, Partitioner partitioner) {
    return edges
        .mapToPair(edge -> new Tuple2<>(edge, (byte) 0))
        .repartitionAndSortWithinPartitions(partitioner)
        .map(Tuple2::_1);
  }

  /// An edge from every vertex that is not the least of its component to that one.
  static JavaRDD<Edge> leasts(JavaRDD<Edge> edges, int partitions, JobReporter told) {
    var partitioner = new SpreadPartitioner(partitions);
    JavaRDD<Edge> now = edges.persist(StorageLevel.MEMORY_AND_DISK());
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      LongAccumulator unsettled = new LongAccumulator();
      edges.context().register(unsettled, "unsettled");
      JavaRDD<Edge> large =
          sorted(now.flatMap(Components::both), partitioner)
              .mapPartitions(in -> large(in, unsettled))
              .persist(StorageLevel.MEMORY_AND_DISK());
      long left = large.count();
      told.round(round, left);
      if (unsettled.value() == 0) {
        now.unpersist();
        return large;
      }
      JavaRDD<Edge> small =
          sorted(large, partitioner)
              .mapPartitions(Components::small)
              .persist(StorageLevel.MEMORY_AND_DISK());
      small.count();
      large.unpersist();
      now.unpersist();
      now = small;
    }
    throw new IllegalStateException("components did not settle in " + MOST_ROUNDS + " rounds");
  }

  private static Iterator<Edge> both(Edge edge) {
    return List.of(edge, edge.reversed()).iterator();
  }

  private static Iterator<Edge> large(Iterator<Edge> sorted, LongAccumulator unsettled) {
    var star = new StarContraction.Large();
    return given(sorted, star::take, () -> unsettled.add(star.unsettled()));
  }

  private static Iterator<Edge> small(Iterator<Edge> sorted) {
    var star = new StarContraction.Small();
    return given(sorted, star::take, () -> {});
  }

  private static Iterator<Edge> given(
      Iterator<Edge> in, Function<Edge, @Nullable Edge> star, Runnable atEnd) {
    return new Iterator<>() {
      private @Nullable Edge next;
      private boolean ended;

      @Override
      public boolean hasNext() {
        while (next == null && in.hasNext()) {
          next = star.apply(in.next());
        }
        if (next == null && !ended) {
          ended = true;
          atEnd.run();
        }
        return next != null;
      }

      @Override
      public Edge next() {
        Edge now = hasNext() ? next : null;
        if (now == null) {
          throw new NoSuchElementException();
        }
        next = null;
        return now;
      }
    };
  }
}

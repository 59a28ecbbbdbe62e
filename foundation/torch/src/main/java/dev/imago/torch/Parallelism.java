package dev.imago.torch;

/// How a process's compute threads are shared out: replicas of the model, each with a gradient of
/// its own, and threads within each, which share one.
///
/// More replicas wait less for each other; fewer hold fewer gradients. Either way the sums have a
/// fixed order, and the same of both gives the same bits.
///
/// @param replicas at least 1
/// @param threads within each, at least 1
/// @param place of their tensors; a device has one replica
public record Parallelism(int replicas, int threads, Place place) {
  /// What all gradients together may take of the memory: weights, their copies and the activations
  /// need the rest.
  private static final int GRADIENTS_SHARE = 4;

  public Parallelism {
    if (replicas < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "replicas = %d and threads = %d in each are both at least 1"
              .formatted(replicas, threads));
    }
    if (place.apart() && replicas * threads > 1) {
      throw new IllegalArgumentException(
          "%d replicas of %d threads on %s, which has one of one"
              .formatted(replicas, threads, place.words()));
    }
  }

  /// In the machine's memory.
  public Parallelism(int replicas, int threads) {
    this(replicas, threads, Place.HOST);
  }

  /// One replica where the tensors stand.
  public static Parallelism on(Place place) {
    return new Parallelism(1, 1, place);
  }

  /// A replica on each thread.
  public static Parallelism ofThreads(int threads) {
    return new Parallelism(threads, 1);
  }

  /// As many replicas as have a sequence to read and room for their gradients, so that all threads
  /// are at work.
  ///
  /// @param threads in all
  /// @param parameters that train
  /// @param sequences in a micro-batch
  /// @param memoryBytes of the machine, or of this process's part of it
  public static Parallelism of(int threads, long parameters, int sequences, long memoryBytes) {
    for (int replicas = threads; replicas > 1; replicas--) {
      boolean room = memoryBytes / GRADIENTS_SHARE / Float.BYTES / replicas >= parameters;
      if (threads % replicas == 0 && replicas <= sequences && room) {
        return new Parallelism(replicas, threads / replicas);
      }
    }
    return new Parallelism(1, threads);
  }

  /// In words, such as `2 replicas of 4 threads` or `1 replica on cuda:0`.
  public String words() {
    if (place.gpu()) {
      return "1 replica on " + place.words();
    }
    return "%d %s of %d %s"
        .formatted(
            replicas,
            replicas == 1 ? "replica" : "replicas",
            threads,
            threads == 1 ? "thread" : "threads");
  }
}

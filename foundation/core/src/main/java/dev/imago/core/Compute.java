package dev.imago.core;

/// What a run may compute with. It is in no key: it changes how long a result takes, and of a
/// trained model the last bits.
///
/// @param threads in all, at least 1
/// @param replicas of a model in training that share the threads; 0 where the stage chooses
public record Compute(int threads, int replicas) {
  public Compute {
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("--replicas", replicas, 0, threads);
    if (replicas > 0 && threads % replicas != 0) {
      throw new ConfigException(
          "--replicas = %d does not divide --threads = %d; leave it out, or give one that does"
              .formatted(replicas, threads));
    }
  }

  public static Compute ofThreads(int threads) {
    return new Compute(threads, 0);
  }
}

package dev.imago.core;

/// The processes that run one recipe together. The first runs the steps and writes all there is;
/// the others do their part of those that spread ([Stage#spreads]).
public interface Peers {
  /// Tells all others, who hear it in this order.
  void announce(String text);

  /// What the first announced next; waits for it.
  String next() throws InterruptedException;
}

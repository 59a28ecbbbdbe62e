package dev.imago.core;

import java.nio.file.Path;
import java.util.Optional;

/// One act of the chain. The same inputs, config, seed and version give the same artifacts, on the
/// same machine and threads. A link may hold several stages.
///
/// @param <I> a record whose components are artifacts, named as the outputs that they bind to
/// @param <C> a record of settings, which refuses impossible values in its compact constructor with
///   an [IllegalArgumentException] or [ConfigException] that gives value, bound and mend; its
///   defaults are those of a static method `defaults()`
/// @param <O> a record whose components are artifacts
public interface Stage<I extends Record, C extends Record, O extends Record> {
  /// The name in recipes, such as `prepare`.
  String name();

  /// Grows when the same inputs and config would give other artifacts than before.
  int version();

  Class<I> inputs();

  /// The settings of a recipe that names none.
  C defaults();

  Class<O> outputs();

  /// Does the work, or goes on with it where an earlier, killed run of the same key left off: what
  /// it needs for that it keeps in [Run#scratch].
  ///
  /// An interrupt of its thread asks it to end: it makes safe what it can go on with, and throws
  /// InterruptedException.
  ///
  /// @throws ImagoException for what a user can mend
  O run(I inputs, C config, Run run) throws InterruptedException;

  /// What outside the workspace decides the result (names, sizes and times of source files, say):
  /// part of the key under which a result is reused. Cheap: it is asked before every run.
  default String external(C config) {
    return "";
  }

  /// Where a run that was broken off would go on, as a part of a sentence such as «after step 120
  /// of 500»: only where what it left really is whole. Nothing where a new run begins anew.
  ///
  /// @param scratch that run's folder; it need not exist
  default Optional<String> resumesAt(Path scratch) {
    return Optional.empty();
  }

  /// What a run is expected to cost. Cheap: it reads no more than headers of its inputs.
  default Estimate estimate(C config, Estimate.Known known) {
    return Estimate.UNKNOWN;
  }

  /// Checks what can be checked before any work starts: that named files exist, that shapes fit.
  default void check(C config) {}
}

package dev.imago.core;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// One act of the chain. The same inputs, config, seed and version give the same artifacts, on the
/// same machine and threads. A link may hold several stages. What a stage is called, takes and
/// gives it says once, to the constructor.
///
/// @param <I> a record whose components are artifacts, named as the outputs that they bind to
/// @param <C> a record of settings, which refuses impossible values in its compact constructor with
///   an [IllegalArgumentException] or [ConfigException] that gives value, bound and mend
/// @param <O> a record whose components are artifacts
public abstract class Stage<I extends Record, C extends Record, O extends Record> {
  private final String name;
  private final int version;
  private final Class<I> inputs;
  private final C defaults;
  private final Class<O> outputs;

  /// @param name in recipes, such as `prepare`
  /// @param version grows when the same inputs and config would give other artifacts than before
  /// @param inputs the record of artifacts that [#run] is given
  /// @param defaults the settings of a recipe that names none
  /// @param outputs the record of artifacts that [#run] gives
  protected Stage(String name, int version, Class<I> inputs, C defaults, Class<O> outputs) {
    this.name = name;
    this.version = version;
    this.inputs = inputs;
    this.defaults = defaults;
    this.outputs = outputs;
  }

  public final String name() {
    return name;
  }

  public final int version() {
    return version;
  }

  public final Class<I> inputs() {
    return inputs;
  }

  public final C defaults() {
    return defaults;
  }

  public final Class<O> outputs() {
    return outputs;
  }

  /// Does the work, or goes on with it where an earlier, killed run of the same key left off: what
  /// it needs for that it keeps in [Run#scratch].
  ///
  /// An interrupt of its thread asks it to end: it makes safe what it can go on with, and throws
  /// InterruptedException.
  ///
  /// @throws ImagoException for what a user can mend
  public abstract O run(I inputs, C config, Run run) throws InterruptedException;

  /// Whether several processes do its work together: each of the others then does [#follow] while
  /// the first does [#run].
  public boolean spreads() {
    return false;
  }

  /// The part of a process that is not the first in [#run]. It leaves nothing.
  public void follow(I inputs, C config, Run run) throws InterruptedException {
    throw new IllegalStateException(name + " does not spread");
  }

  /// What outside the workspace decides the result (names, sizes and times of source files, say):
  /// part of the key under which a result is reused. Cheap: it is asked before every run.
  public String external(C config) {
    return "";
  }

  /// Where a run that was broken off would go on, as a part of a sentence such as «after step 120
  /// of 500»: only where what it left really is whole. Nothing where a new run begins anew.
  ///
  /// @param scratch that run's folder; it need not exist
  public Optional<String> resumesAt(Path scratch) {
    return Optional.empty();
  }

  /// What a run is expected to cost. Cheap: it reads no more than headers of its inputs.
  public Estimate estimate(C config, Estimate.Known known) {
    return Estimate.UNKNOWN;
  }

  /// Checks what can be checked before any work starts: that named files exist, that shapes fit.
  public void check(C config) {}

  /// The same, for a stage whose settings must say only what no earlier step brings.
  ///
  /// @param offered the names of the artifacts that earlier steps of the recipe leave, and of the
  ///   inputs that the recipe binds by hand
  public void check(C config, Set<String> offered) {
    check(config);
  }
}

package dev.imago.cli;

import org.junit.jupiter.api.Nested;

/// What needs an undisturbed run of the whole chain ([Tiny#chain]): in one class, and so in one of
/// the JVMs that share this module's tests, which makes it once.
class WholeChainTest {
  @Nested
  class OnBothBackends extends BackendParity {}

  @Nested
  class Killed extends KilledRuns {}
}

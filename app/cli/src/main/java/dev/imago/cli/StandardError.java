package dev.imago.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The standard error that the launcher kept for us.
///
/// A JVM that is given the Vector API warns «Using incubator modules» before any code of ours runs,
/// and no option silences that. So the launcher starts it with a standard error that drops the
/// line, and leaves the true one at another number.
final class StandardError {
  private StandardError() {}

  /// Puts the kept one into its place, for Java and for native code alike.
  static void restore() {
    Integer kept = Integer.getInteger("imago.stderr");
    if (kept == null) {
      return;
    }
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle dup2 =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("dup2"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int _ = (int) dup2.invokeExact(kept.intValue(), 2); // else everything goes through the filter
    } catch (Throwable e) {
      throw new IllegalStateException("standard error cannot be restored", e);
    }
  }
}

package dev.imago.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The standard output, which is for results: Gloo tells on it that it is connected, and no setting
/// of its own silences that.
final class StandardOutput {
  private StandardOutput() {}

  /// Does what writes to the standard output natively, and drops what it writes.
  static void without(Runnable work) {
    int kept = call("dup", 1);
    int nowhere = kept < 0 ? -1 : nowhere();
    if (nowhere < 0) {
      work.run(); // Windows, say: a line too many
      return;
    }
    System.out.flush();
    int _ = call("dup2", nowhere, 1);
    try {
      work.run();
    } finally {
      int _ = call("dup2", kept, 1);
      int _ = call("close", kept);
      int _ = call("close", nowhere);
    }
  }

  private static int nowhere() {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle creat = function("creat", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
      return creat == null
          ? -1
          : (int) creat.invokeExact((MemorySegment) arena.allocateFrom("/dev/null"), 0);
    } catch (Throwable e) {
      throw new IllegalStateException("creat", e);
    }
  }

  private static int call(String name, int argument) {
    MethodHandle found = function(name, ValueLayout.JAVA_INT);
    try {
      return found == null ? -1 : (int) found.invokeExact(argument);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static int call(String name, int first, int second) {
    MethodHandle found = function(name, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    try {
      return found == null ? -1 : (int) found.invokeExact(first, second);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static @Nullable MethodHandle function(String name, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(
            address ->
                linker.downcallHandle(
                    address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments)))
        .orElse(null);
  }
}

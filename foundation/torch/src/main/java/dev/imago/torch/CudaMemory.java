package dev.imago.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;

/// How much memory a GPU has, asked of CUDA's own runtime, which libtorch's natives have loaded:
/// the bindings know it under NVIDIA's types alone, whose jars are no part of a build.
final class CudaMemory {
  private CudaMemory() {}

  /// @param device from 0
  /// @return empty where the runtime is not there or does not tell
  static OptionalLong bytes(int device) {
    Optional<MemorySegment> set = find("cudaSetDevice");
    Optional<MemorySegment> info = find("cudaMemGetInfo");
    if (set.isEmpty() || info.isEmpty()) {
      return OptionalLong.empty();
    }
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      var setDevice =
          linker.downcallHandle(
              set.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      var memGetInfo =
          linker.downcallHandle(
              info.get(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
      MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment total = arena.allocate(ValueLayout.JAVA_LONG);
      boolean told =
          (int) setDevice.invokeExact(device) == 0
              && (int) memGetInfo.invokeExact(free, total) == 0;
      return told ? OptionalLong.of(total.get(ValueLayout.JAVA_LONG, 0)) : OptionalLong.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("cudaMemGetInfo", e);
    }
  }

  private static Optional<MemorySegment> find(String function) {
    return SymbolLookup.loaderLookup().find(function);
  }
}

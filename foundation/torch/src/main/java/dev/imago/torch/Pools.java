package dev.imago.torch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.global.torch;

/// How many threads each native pool would use if it were asked now, in the words of the libraries
/// themselves. See `docs/decisions/0002` for what more than one costs.
///
/// @param intraOp libtorch's, inside one operation
/// @param interOp libtorch's, between operations
/// @param openMp of the OpenMP runtime that carries `intraOp`; 0 where there is none
/// @param openBlas of the matrix products; 0 where the products are another library's
/// @param processors that the asking thread may run on
public record Pools(int intraOp, int interOp, int openMp, int openBlas, int processors) {
  /// As the calling thread has them: OpenMP and the scheduler keep both counts a thread.
  static Pools read() {
    return new Pools(
        torch.get_num_threads(),
        Math.toIntExact(torch.get_num_interop_threads()),
        count("omp_get_max_threads"),
        count("openblas_get_num_threads"),
        Runtime.getRuntime().availableProcessors());
  }

  /// The worse of each.
  Pools worse(Pools other) {
    return new Pools(
        Math.max(intraOp, other.intraOp),
        Math.max(interOp, other.interOp),
        Math.max(openMp, other.openMp),
        Math.max(openBlas, other.openBlas),
        Math.min(processors, other.processors));
  }

  private static int count(String function) {
    var symbol = SymbolLookup.loaderLookup().find(function);
    if (symbol.isEmpty()) {
      return 0;
    }
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(symbol.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT))
              .invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
  }
}

package dev.imago.torch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// The native library, loaded once a process, with its thread pools under control.
///
/// JavaCPP's OpenBLAS starts threads of its own inside libtorch's regions, and the two then wait
/// for each other; so every pool has one thread, and parallel work is ours: a replica a thread.
public final class Libtorch {
  private static boolean loaded;

  private Libtorch() {}

  /// What this machine's library is and does.
  ///
  /// @param version of libtorch
  /// @param devices that it sees beside the processors, as settings name them
  /// @param gemmGigaflops measured: FP32 products of 1024 × 1024, one on each thread
  /// @param pools the worst of what the asking thread and the workers have
  public record Diagnosis(String version, List<String> devices, double gemmGigaflops, Pools pools) {
    public Diagnosis {
      devices = List.copyOf(devices);
    }
  }

  /// Loads the library if it is not loaded yet.
  ///
  /// @throws UnsatisfiedLinkError where there are no natives for this platform
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    System.setProperty("org.bytedeco.javacpp.maxbytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
    // Bound, GNU's OpenMP ties the thread that loads it to the first processor, and every thread
    // that this one starts inherits that: all replicas would share a core.
    Map.of(
            "OPENBLAS_NUM_THREADS",
            "1",
            "OMP_NUM_THREADS",
            "1",
            "OMP_PROC_BIND",
            "false",
            // cuBLAS has a fixed order of sums with a workspace of its own alone.
            "CUBLAS_WORKSPACE_CONFIG",
            ":4096:8")
        .forEach(Libtorch::setenv);
    // What fails is thrown, and told by whoever knows what it means.
    setenv("TORCH_CPP_LOG_LEVEL", System.getenv().getOrDefault("TORCH_CPP_LOG_LEVEL", "ERROR"));
    torch.initLogging(); // nothing reads that variable before
    tuneAllocator();
    torch.set_num_threads(1);
    torch.set_num_interop_threads(1);
    if (torch.hasCUDA()) {
      // What a GPU sums in any order has other bits each time, and a run that goes on would have
      // others than one that was not killed; where libtorch has no fixed order, it does without.
      torch.globalContext().setDeterministicAlgorithms(true, true);
    }
    loaded = true;
  }

  /// The natives read their environment when they are loaded, and Java cannot change its own.
  private static void setenv(String name, String value) {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      var symbol = linker.defaultLookup().find("setenv");
      if (symbol.isEmpty()) {
        return; // Windows: the launcher sets what it can.
      }
      MethodHandle setenv =
          linker.downcallHandle(
              symbol.get(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));
      int _ = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
    } catch (Throwable e) {
      throw new IllegalStateException("cannot set " + name, e);
    }
  }

  /// glibc gives large blocks back to the system when they are freed, and every step would fault
  /// them in again, page by page: keep them (M_MMAP_THRESHOLD −3, M_TRIM_THRESHOLD −1).
  private static void tuneAllocator() {
    try {
      Linker linker = Linker.nativeLinker();
      var symbol = linker.defaultLookup().find("mallopt");
      if (symbol.isEmpty()) {
        return;
      }
      MethodHandle mallopt =
          linker.downcallHandle(
              symbol.get(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      int _ = (int) mallopt.invokeExact(-3, 1 << 30);
      int _ = (int) mallopt.invokeExact(-1, Integer.MAX_VALUE);
    } catch (Throwable e) {
      throw new IllegalStateException("mallopt", e);
    }
  }

  /// How many GPUs of NVIDIA's these natives see.
  public static int cudaDevices() {
    load();
    return torch.hasCUDA() ? Math.toIntExact(torch.getNumGPUs()) : 0;
  }

  /// Whether they see the GPU of an Apple processor.
  public static boolean seesMps() {
    load();
    return torch.hasMPS();
  }

  /// The devices beside the processors, in words.
  private static List<String> devices() {
    var devices = new ArrayList<String>();
    for (int i = 0; i < cudaDevices(); i++) {
      Place place = new Place(Place.Kind.CUDA, i);
      OptionalLong bytes = place.bytes();
      devices.add(
          place.words()
              + (bytes.isPresent()
                  ? String.format(Locale.ROOT, " (%.3g GB)", bytes.getAsLong() / 1e9)
                  : ""));
    }
    if (seesMps()) {
      devices.add("mps");
    }
    return devices;
  }

  private static String version() {
    try {
      return Loader.getVersion("org.bytedeco", "pytorch");
    } catch (IOException e) {
      return "of unknown version";
    }
  }

  /// Loads the library and measures it, in about a second.
  public static Diagnosis diagnose(int threads) throws InterruptedException {
    load();
    try (Workers workers = new Workers(threads, 1)) {
      int n = 1024;
      long[] best = {Long.MAX_VALUE};
      for (int trial = 0; trial < 8; trial++) {
        long begun = System.nanoTime();
        workers.run(
            _ -> {
              try (PointerScope _ = new PointerScope();
                  NoGradGuard _ = new NoGradGuard()) {
                Tensor a = torch.ones(n, n);
                for (int i = 0; i < 4; i++) {
                  torch.mm(a, a).close();
                }
              }
            });
        best[0] = Math.min(best[0], System.nanoTime() - begun);
      }
      double flop = 2.0 * n * n * n * 4 * threads;
      var pools = new Pools[threads];
      workers.run(worker -> pools[worker] = Pools.read());
      Pools worst = Stream.of(pools).reduce(Pools.read(), Pools::worse);
      return new Diagnosis(version(), devices(), flop / best[0], worst);
    }
  }

  /// A tensor's memory, in place; valid as long as the tensor.
  static MemorySegment memory(Tensor tensor) {
    if (!tensor.is_cpu()) {
      throw new IllegalStateException("a tensor on a device has no memory of this machine");
    }
    return MemorySegment.ofAddress(tensor.data_ptr().address())
        .reinterpret(tensor.numel() * tensor.element_size());
  }

  /// A copy of a tensor's numbers, wherever it stands.
  static float[] floats(Tensor tensor) {
    return memory(tensor.cpu().contiguous()).toArray(ValueLayout.JAVA_FLOAT);
  }

  /// The same of int64.
  static long[] longs(Tensor tensor) {
    return memory(tensor.cpu().contiguous()).toArray(ValueLayout.JAVA_LONG);
  }
}

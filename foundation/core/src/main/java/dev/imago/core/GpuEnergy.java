package dev.imago.core;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What NVIDIA's GPUs count of energy: millijoules of a whole card since its driver was loaded
/// (Volta and later), by the driver's own library, NVML. Where that is not there, or does not tell,
/// nothing is known; nor where there are several cards and CUDA numbers them in an order of its
/// own, which `CUDA_DEVICE_ORDER=PCI_BUS_ID`, or UUIDs in `CUDA_VISIBLE_DEVICES`, mend.
final class GpuEnergy {
  /// What its source is called.
  static final String NVML = "NVML of the GPU";

  private static final String LIBRARY = "libnvidia-ml.so.1";
  private static final int SUCCESS = 0;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private static volatile @Nullable GpuEnergy opened;

  private final MethodHandle count;
  private final MethodHandle byIndex;
  private final MethodHandle byUuid;
  private final MethodHandle energy;
  private final List<String> visible;

  private GpuEnergy(SymbolLookup library, List<String> visible) throws Throwable {
    Linker linker = Linker.nativeLinker();
    var pointer = ValueLayout.ADDRESS;
    MethodHandle init =
        linker.downcallHandle(library.findOrThrow("nvmlInit_v2"), FunctionDescriptor.of(INT));
    count =
        linker.downcallHandle(
            library.findOrThrow("nvmlDeviceGetCount_v2"), FunctionDescriptor.of(INT, pointer));
    byIndex =
        linker.downcallHandle(
            library.findOrThrow("nvmlDeviceGetHandleByIndex_v2"),
            FunctionDescriptor.of(INT, INT, pointer));
    byUuid =
        linker.downcallHandle(
            library.findOrThrow("nvmlDeviceGetHandleByUUID"),
            FunctionDescriptor.of(INT, pointer, pointer));
    energy =
        linker.downcallHandle(
            library.findOrThrow("nvmlDeviceGetTotalEnergyConsumption"),
            FunctionDescriptor.of(INT, pointer, pointer));
    this.visible = visible;
    int code = (int) init.invokeExact();
    if (code != SUCCESS) {
      throw new IllegalStateException("nvmlInit says " + code);
    }
  }

  /// What a device has taken, as CUDA numbers those that this process sees
  /// (`CUDA_VISIBLE_DEVICES`); empty where it does not tell.
  static OptionalLong millijoules(int device) {
    try {
      GpuEnergy library = opened;
      if (library == null) {
        String visible = System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "");
        library = open(LIBRARY, visible);
        opened = library;
      }
      return library.read(device);
    } catch (Throwable _) { // no library, an old one, or no access: nothing is known
      return OptionalLong.empty();
    }
  }

  /// @param visible the devices that CUDA is to see: numbers or UUIDs; empty for all
  static GpuEnergy open(String library, String visible) throws Throwable {
    return new GpuEnergy(
        SymbolLookup.libraryLookup(library, Arena.global()),
        visible.isBlank() ? List.of() : List.of(visible.strip().split("\\s*,\\s*")));
  }

  OptionalLong read(int device) throws Throwable {
    if (!visible.isEmpty() && device >= visible.size()) {
      return OptionalLong.empty();
    }
    String name = visible.isEmpty() ? Integer.toString(device) : visible.get(device);
    boolean numbered = name.chars().allMatch(Character::isDigit);
    try (Arena arena = Arena.ofConfined()) {
      // NVML numbers cards by their place on the bus; CUDA, unless it is told to, by their speed.
      if (numbered && !"PCI_BUS_ID".equals(System.getenv("CUDA_DEVICE_ORDER"))) {
        MemorySegment cards = arena.allocate(INT);
        if ((int) count.invokeExact(cards) != SUCCESS || cards.get(INT, 0) != 1) {
          return OptionalLong.empty();
        }
      }
      MemorySegment handle = arena.allocate(ValueLayout.ADDRESS);
      int code =
          numbered
              ? (int) byIndex.invokeExact(Integer.parseInt(name), handle)
              : (int) byUuid.invokeExact(arena.allocateFrom(name), handle);
      if (code != SUCCESS) {
        return OptionalLong.empty();
      }
      MemorySegment sum = arena.allocate(ValueLayout.JAVA_LONG);
      code = (int) energy.invokeExact(handle.get(ValueLayout.ADDRESS, 0), sum);
      return code == SUCCESS
          ? OptionalLong.of(sum.get(ValueLayout.JAVA_LONG, 0))
          : OptionalLong.empty();
    }
  }
}

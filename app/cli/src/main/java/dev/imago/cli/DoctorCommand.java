package dev.imago.cli;

import dev.imago.tensor.CpuBackend;
import dev.imago.torch.Libtorch;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/// Tells what this machine has for the chain, and what it lacks.
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Tell what this machine has: JDK, cores, SIMD, memory, disk, libtorch, threads, GEMM rate.",
    footer = {"", "Example:  imago doctor"})
final class DoctorCommand implements Callable<Integer> {
  /// What the quickstart recipe needs.
  private static final long MEMORY_BYTES = 6L << 30;

  private static final long DISK_BYTES = 3L << 30;

  @ParentCommand private Imago imago = new Imago();

  private final List<List<String>> rows = new ArrayList<>();
  private boolean well = true;

  @Override
  public Integer call() throws Exception {
    Runtime.Version jdk = Runtime.version();
    boolean recent = jdk.compareTo(Runtime.Version.parse("25.0.3")) >= 0;
    tell(
        "JDK",
        jdk + ", " + System.getProperty("java.vm.vendor"),
        recent,
        "before 25.0.3 native buffers may be corrupted (JDK-8377811): update");
    int cores = Runtime.getRuntime().availableProcessors();
    tell("cores", String.valueOf(cores), true, "");
    simd();
    memory();
    disk();
    Path sources = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    tell(
        "quickstart's text",
        Files.exists(sources) ? sources.toString() : "no src.zip",
        Files.exists(sources),
        "name your own documents: imago run --input PATH");
    try {
      Libtorch.Diagnosis torch = Libtorch.diagnose(cores);
      String sees =
          torch.devices().isEmpty() ? "sees no GPU" : "sees " + String.join(", ", torch.devices());
      tell("libtorch", torch.version() + ", " + sees, true, "");
      boolean cuda = torch.devices().stream().anyMatch(device -> device.startsWith("cuda"));
      tell("device = auto", "trains on " + (cuda ? "cuda:0" : "the processors"), true, "");
      var threads = new ThreadCheck(cores, torch.pools(), System.getenv());
      tell("threads", threads.value(), threads.mend().isEmpty(), threads.mend());
      tell(
          "GEMM, FP32",
          "%.0f GFLOP/s on %d threads".formatted(torch.gemmGigaflops(), cores),
          torch.gemmGigaflops() > 10 * cores,
          "far below a modern core; is another program at work?");
    } catch (NoClassDefFoundError e) {
      tell(
          "libtorch",
          "not in this installation",
          false,
          "training needs it, serving does not: take the release that has it");
    } catch (LinkageError e) {
      tell(
          "libtorch",
          String.valueOf(e.getMessage()),
          false,
          "build for this platform with -Dnatives=…, as the README says");
    }
    System.out.print(
        Table.render(List.of("", "", "", ""), rows)
            .lines()
            .skip(2)
            .map(l -> l + "\n")
            .reduce("", String::concat));
    return well ? 0 : 4;
  }

  private void simd() {
    VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;
    tell(
        "SIMD",
        "%d bits, %d floats; the kernels use %d bits"
            .formatted(species.vectorBitSize(), species.length(), CpuBackend.vectorBits()),
        species.length() >= 4,
        "no vector unit: serving will be slow");
  }

  private void memory() throws IOException {
    var bean =
        (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    long total = bean.getTotalMemorySize();
    tell(
        "memory",
        "%s, heap up to %s"
            .formatted(
                Quantity.of(total, "bytes"),
                Quantity.of(Runtime.getRuntime().maxMemory(), "bytes")),
        total >= MEMORY_BYTES,
        "quickstart needs up to " + Quantity.of(MEMORY_BYTES, "bytes"));
  }

  private void disk() throws IOException {
    Path folder = imago.workspace().toAbsolutePath();
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      tell(
          "disk",
          folder + " cannot be written",
          false,
          "name a folder that can be with --workspace DIR");
      return;
    }
    FileStore store = Files.getFileStore(folder);
    tell(
        "disk",
        "%s free at %s".formatted(Quantity.of(store.getUsableSpace(), "bytes"), folder),
        store.getUsableSpace() >= DISK_BYTES,
        "quickstart needs " + Quantity.of(DISK_BYTES, "bytes") + ": name another --workspace");
  }

  private void tell(String what, String value, boolean good, String mend) {
    well &= good;
    rows.add(List.of(good ? "✓" : "✗", what, value, good ? "" : mend));
  }
}

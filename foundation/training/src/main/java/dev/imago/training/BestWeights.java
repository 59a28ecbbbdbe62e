package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The weights of the best measurements of a training, each in a file of its scratch. Which they
/// are follows from the curve, so that a killed run goes on to the same.
final class BestWeights {
  private static final String NAME = "value";

  private final Path folder;
  private final Development settings;

  /// A loss of the development part, and when it was measured.
  record Measured(long step, double loss) {}

  BestWeights(Path folder, Development settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /// The losses so far.
  static List<Measured> measured(Curve curve) {
    var all = new ArrayList<Measured>();
    for (Map<String, Number> point : curve.points()) {
      Number loss = point.get("developmentLoss");
      if (loss != null) {
        all.add(new Measured(point.getOrDefault("step", 0).longValue(), loss.doubleValue()));
      }
    }
    return all;
  }

  /// The best, the first of equals first.
  List<Measured> best(Curve curve) {
    return measured(curve).stream()
        .sorted(Comparator.comparingDouble(Measured::loss))
        .limit(settings.keepBest())
        .toList();
  }

  /// Whether none of the last measurements was better than those before.
  boolean exhausted(Curve curve) {
    int without = 0;
    double best = Double.POSITIVE_INFINITY;
    for (Measured one : measured(curve)) {
      boolean better = one.loss() < best - settings.leastGain();
      without = better ? 0 : without + 1;
      best = better ? one.loss() : best;
      if (settings.patience() > 0 && without >= settings.patience()) {
        return true;
      }
    }
    return false;
  }

  private Path file(long step) {
    return folder.resolve("best-%d.safetensors".formatted(step));
  }

  /// Keeps the weights of the last measurement if it is one of the best, and drops what no longer
  /// is.
  void keep(Curve curve, MemorySegment values) {
    List<Measured> best = best(curve);
    long now = measured(curve).getLast().step();
    if (best.stream().anyMatch(m -> m.step() == now)) {
      var tensors = new LinkedHashMap<String, HostTensor>();
      long[] shape = {values.byteSize() / Float.BYTES};
      tensors.put(NAME, new HostTensor(DataType.F32, shape, values));
      AtomicFile.replace(file(now), path -> Safetensors.write(path, tensors, Map.of()));
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("best-")).toList()) {
        if (best.stream().noneMatch(m -> file.equals(file(m.step())))) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder, e);
    }
  }

  /// Puts the mean of the best in the place of the weights.
  ///
  /// @return whose they are
  List<Measured> install(Curve curve, MemorySegment values) {
    List<Measured> best = best(curve);
    long n = values.byteSize() / Float.BYTES;
    for (int b = 0; b < best.size(); b++) {
      try (Safetensors stored = Safetensors.open(file(best.get(b).step()))) {
        MemorySegment from = stored.tensor(NAME).data();
        for (long i = 0; i < n; i++) {
          float sum = b == 0 ? 0 : values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          float own = from.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
          values.setAtIndex(ValueLayout.JAVA_FLOAT, i, sum + own / best.size());
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", file(best.get(b).step()), e);
      }
    }
    return best;
  }
}

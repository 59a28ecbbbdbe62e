package dev.imago.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What this process takes of energy from a moment on: what the processors' counters say (whole
/// packages, other programs included), or an estimate between the bounds of a declared power, or
/// nothing; and of GPUs that the work says it computes on, what these count. Thread-safe.
///
/// The estimate is the processor time of this process times the power of a processor, the memory
/// that it holds, and of the machine at rest at least the share of it that works, at most all.
public final class EnergyMeter implements AutoCloseable {
  private static final double GIB = 1L << 30;

  /// Counters begin anew after some tens of minutes.
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);

  private final EnergySettings settings;
  private final Energy counters;
  private final LongSupplier nanoTime;
  private final LongSupplier cpuNanos;
  private final LongSupplier heldBytes;
  private final int processors;
  private final IntFunction<OptionalLong> gpus;
  private final long begun;
  private final long cpuBegun;
  private @Nullable Thread looking;
  private double lookedAt;
  private double gibSeconds;

  /// Millijoules that each GPU had counted when the work came to it; nothing where it does not
  /// tell.
  private final Map<Integer, OptionalLong> gpuBegun = new TreeMap<>();

  private EnergyMeter(
      EnergySettings settings,
      Path powercap,
      LongSupplier nanoTime,
      LongSupplier cpuNanos,
      LongSupplier heldBytes,
      int processors,
      IntFunction<OptionalLong> gpus) {
    this.gpus = gpus;
    this.settings = settings;
    this.counters = new Energy(powercap, "", 1);
    this.nanoTime = nanoTime;
    this.cpuNanos = cpuNanos;
    this.heldBytes = heldBytes;
    this.processors = processors;
    this.begun = nanoTime.getAsLong();
    this.cpuBegun = cpuNanos.getAsLong();
  }

  /// Of this process on this machine.
  public static EnergyMeter begin(EnergySettings settings) {
    var meter =
        new EnergyMeter(
            settings,
            Energy.POWERCAP,
            System::nanoTime,
            EnergyMeter::cpuNanos,
            ResidentMemory::bytes,
            Runtime.getRuntime().availableProcessors(),
            GpuEnergy::millijoules);
    if (meter.counters.figure().isPresent() || settings.power().isPresent()) {
      meter.looking =
          Thread.ofVirtual().name("imago-energy").start(meter::look); // ends when it is closed
    }
    return meter;
  }

  static EnergyMeter of(
      EnergySettings settings,
      Path powercap,
      LongSupplier nanoTime,
      LongSupplier cpuNanos,
      LongSupplier heldBytes,
      int processors,
      IntFunction<OptionalLong> gpus) {
    return new EnergyMeter(settings, powercap, nanoTime, cpuNanos, heldBytes, processors, gpus);
  }

  static EnergyMeter of(
      EnergySettings settings,
      Path powercap,
      LongSupplier nanoTime,
      LongSupplier cpuNanos,
      LongSupplier heldBytes,
      int processors) {
    return of(
        settings, powercap, nanoTime, cpuNanos, heldBytes, processors, _ -> OptionalLong.empty());
  }

  /// Counts what a GPU takes, too, from now on: the whole card.
  ///
  /// @param gpu its number, as CUDA counts
  public synchronized void alsoOf(int gpu) {
    var _ = gpuBegun.computeIfAbsent(gpu, gpus::apply);
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        var _ = used();
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  /// Since the beginning; empty where no counter is readable and no power is declared.
  public synchronized Optional<EnergyUse> used() {
    Optional<EnergyUse> all = ofProcessors();
    boolean silent = false;
    for (Map.Entry<Integer, OptionalLong> each : gpuBegun.entrySet()) {
      OptionalLong begun = each.getValue();
      OptionalLong now = begun.isEmpty() ? begun : gpus.apply(each.getKey());
      if (now.isEmpty()) {
        silent = true;
        continue;
      }
      double joules = Math.max(0, now.getAsLong() - begun.getAsLong()) / 1e3;
      var taken = new EnergyUse(joules, joules, true, GpuEnergy.NVML);
      all =
          Optional.of(all.map(known -> known.plus(taken)).orElse(taken.lacking("the processors")));
    }
    return silent ? all.map(known -> known.lacking("a GPU")) : all;
  }

  private Optional<EnergyUse> ofProcessors() {
    double seconds = Math.max(0, nanoTime.getAsLong() - begun) / 1e9;
    if (counters.figure().isPresent()) {
      double joules = counters.joules(seconds);
      return Optional.of(new EnergyUse(joules, joules, true, EnergyUse.RAPL));
    }
    return settings.power().map(power -> estimate(power, seconds));
  }

  private EnergyUse estimate(EnergySettings.Power power, double seconds) {
    double worked = Math.max(0, cpuNanos.getAsLong() - cpuBegun) / 1e9 / processors;
    // What is held changes: of the time since the last look what is held now.
    gibSeconds += heldBytes.getAsLong() / GIB * Math.max(0, seconds - lookedAt);
    lookedAt = Math.max(lookedAt, seconds);
    double held = gibSeconds;
    return new EnergyUse(
        worked * power.processors().low()
            + Math.min(worked, seconds) * power.idle().low()
            + held * power.memory().low(),
        worked * power.processors().high()
            + seconds * power.idle().high()
            + held * power.memory().high(),
        false,
        power.source());
  }

  @Override
  public void close() {
    if (looking != null) {
      looking.interrupt();
    }
  }
}

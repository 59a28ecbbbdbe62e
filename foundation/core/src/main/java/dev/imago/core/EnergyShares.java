package dev.imago.core;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shares what a process takes of energy among works that go on at once, by how much each has done
/// meanwhile: all shares, and what was taken while nothing was at work, add up to the whole.
/// Thread-safe.
public final class EnergyShares {
  /// Counters are not read more often, but at the begin and end of a work.
  private static final long BETWEEN_READINGS_NANOS = 100_000_000;

  private final Supplier<Optional<EnergyUse>> whole;
  private final LongSupplier nanoTime;
  private final Set<Share> atWork = new HashSet<>();
  private @Nullable EnergyUse last;
  private @Nullable EnergyUse first;
  private long read;
  private double idleLow;
  private double idleHigh;

  /// One work's share of it.
  public final class Share {
    private long pending;
    private double low;
    private double high;

    private Share() {}

    /// Takes note of work that was done.
    ///
    /// @param amount in any unit that is the same for all, such as tokens
    public void did(long amount) {
      synchronized (EnergyShares.this) {
        pending += amount;
        if (nanoTime.getAsLong() - read >= BETWEEN_READINGS_NANOS) {
          settle();
        }
      }
    }

    /// What it took, once it is over; empty where nothing is known.
    public Optional<EnergyUse> end() {
      synchronized (EnergyShares.this) {
        settle();
        atWork.remove(this);
        EnergyUse now = last;
        return now == null
            ? Optional.empty()
            : Optional.of(new EnergyUse(low, high, now.counted(), now.source()));
      }
    }
  }

  /// @param whole since some moment, which never falls; empty where it is not known
  EnergyShares(Supplier<Optional<EnergyUse>> whole, LongSupplier nanoTime) {
    this.whole = whole;
    this.nanoTime = nanoTime;
    this.first = whole.get().orElse(null);
    this.last = first;
    this.read = nanoTime.getAsLong();
  }

  /// Of what a meter reads, from now on.
  public static EnergyShares of(EnergyMeter meter) {
    return new EnergyShares(meter::used, System::nanoTime);
  }

  /// Begins a work.
  public synchronized Share begin() {
    settle();
    var share = new Share();
    atWork.add(share);
    return share;
  }

  /// What was taken while nothing was at work; empty where it is not known.
  public synchronized Optional<EnergyUse> idle() {
    settle();
    EnergyUse now = last;
    return now == null
        ? Optional.empty()
        : Optional.of(new EnergyUse(idleLow, idleHigh, now.counted(), now.source()));
  }

  /// All that was taken since this was made, and given to somebody; empty where it is not known.
  public synchronized Optional<EnergyUse> whole() {
    settle();
    EnergyUse now = last;
    EnergyUse from = first;
    return now == null || from == null
        ? Optional.empty()
        : Optional.of(
            new EnergyUse(
                now.low() - from.low(), now.high() - from.high(), now.counted(), now.source()));
  }

  /// Gives away what was taken since the last reading.
  private void settle() {
    long did = atWork.stream().mapToLong(share -> share.pending).sum();
    if (did == 0 && !atWork.isEmpty()) {
      return; // a step is under way: what it takes is given away with it
    }
    EnergyUse before = last;
    EnergyUse now = whole.get().orElse(null);
    read = nanoTime.getAsLong();
    if (now == null || before == null) {
      return;
    }
    double low = Math.max(0, now.low() - before.low());
    double high = Math.max(low, now.high() - before.high());
    last = new EnergyUse(before.low() + low, before.high() + high, now.counted(), now.source());
    if (did == 0) {
      idleLow += low;
      idleHigh += high;
      return;
    }
    for (Share share : atWork) {
      double part = (double) share.pending / did;
      share.low += low * part;
      share.high += high * part;
      share.pending = 0;
    }
  }
}

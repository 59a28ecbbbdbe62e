package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run takes of energy, with the parts of it that were broken off and that it goes on from:
/// what these took is kept in the scratch of its key, as its progress is. What a process that was
/// killed took after its last word is in no figure.
///
/// @param meter of this part
/// @param file that keeps it
/// @param run whose part this is
/// @param goesOn whether earlier parts are known of
/// @param earlier what these took; null where nobody knows
/// @param alone whether no other process works at it
record RunEnergy(
    EnergyMeter meter,
    Path file,
    String run,
    boolean goesOn,
    @Nullable EnergyUse earlier,
    boolean alone)
    implements AutoCloseable {
  private static final String NAME = "energy.json";

  /// What is kept: the run that told it last, and what it had taken then with what was before it.
  record Kept(String run, EnergyUse used) {}

  /// Of this process on this machine.
  ///
  /// @param scratch of the run's key
  static RunEnergy begin(
      EnergySettings settings, Path scratch, String run, boolean goesOn, boolean alone) {
    return begin(EnergyMeter.begin(settings), scratch, run, goesOn, alone);
  }

  /// @param scratch of the run's key
  static RunEnergy begin(
      EnergyMeter meter, Path scratch, String run, boolean goesOn, boolean alone) {
    Path file = scratch.resolve(NAME);
    // What a part took that was broken off was taken for this artifact, whatever of its work is
    // left.
    EnergyUse earlier = read(file).map(Kept::used).orElse(null);
    return new RunEnergy(meter, file, run, goesOn || earlier != null, earlier, alone);
  }

  /// What a run that was killed had taken at its last word; empty where that is not known.
  static Optional<EnergyUse> lastWord(Path scratch, String run) {
    return read(scratch.resolve(NAME)).filter(kept -> kept.run().equals(run)).map(Kept::used);
  }

  private static Optional<Kept> read(Path file) {
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Json.read(file, Kept.class))
          : Optional.empty();
    } catch (ImagoException _) {
      return Optional.empty(); // damaged: not known
    }
  }

  /// Of all parts so far; where one is not known the source says so.
  Optional<EnergyUse> used() {
    Optional<EnergyUse> own =
        alone ? meter.used() : meter.used().map(part -> part.lacking("the other processes"));
    if (!goesOn) {
      return own;
    }
    if (earlier == null) {
      return own.map(part -> part.lacking("an earlier part"));
    }
    return Optional.of(own.map(earlier::plus).orElseGet(() -> earlier.lacking("the last part")));
  }

  /// Keeps it for whoever goes on, also after a kill.
  void keep() {
    Optional<EnergyUse> used = used();
    try {
      if (used.isPresent()) {
        Json.write(file, new Kept(run, used.get()));
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("remove", file, e);
    }
  }

  @Override
  public void close() {
    meter.close();
  }
}

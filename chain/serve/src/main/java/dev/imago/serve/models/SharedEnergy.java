package dev.imago.serve.models;

import dev.imago.core.EnergyShares;
import dev.imago.generate.EnergyTally;
import org.jspecify.annotations.Nullable;

/// What the requests of all engines of a server take of energy.
///
/// @param shares of the process
public record SharedEnergy(EnergyShares shares) implements EnergyTally {
  @Override
  public Share begin() {
    return new Own(shares.begin());
  }

  private record Own(EnergyShares.Share share) implements Share {
    @Override
    public void did(int tokens) {
      share.did(tokens);
    }

    @Override
    public @Nullable Joules end() {
      return share
          .end()
          .map(use -> new Joules(use.low(), use.high(), use.counted(), use.source()))
          .orElse(null);
    }
  }
}

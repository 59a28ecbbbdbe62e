package dev.imago.model;

/// What a parameter is before training.
public sealed interface Initialisation {
  Initialisation ZEROS = new Constant(0);
  Initialisation ONES = new Constant(1);

  /// Drawn from a normal distribution of mean 0.
  record Normal(double deviation) implements Initialisation {}

  /// Drawn evenly from −bound … bound.
  record Uniform(double bound) implements Initialisation {}

  record Constant(float value) implements Initialisation {}
}

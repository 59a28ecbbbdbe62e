package dev.imago.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What a step is expected to cost, told before it starts. What cannot be known yet is left out.
///
/// @param figures what people and later steps read
/// @param memoryBytes the most that it holds at a time, of training with what the JVM and libtorch
///   take by themselves; 0 where unknown
/// @param diskBytes the most that it takes in the workspace, scratch and artifacts together; 0
///   where unknown
/// @param operations on floating-point numbers; divided by a machine's rate they give the time; 0
///   where unknown
public record Estimate(
    Map<Figure, Long> figures, long memoryBytes, long diskBytes, double operations) {
  /// Nothing can be said.
  public static final Estimate UNKNOWN = new Estimate(Map.of(), 0, 0, 0);

  /// What is counted, and how it is called in a table.
  public enum Figure {
    /// Of text, before the chain cleans it.
    BYTES("bytes of text"),
    /// Entries of the vocabulary.
    VOCABULARY("vocabulary"),
    /// Tokens that a corpus has.
    TOKENS("tokens"),
    /// Labelled pairs.
    PAIRS("pairs"),
    /// Trainable numbers.
    PARAMETERS("parameters"),
    /// Blocks of a model.
    LAYERS("layers"),
    /// Of a model's hidden states.
    WIDTH("width"),
    /// Tokens that a model sees at once.
    CONTEXT("context"),
    /// Tokens that a model is trained on, repeats counted.
    TRAINED("tokens trained on"),
    /// Updates of the weights.
    STEPS("steps");

    private final String label;

    Figure(String label) {
      this.label = label;
    }

    /// In plain words, such as `tokens trained on`.
    public String label() {
      return label;
    }
  }

  /// What is known when an estimate is asked for.
  ///
  /// @param inputs the step's inputs that stand already, by name
  /// @param expected of the inputs that do not, what the steps that will make them expect, by the
  ///   inputs' names
  /// @param figures what earlier steps of the recipe expect; of a figure that several have, the
  ///   last
  /// @param compute what the step will have to compute with
  public record Known(
      Map<String, Artifact> inputs,
      Map<String, Map<Figure, Long>> expected,
      Map<Figure, Long> figures,
      Compute compute) {
    public Known {
      expected = Map.copyOf(expected);
      inputs = Map.copyOf(inputs);
      figures = Map.copyOf(figures);
    }

    /// A figure of an earlier step, or what is assumed where none gave it.
    public long figure(Figure figure, long otherwise) {
      return figures.getOrDefault(figure, otherwise);
    }
  }

  public Estimate {
    var ordered = new EnumMap<Figure, Long>(Figure.class);
    ordered.putAll(figures);
    figures = Collections.unmodifiableMap(ordered);
  }
}

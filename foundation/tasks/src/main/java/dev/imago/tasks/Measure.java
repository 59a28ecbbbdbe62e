package dev.imago.tasks;

import java.util.function.ToDoubleFunction;

/// What is measured over held-out examples.
///
/// @param name such as `accuracy`
/// @param proportion whether it is a share of the examples, each right or wrong by itself, so that
///   an interval follows from their number
/// @param of some examples, by their places, repeats counted: 0 … 1
public record Measure(String name, boolean proportion, ToDoubleFunction<int[]> of) {}

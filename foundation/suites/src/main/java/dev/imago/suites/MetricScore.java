package dev.imago.suites;

import dev.imago.metrics.Interval;
import java.util.OptionalDouble;

/// A metric of a task or a group.
///
/// @param filter by which answers were read; `none` where none is named
/// @param standardError as lm-evaluation-harness has it; empty where it has none
/// @param interval of 95 %; of right and wrong answers exact or Wilson's, else by the bootstrap
/// @param items that it is of
public record MetricScore(
    String metric,
    String filter,
    double value,
    OptionalDouble standardError,
    Interval interval,
    int items,
    boolean higherIsBetter) {}

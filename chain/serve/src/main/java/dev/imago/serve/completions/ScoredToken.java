package dev.imago.serve.completions;

import dev.imago.generate.LogProbabilities;
import org.jspecify.annotations.Nullable;

/// A token of a prompt or an answer, with how likely it was.
///
/// @param probabilities null for a prompt's first, which follows nothing
record ScoredToken(int id, @Nullable LogProbabilities probabilities) {}

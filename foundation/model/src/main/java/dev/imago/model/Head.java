package dev.imago.model;

import org.jspecify.annotations.Nullable;

/// A model's last layer, whose scores a softmax takes.
///
/// @param weight [V,D], or [L,D]: the embedding where the two are tied
/// @param bias [V] or [L], where there is one
/// @param <W> the backend's weight
public record Head<W>(W weight, @Nullable W bias) {}

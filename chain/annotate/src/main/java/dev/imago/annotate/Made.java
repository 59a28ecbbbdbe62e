package dev.imago.annotate;

import dev.imago.data.Example;

/// An example and where it comes from.
///
/// @param labeller the name of the labeller that made it, or what stands for a user's own rows
record Made(Example example, String labeller) {}

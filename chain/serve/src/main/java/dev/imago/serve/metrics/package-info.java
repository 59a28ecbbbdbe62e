/// What the server counts and times, and the two routes that watch over it: `/metrics`, `/health`.
///
/// Read [Metrics] first.
@NullMarked
package dev.imago.serve.metrics;

import org.jspecify.annotations.NullMarked;

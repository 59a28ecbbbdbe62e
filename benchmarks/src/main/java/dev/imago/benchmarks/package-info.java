/// Programs that measure: one figure each, as a line of JSON, to be set beside a peer's in one run.
@NullMarked
package dev.imago.benchmarks;

import org.jspecify.annotations.NullMarked;

/// Curves of runs: read as their files grow, smoothed, thinned so that no spike is lost, drawn.
///
/// Knows no page. Read [CurveStore] first, then [PointColumn], then [Thinning].
@NullMarked
package dev.imago.console.curves;

import org.jspecify.annotations.NullMarked;

/// A search for settings: which combinations are tried, how far, and what came of each.
///
/// In: a recipe, ranges of its settings, a figure to go by. Out: `trials.jsonl`, `trials.csv` and
/// `report.html` in the workspace's `sweeps/`. Every trial is a run of the recipe, so what trials
/// share is made once, and what a kill broke off goes on. Knows no model and no console. Read
/// [Sweep] first.
@NullMarked
package dev.imago.cli.sweep;

import org.jspecify.annotations.NullMarked;

/// The chain's own nouns: artifacts, stages, runs, recipes, the workspace that keeps them.
///
/// In: a recipe and a workspace folder. Out: artifacts named by their content, with their lineage.
/// Knows no text, no tensor and no link of the chain. Read [Stage] first, then [Workspace].
@NullMarked
package dev.imago.core;

import org.jspecify.annotations.NullMarked;

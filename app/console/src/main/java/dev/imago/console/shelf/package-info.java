/// What lies in the workspace: artifacts, their lineage, the documents of corpora, the scores of
/// models.
///
/// Knows no page. Read [ArtifactShelf] first, then [LineageGraph] and [DocumentSearch].
@NullMarked
package dev.imago.console.shelf;

import org.jspecify.annotations.NullMarked;

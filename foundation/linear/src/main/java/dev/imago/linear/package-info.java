/// Linear classifiers of text: sparse features, and weights from a convex problem.
///
/// In: texts with a class each. Out: a model that tells the class of a text in microseconds, and
/// its file. Knows nothing of tokenizers, tasks or stages, and depends on nothing. Read
/// [LinearTrainer], then [FeatureSpace] and [DualDescent].
@NullMarked
package dev.imago.linear;

import org.jspecify.annotations.NullMarked;

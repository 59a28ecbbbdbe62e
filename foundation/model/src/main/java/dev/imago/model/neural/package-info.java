/// The neural probabilistic language model, the first of its kind. A file's names are ours: no
/// library has the architecture. Read [NeuralProbabilisticShape], [NeuralProbabilisticModel].
@NullMarked
package dev.imago.model.neural;

import org.jspecify.annotations.NullMarked;

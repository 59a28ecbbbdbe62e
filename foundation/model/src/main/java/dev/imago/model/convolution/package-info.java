/// Language models of gated convolutions over the tokens before. A file's names are ours: no
/// library has the architecture. Read [GatedConvolutionShape], [GatedConvolutionModel].
@NullMarked
package dev.imago.model.convolution;

import org.jspecify.annotations.NullMarked;

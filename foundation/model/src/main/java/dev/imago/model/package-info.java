/// The architectures, each written once against [dev.imago.tensor.Operations].
///
/// In: a config and a source of named weights. Out: activations and logits. Knows no optimizer, no
/// text and no path. Read [DecoderConfig], then [Decoder].
@NullMarked
package dev.imago.model;

import org.jspecify.annotations.NullMarked;

/// T5: an encoder that sees all of a source, and a decoder that sees what came before and across to
/// the source; distances between tokens as a bias, no positions. Hugging Face's `t5`, in both
/// versions. Read [T5Shape], [T5Table], [T5Model].
@NullMarked
package dev.imago.model.t5;

import org.jspecify.annotations.NullMarked;

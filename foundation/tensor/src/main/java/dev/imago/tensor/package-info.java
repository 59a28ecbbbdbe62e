/// Tensors: the operations that models are written against, their CPU kernels, and tensor files.
///
/// In: safetensors and GGUF files. Out: arrays and memory-mapped matrices. Knows no text and no
/// model, and no libtorch: that backend is the module `torch`. Read [Operations] first.
@NullMarked
package dev.imago.tensor;

import org.jspecify.annotations.NullMarked;

/// The architectures, one folder each, written once against [dev.imago.tensor.Operations] for every
/// backend.
///
/// In: a config and named tensors. Out: activations and logits. Each folder has three things: its
/// [shape][dev.imago.model.ModelShape] with readers and writers of `config.json` and GGUF, ONE
/// table of its [parameters][dev.imago.model.Parameter], from which files, initialisation,
/// optimizer and export all read, and its [forward pass][dev.imago.model.Model]. To add one, copy
/// the nearest folder and name it in [Architectures]. Knows no optimizer, no text and no stage.
/// Read [Architectures], then `llama`.
@NullMarked
package dev.imago.model;

import org.jspecify.annotations.NullMarked;

/// Text from a model, token by token: open weights on the CPU, schedule many requests in one batch,
/// sample.
///
/// In: a `.gguf` file or a Hugging Face folder, and requests of token ids. Out: events. Knows no
/// HTTP and no artifact. Read [LanguageModel], then [Engine]: one thread whose `step` is schedule →
/// run → postprocess.
@NullMarked
package dev.imago.generate;

import org.jspecify.annotations.NullMarked;

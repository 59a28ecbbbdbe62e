/// BERT: sees both sides, norms after each sum, learnt positions and segments; with its heads for
/// masked tokens, classes and tags. Hugging Face's `bert`. Read [BertShape], [BertTable],
/// [BertModel].
@NullMarked
package dev.imago.model.bert;

import org.jspecify.annotations.NullMarked;

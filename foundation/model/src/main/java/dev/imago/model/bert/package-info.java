/// BERT and RoBERTa: see both sides, norms after each sum, learnt positions and segments; with
/// heads for masked tokens, classes, tags and spans, or none for embeddings. Hugging Face's `bert`
/// and `roberta`. Read [BertShape], [BertTable], [BertModel].
@NullMarked
package dev.imago.model.bert;

import org.jspecify.annotations.NullMarked;

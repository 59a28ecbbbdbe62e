/// How far people agree on labels, and what is made of several people's labels.
///
/// In: who gave which item which label ([Judgements]), or marked which spans ([SpanJudgements]).
/// Out: coefficients of agreement ([Coefficient]), undefined ones with their reason; one label for
/// each item, with its probability and each person's competence ([Aggregator]); strengths of what
/// was compared ([BradleyTerry]); what labelling functions cover and where they conflict
/// ([LabellingReport]). Knows no text, no file, no store. Read [Judgements] first.
@NullMarked
package dev.imago.agreement;

import org.jspecify.annotations.NullMarked;

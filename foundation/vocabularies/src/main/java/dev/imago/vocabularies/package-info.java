/// The training of vocabularies: words are counted, beyond memory where they must be, and tokens
/// are learned from the counts. Usable alone.
///
/// In: texts, and how they are cut into words ([WordSplit]). Out: a tokenizer, the same on any
/// number of threads. Knows no tensor, no template and no file of ours. Read [TokenizerKind] first,
/// then [WordCounts] and [BpeTrainer].
///
/// ```java
/// TokenizerKind kind = TokenizerKind.BPE;
/// Counting counting = Counting.in(Path.of("scratch")).threads(4);
/// try (var words = WordCounts.ofLines(files, kind.usualSplit(), counting, TrainingProgress.NONE)) {
///   TrainerSettings settings = kind.usualSettings(32_768);
///   Tokenizer tokenizer = settings.train(words, TrainingProgress.NONE).tokenizer();
///   Files.write(Path.of("tokenizer.json"), tokenizer.toJson());
/// }
/// ```
@NullMarked
package dev.imago.vocabularies;

import org.jspecify.annotations.NullMarked;

/// The regular expressions of tokenizer files: Oniguruma's dialect, on an engine of our own.
///
/// In: a pattern and a text. Out: where it matches. Knows no tokenizer. Read [OnigRegex].
///
/// Why not `java.util.regex`: another dialect in many small places (line anchors, `{2,3}+`, case
/// folding of one letter to two), recursion as deep as the text is long, and no bound on its work.
/// Here a pattern is parsed ([RegexParser] to [RegexNode]), compiled ([RegexCompiler] to [Program])
/// and run by [Matching], a backtracking machine with its stack on the heap and its steps counted.
@NullMarked
package dev.imago.regex;

import org.jspecify.annotations.NullMarked;

/// What an answer must be, as masks over the tokens that may come next. In comes a JSON Schema, a
/// regular expression, a GBNF grammar or a list of choices; out comes a [TokenConstraint] over one
/// tokenizer.
///
/// Every reader makes one thing: a pushdown automaton over bytes ([Grammar]). [TokenTrie] is the
/// vocabulary as a tree of bytes; walked through the automaton it gives a mask, which is kept with
/// the automaton's position. Knows nothing of models, sampling and servers. Read [TokenConstraint],
/// then [ByteNode], then [PositionTable].
@NullMarked
package dev.imago.constraints;

import org.jspecify.annotations.NullMarked;

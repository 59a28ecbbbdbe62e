/// The fast path: ids of byte-level BPE from UTF-8, and what trainers share with it.
///
/// In: bytes that are valid UTF-8, and a model ([ByteLevelBpe]) made of byte ids, merges and a
/// [Splitter]. Out: ids. Knows no file format, no string, no special token, no normalizer; whoever
/// calls has cut those out. Read [ByteLevelBpe] first, then [ByteLevelEncoder], which is the loop;
/// then the three things that it is made of.
///
/// 1. [Splitter]: where pieces end, 64 bytes at a time by arithmetic on bit masks, no regex engine.
///    The regex is its definition and a test holds the two together.
/// 2. [PieceCache]: from a piece to its ids, keys and ids inline, bounded.
/// 3. [Merging]: what the cache does not know, merged on arrays.
///
/// A trap: the masks' arithmetic leans on pieces that depend on nothing before them. A pattern with
/// lookbehind does not fit here.
@NullMarked
package dev.imago.tokenizers.bytelevel;

import org.jspecify.annotations.NullMarked;

/// What may lead to a person, or open a door, found in a text and taken out of it.
///
/// In: a text, whole or in pieces, and rules that say what is done with each [PersonalKind]. Out:
/// the text with placeholders, numbered placeholders or pseudonyms, or a refusal; and answers with
/// the pseudonyms undone. What has a check digit, a plan or a registry is checked, not guessed.
///
/// Every detector is asked at the characters that its matches begin with ([Detector#anchors]), and
/// sees the text through a [Sight], which notes where more of it would be needed. A match that was
/// decided without such a note is the same whatever comes, so that a stream gives what the whole
/// text gives, at every cut. Knows nothing of documents, stages and servers. Read [Masker], then
/// [DetectionScan].
@NullMarked
package dev.imago.masking;

import org.jspecify.annotations.NullMarked;

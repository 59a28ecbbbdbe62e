/// Classes of texts: a topic, a sentiment, an intent; one of several for each text.
///
/// A model of a body and a matrix of a row a class reads the text, and tells the class from what it
/// knows at the text's end, or of all of it. Read [Classification].
@NullMarked
package dev.imago.tasks.classification;

import org.jspecify.annotations.NullMarked;

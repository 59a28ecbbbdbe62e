/// The last link: what users said of answers becomes the next round's data.
///
/// In: the log that a server appends to ([dev.imago.data.RatingLog]). Out: preference files in the
/// field's own forms, as one file ([PreferenceExport]) or as an artifact ([ExportFeedback]), and
/// labels to tune on ([LabelRatings]). Knows no server, no tokenizer and no model. Read
/// [PreferenceExport] first.
@NullMarked
package dev.imago.feedback;

import org.jspecify.annotations.NullMarked;

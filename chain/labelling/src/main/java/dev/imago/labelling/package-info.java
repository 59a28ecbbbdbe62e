/// People who label: the link from items to labels that persons make.
///
/// In: items and a task ([LabelProject#create], [LabelProject#take]). Out: labels, as files and as
/// an artifact ([LabelSnapshot]), with agreement ([ProjectAgreement]). Between them the queue
/// ([LabelQueue]) leases items to people, the store ([LabelStore]) keeps every save in a history
/// that only grows, and the page ([LabelPages]) asks. Knows no model and no trainer. Read
/// [LabelProject] first.
@NullMarked
package dev.imago.labelling;

import org.jspecify.annotations.NullMarked;

package dev.imago.pretrain;

/// How documents become sequences.
public enum Packing {
  /// All end to end, cut into windows: no place is lost, and windows hold ends and beginnings.
  STREAM,
  /// Whole ones, as many in a sequence as fit, by best fit; what is longer is cut.
  PACKED,
  /// One a sequence, filled up to the longest of the batch.
  PADDED,
  /// All end to end, cut into a stream for each sequence of a step: recurrent layers go on with the
  /// state that they had at the end of the step before.
  CONTIGUOUS
}

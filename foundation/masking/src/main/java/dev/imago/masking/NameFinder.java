package dev.imago.masking;

import java.util.List;

/// Tells where names stand: a tagging model, which comes from outside.
public interface NameFinder {
  /// @param sentence a sentence or a line, at most [NameSegments#LONGEST] characters long
  /// @return stretches of kind [PersonalKind#NAME], in any order
  List<Detection> names(String sentence);
}

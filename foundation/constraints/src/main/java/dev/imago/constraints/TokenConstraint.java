package dev.imago.constraints;

/// What an answer must be: tells at each place of it which tokens may come next. Thread-safe.
public interface TokenConstraint {
  /// The place before an answer's first token.
  ///
  /// @param fresh whether the answer is a text of its own, whose first token some tokenizers show
  ///   without the blank before it; false where it goes on with a text
  Place begin(boolean fresh);

  /// A place in an answer. Immutable, so that drafts and several answers share what they have in
  /// common; thread-safe.
  interface Place {
    /// The ids that may come next, a bit each: id i is bit i mod 64 of word i / 64. What ends an
    /// answer is not among them. Of no id only where the answer must end. Shared: not to be
    /// changed.
    ///
    /// @throws ConstraintException where the work for it is beyond the budget
    long[] allowed();

    /// Whether the answer may end here.
    boolean mayEnd();

    /// The place after one more token.
    ///
    /// @throws IllegalArgumentException for an id that may not come here
    Place after(int id);

    /// The tokens that come next whatever a model says; none where there is a choice. A last one
    /// that could be read with what follows is not among them.
    int[] forced();

    /// Whether the answer must end here.
    default boolean over() {
      if (!mayEnd()) {
        return false;
      }
      for (long word : allowed()) {
        if (word != 0) {
          return false;
        }
      }
      return true;
    }
  }
}

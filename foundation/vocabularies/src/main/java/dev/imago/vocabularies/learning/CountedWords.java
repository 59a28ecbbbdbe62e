package dev.imago.vocabularies.learning;

/// Distinct words with how often each occurs.
public interface CountedWords {
  /// How many distinct words there are.
  long distinct();

  /// How many bytes the distinct words have together.
  long bytes();

  /// Gives every word once, in the order of their bytes, so that what is learned depends neither on
  /// threads nor on the texts' order.
  ///
  /// @throws java.io.UncheckedIOException when words on disk cannot be read
  void forEach(Visitor visitor);

  /// Gives every word once, in any order: for what does not depend on it.
  default void forEachUnordered(Visitor visitor) {
    forEach(visitor);
  }

  /// Those that occur `least` times or more; [#distinct] and [#bytes] stay bounds.
  default CountedWords atLeast(long least) {
    CountedWords all = this;
    return new CountedWords() {
      @Override
      public long distinct() {
        return all.distinct();
      }

      @Override
      public long bytes() {
        return all.bytes();
      }

      @Override
      public void forEach(Visitor visitor) {
        all.forEach(
            (text, from, to, count) -> {
              if (count >= least) {
                visitor.word(text, from, to, count);
              }
            });
      }
    };
  }

  /// Takes a word.
  interface Visitor {
    /// @param text holds the word's bytes at `from` to `to`, for the time of the call
    void word(byte[] text, int from, int to, long count);
  }
}

package dev.imago.vocabularies;

/// Is told how far training is.
public interface TrainingProgress {
  /// Listens to nothing.
  TrainingProgress NONE = new TrainingProgress() {};

  /// More bytes of UTF-8 were counted. Called from several threads.
  default void counted(long bytes) {}

  /// There are `tokens` tokens now: a number that grows, but where pieces are weeded out
  /// ([UnigramTrainer]), which begins with many.
  default void learned(int tokens) {}
}

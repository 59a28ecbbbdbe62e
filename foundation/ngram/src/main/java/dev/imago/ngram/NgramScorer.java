package dev.imago.ngram;

import java.util.Arrays;

/// Scores texts word by word as a decoder of speech or of keys lets them grow: a state stands for
/// what was said so far, a step adds a word and tells what it cost. Steps take one search where
/// [NgramModel#log10(int[], int, int)] takes two, and give the same numbers. Immutable, and
/// thread-safe; usable as long as the model is open.
public final class NgramScorer {
  private final NgramModel model;
  private final NgramTable table;
  private final int order;

  /// What was said so far, as far as the model looks back. Equal states go on alike: of hypotheses
  /// that meet in one, the likeliest is enough.
  public static final class State {
    private final int[] words;
    private final float[] weights;

    /// @param words N − 1 at most
    /// @param weights at n log₁₀ of the back-off of the last n words, as many as there are
    private State(int[] words, float[] weights) {
      this.words = words;
      this.weights = weights;
    }

    /// The words that count, ids, the last N − 1 at most.
    public int[] words() {
      return words.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof State state && Arrays.equals(words, state.words);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(words);
    }
  }

  /// One word more.
  ///
  /// @param log10 of its probability
  /// @param length of the n-gram that was found: 1 … N; 0 where the word is not known
  public record Step(double log10, int length, State next) {}

  public NgramScorer(NgramModel model) {
    this.model = model;
    this.table = model.table();
    this.order = model.order();
  }

  /// At the beginning of a sentence.
  public State begin() {
    return after(model.begin());
  }

  /// After some words, with nothing before them; of none, where nothing is known of what was said.
  ///
  /// @param words ids; a sentence's begin with [NgramModel#begin]
  public State after(int... words) {
    int[] last = Arrays.copyOfRange(words, Math.max(0, words.length - order + 1), words.length);
    float[] found = new float[order];
    int length = last.length == 0 ? 0 : table.find(last, 0, last.length - 1, found, 0);
    return new State(last, weights(found, length));
  }

  private float[] weights(float[] found, int length) {
    float[] weights = Arrays.copyOf(found, Math.min(length, order - 1) + 1);
    weights[0] = 0;
    return weights;
  }

  /// Adds a word. [NgramModel#end] ends a sentence.
  ///
  /// @param word its id; [NgramModel#unknown] for one that the model does not know
  public Step step(State state, int word) {
    int[] ids = with(state, word);
    float[] found = new float[order];
    int length = table.find(ids, 0, ids.length - 1, found, 0);
    int[] last = Arrays.copyOfRange(ids, Math.max(0, ids.length - order + 1), ids.length);
    return new Step(
        log10(state, found, length),
        word == model.unknown() ? 0 : length,
        new State(last, weights(found, length)));
  }

  /// log₁₀ p of a word after a state.
  public double log10(State state, int word) {
    int[] ids = with(state, word);
    float[] found = new float[order];
    return log10(state, found, table.find(ids, 0, ids.length - 1, found, 0));
  }

  private static int[] with(State state, int word) {
    int[] ids = Arrays.copyOf(state.words, state.words.length + 1);
    ids[state.words.length] = word;
    return ids;
  }

  private static double log10(State state, float[] found, int length) {
    if (length == 0) {
      return NgramModel.NEVER;
    }
    double sum = 0;
    for (int n = length; n < state.weights.length; n++) {
      sum += state.weights[n];
    }
    return found[0] + sum;
  }

  /// log₁₀ p of each word that can follow, by id; of `<s>` −∞.
  public double[] successors(State state) {
    int[] ids = with(state, 0);
    float[] found = new float[order];
    double[] logs = new double[model.vocabularySize()];
    for (int word = 0; word < logs.length; word++) {
      ids[ids.length - 1] = word;
      logs[word] =
          word == model.begin()
              ? Double.NEGATIVE_INFINITY
              : log10(state, found, table.find(ids, 0, ids.length - 1, found, 0));
    }
    return logs;
  }
}

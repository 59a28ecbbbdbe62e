package dev.imago.model;

import dev.imago.tensor.Operations;
import java.util.List;

/// What a model's last layer tells.
public sealed interface Output {
  /// The token that follows each.
  record NextToken() implements Output {}

  /// The token that belongs in each place, from both sides.
  record MaskedToken() implements Output {}

  /// What is told of the whole sequence: a class, several labels, a number, a rank.
  ///
  /// @param labels their names, in the order of their ids; of ranks the lowest first
  /// @param problem what the scores mean
  record Classes(List<String> labels, Problem problem) implements Output {
    public Classes {
      labels = List.copyOf(labels);
    }

    /// One class of several.
    public Classes(List<String> labels) {
      this(labels, Problem.ONE);
    }
  }

  /// What the scores of a whole sequence mean.
  enum Problem {
    /// A softmax tells one class.
    ONE("single_label_classification"),
    /// A sigmoid of each tells whether the label is there, each by itself.
    SEVERAL("multi_label_classification"),
    /// Each score is the number itself.
    NUMBER("regression"),
    /// A sigmoid of each tells whether the rank is above the first, the second …, so that there is
    /// one score less than ranks. Frank & Hall 2001; Cheng et al. 2008, arXiv:0704.1028.
    RANK("multi_label_classification");

    private final String type;

    Problem(String type) {
      this.type = type;
    }

    /// As transformers' `problem_type` names it.
    public String type() {
      return type;
    }
  }

  /// A class of each token.
  ///
  /// @param chained whether the tags of a sequence are told together, by a CRF ([Transitions])
  record Tags(List<String> labels, boolean chained) implements Output {
    public Tags {
      labels = List.copyOf(labels);
    }

    /// Each token's by itself.
    public Tags(List<String> labels) {
      this(labels, false);
    }
  }

  /// The head of each word and its relation to it, by two biaffine scorers ([Biaffine]).
  ///
  /// @param relations their names, in the order of their ids
  /// @param arcWidth A, numbers of a word as a dependent, and as a head
  /// @param relationWidth R, the same for the relation
  record Dependencies(List<String> relations, int arcWidth, int relationWidth) implements Output {
    public Dependencies {
      relations = List.copyOf(relations);
    }
  }

  /// Where an answer begins and ends: two scores of each token, each for a softmax over the tokens.
  record Span() implements Output {}

  /// A vector that stands for the whole sequence, and no last layer at all.
  ///
  /// @param pooling which rows make it
  record Embedding(Operations.Pooling pooling) implements Output {}

  /// The labels, where it has some of its own.
  default List<String> names() {
    return switch (this) {
      case Classes(List<String> labels, _) -> labels;
      case Tags(List<String> labels, _) -> labels;
      case Dependencies(List<String> relations, _, _) -> relations;
      case Span _ -> List.of("start", "end");
      case NextToken _, MaskedToken _, Embedding _ -> List.of();
    };
  }

  /// How many scores a row has, where it is not of a vocabulary.
  default int scores() {
    return switch (this) {
      case Classes(List<String> labels, Problem problem) when problem == Problem.RANK ->
          labels.size() - 1;
      case Dependencies(_, int arc, int relation) -> 2 * (arc + relation);
      case Classes _, Tags _, Span _, NextToken _, MaskedToken _, Embedding _ -> names().size();
    };
  }

  /// Whether there is one row for each sequence, not for each token.
  default boolean ofSequences() {
    return switch (this) {
      case Classes _, Embedding _ -> true;
      case NextToken _, MaskedToken _, Tags _, Dependencies _, Span _ -> false;
    };
  }

  /// What it is of, in words.
  default String words() {
    return switch (this) {
      case NextToken _ -> "the next token";
      case MaskedToken _ -> "masked tokens";
      case Classes _ -> "classes";
      case Tags(_, boolean chained) -> chained ? "tags with a CRF" : "tags";
      case Dependencies _ -> "dependencies";
      case Span _ -> "spans";
      case Embedding _ -> "embeddings";
    };
  }

  /// Refuses a language model's layer of the other kind.
  ///
  /// @param causal whether a token sees only what came before
  default void check(boolean causal) {
    if (causal && this instanceof MaskedToken) {
      throw new IllegalArgumentException("what sees only what came before has no masked tokens");
    }
    if (!causal && this instanceof NextToken) {
      throw new IllegalArgumentException("what sees both sides has no next token to tell");
    }
  }
}

package dev.imago.model;

import java.util.List;

/// What a model's last layer tells.
public sealed interface Output {
  /// The token that follows each.
  record NextToken() implements Output {}

  /// The token that belongs in each place, from both sides.
  record MaskedToken() implements Output {}

  /// A class of the whole sequence.
  record Classes(List<String> labels) implements Output {
    public Classes {
      labels = List.copyOf(labels);
    }
  }

  /// A class of each token.
  record Tags(List<String> labels) implements Output {
    public Tags {
      labels = List.copyOf(labels);
    }
  }

  /// The labels, where it has some of its own.
  default List<String> names() {
    return switch (this) {
      case Classes(List<String> labels) -> labels;
      case Tags(List<String> labels) -> labels;
      case NextToken _, MaskedToken _ -> List.of();
    };
  }
}

package dev.imago.constraints;

import java.util.List;

/// A set of texts as it is written: what a regular expression or the right side of a grammar's rule
/// is read into.
sealed interface TextPattern {
  /// No limit of a repetition.
  int ENDLESS = Integer.MAX_VALUE;

  TextPattern EMPTY = new InOrder(List.of());

  /// One character of these.
  record Characters(CodeRanges of) implements TextPattern {}

  /// These bytes, which need not be whole characters.
  record Literal(String text) implements TextPattern {}

  record InOrder(List<TextPattern> parts) implements TextPattern {
    public InOrder {
      parts = List.copyOf(parts);
    }
  }

  record Either(List<TextPattern> parts) implements TextPattern {
    public Either {
      parts = List.copyOf(parts);
    }
  }

  /// @param most [#ENDLESS] for no limit
  record Repeated(TextPattern part, int least, int most) implements TextPattern {}

  /// The rule of this name, of a grammar.
  record Named(String rule) implements TextPattern {}

  /// The beginning of the text, or its end.
  record Edge(boolean end) implements TextPattern {}

  default boolean hasEdges() {
    return switch (this) {
      case Characters _, Literal _, Named _ -> false;
      case InOrder(List<TextPattern> parts) -> parts.stream().anyMatch(TextPattern::hasEdges);
      case Either(List<TextPattern> parts) -> parts.stream().anyMatch(TextPattern::hasEdges);
      case Repeated(TextPattern part, int _, int _) -> part.hasEdges();
      case Edge _ -> true;
    };
  }
}

package dev.imago.regex;

import java.util.List;

/// A parsed pattern.
sealed interface Node {
  /// Matches nothing at all, at once.
  Node EMPTY = new Seq(List.of());

  /// One code point of a set.
  record One(CodeSet set) implements Node {}

  record Seq(List<Node> parts) implements Node {
    public Seq {
      parts = List.copyOf(parts);
    }
  }

  /// The first of some that leads to a match.
  record Alt(List<Node> branches) implements Node {
    public Alt {
      branches = List.copyOf(branches);
    }
  }

  enum Greed {
    GREEDY,
    LAZY,
    POSSESSIVE
  }

  /// @param max [#UNBOUNDED], or at least `min`
  record Repeat(Node body, int min, int max, Greed greed) implements Node {
    static final int UNBOUNDED = Integer.MAX_VALUE;
  }

  /// A group that a back reference may ask for; from 1.
  record Group(int index, Node body) implements Node {}

  /// What is matched once is kept.
  record Atomic(Node body) implements Node {}

  record LookAhead(Node body, boolean negative) implements Node {}

  record LookBehind(Node body, boolean negative) implements Node {}

  /// A place between characters.
  enum Place implements Node {
    LINE_START,
    LINE_END,
    TEXT_START,
    TEXT_END,
    TEXT_END_OR_LAST_NEWLINE,
    WORD_EDGE,
    NO_WORD_EDGE,
    ASCII_WORD_EDGE,
    NO_ASCII_WORD_EDGE,
    SEARCH_START,
    /// Not a place: the match starts here after all.
    KEEP
  }

  /// What a group matched, again; of several, the last one that matched.
  record Back(List<Integer> groups, boolean ignoreCase) implements Node {
    public Back {
      groups = List.copyOf(groups);
    }
  }

  /// What a reader takes for one character: an extended grapheme cluster.
  record Cluster() implements Node {}
}

package dev.imago.regex;

import java.util.List;

/// A parsed pattern.
sealed interface RegexNode {
  /// Matches nothing at all, at once.
  RegexNode EMPTY = new Seq(List.of());

  /// One code point of a set.
  record One(CodeSet set) implements RegexNode {}

  record Seq(List<RegexNode> parts) implements RegexNode {
    public Seq {
      parts = List.copyOf(parts);
    }
  }

  /// The first of some that leads to a match.
  record Alt(List<RegexNode> branches) implements RegexNode {
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
  record Repeat(RegexNode body, int min, int max, Greed greed) implements RegexNode {
    static final int UNBOUNDED = Integer.MAX_VALUE;
  }

  /// A group that a back reference may ask for; from 1.
  record Group(int index, RegexNode body) implements RegexNode {}

  /// What is matched once is kept.
  record Atomic(RegexNode body) implements RegexNode {}

  record LookAhead(RegexNode body, boolean negative) implements RegexNode {}

  record LookBehind(RegexNode body, boolean negative) implements RegexNode {}

  /// A place between characters.
  enum Place implements RegexNode {
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
  record Back(List<Integer> groups, boolean ignoreCase) implements RegexNode {
    public Back {
      groups = List.copyOf(groups);
    }
  }

  /// What a reader takes for one character: an extended grapheme cluster.
  record Cluster() implements RegexNode {}
}

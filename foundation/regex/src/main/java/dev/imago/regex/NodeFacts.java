package dev.imago.regex;

import java.util.List;

/// What can be known of a node before it runs.
final class NodeFacts {
  private NodeFacts() {}

  /// The fewest code points that it takes.
  static long least(RegexNode node) {
    return switch (node) {
      case RegexNode.One one -> 1;
      case RegexNode.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::least).sum();
      case RegexNode.Alt alt -> alt.branches().stream().mapToLong(NodeFacts::least).min().orElse(0);
      case RegexNode.Repeat repeat ->
          Math.min(least(repeat.body()) * repeat.min(), Integer.MAX_VALUE);
      case RegexNode.Group group -> least(group.body());
      case RegexNode.Atomic atomic -> least(atomic.body());
      case RegexNode.Cluster cluster -> 1;
      case RegexNode.LookAhead ahead -> 0;
      case RegexNode.LookBehind behind -> 0;
      case RegexNode.Back back -> 0;
      case RegexNode.Place place -> 0;
    };
  }

  /// The most code points that it takes, [RegexNode.Repeat#UNBOUNDED] where there is no bound.
  static long most(RegexNode node) {
    long most =
        switch (node) {
          case RegexNode.One one -> 1;
          case RegexNode.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::most).sum();
          case RegexNode.Alt alt ->
              alt.branches().stream().mapToLong(NodeFacts::most).max().orElse(0);
          case RegexNode.Repeat repeat ->
              most(repeat.body()) == 0 ? 0 : most(repeat.body()) * repeat.max();
          case RegexNode.Group group -> most(group.body());
          case RegexNode.Atomic atomic -> most(atomic.body());
          case RegexNode.Cluster cluster -> RegexNode.Repeat.UNBOUNDED;
          case RegexNode.Back back -> RegexNode.Repeat.UNBOUNDED;
          case RegexNode.LookAhead ahead -> 0;
          case RegexNode.LookBehind behind -> 0;
          case RegexNode.Place place -> 0;
        };
    return Math.min(most, RegexNode.Repeat.UNBOUNDED);
  }

  /// What it can start with; all code points where it may take none.
  static CodeSet first(RegexNode node) {
    return least(node) == 0 ? CodeSet.ALL : start(node);
  }

  /// What parts from one on start with; all code points where they may take none, or where it would
  /// take long to find out.
  static CodeSet firstOf(List<RegexNode> parts, int from) {
    CodeSet all = CodeSet.NONE;
    for (int i = from; i < Math.min(parts.size(), from + 8); i++) {
      all = all.or(start(parts.get(i)));
      if (least(parts.get(i)) > 0) {
        return all;
      }
    }
    return CodeSet.ALL;
  }

  /// About how many words its instructions take, no less than one and no more than an int holds.
  static long words(RegexNode node) {
    long words =
        switch (node) {
          case RegexNode.One one -> 2;
          case RegexNode.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::words).sum();
          case RegexNode.Alt alt -> alt.branches().stream().mapToLong(b -> words(b) + 7).sum();
          case RegexNode.Repeat repeat ->
              words(repeat.body()) * Math.clamp(repeat.min(), 1, 64) + 12;
          case RegexNode.Group group -> words(group.body()) + 4;
          case RegexNode.Atomic atomic -> words(atomic.body()) + 4;
          case RegexNode.LookAhead ahead -> words(ahead.body()) + 5;
          case RegexNode.LookBehind behind -> words(behind.body()) + 11;
          case RegexNode.Cluster cluster -> 1;
          case RegexNode.Back back -> 3;
          case RegexNode.Place place -> 2;
        };
    return Math.clamp(words, 1, Integer.MAX_VALUE);
  }

  private static CodeSet start(RegexNode node) {
    return switch (node) {
      case RegexNode.One one -> one.set();
      case RegexNode.Seq seq -> {
        CodeSet all = CodeSet.NONE;
        for (RegexNode part : seq.parts()) {
          all = all.or(start(part));
          if (least(part) > 0) {
            yield all;
          }
        }
        yield all;
      }
      case RegexNode.Alt alt ->
          alt.branches().stream().map(NodeFacts::start).reduce(CodeSet.NONE, CodeSet::or);
      case RegexNode.Repeat repeat -> repeat.max() == 0 ? CodeSet.NONE : start(repeat.body());
      case RegexNode.Group group -> start(group.body());
      case RegexNode.Atomic atomic -> start(atomic.body());
      case RegexNode.Cluster cluster -> CodeSet.ALL;
      case RegexNode.Back back -> CodeSet.ALL;
      case RegexNode.LookAhead ahead -> CodeSet.NONE;
      case RegexNode.LookBehind behind -> CodeSet.NONE;
      case RegexNode.Place place -> CodeSet.NONE;
    };
  }
}

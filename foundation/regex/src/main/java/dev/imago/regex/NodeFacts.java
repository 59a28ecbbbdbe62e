package dev.imago.regex;

import java.util.List;

/// What can be known of a node before it runs.
final class NodeFacts {
  private NodeFacts() {}

  /// The fewest code points that it takes.
  static long least(Node node) {
    return switch (node) {
      case Node.One one -> 1;
      case Node.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::least).sum();
      case Node.Alt alt -> alt.branches().stream().mapToLong(NodeFacts::least).min().orElse(0);
      case Node.Repeat repeat -> Math.min(least(repeat.body()) * repeat.min(), Integer.MAX_VALUE);
      case Node.Group group -> least(group.body());
      case Node.Atomic atomic -> least(atomic.body());
      case Node.Cluster cluster -> 1;
      case Node.LookAhead ahead -> 0;
      case Node.LookBehind behind -> 0;
      case Node.Back back -> 0;
      case Node.Place place -> 0;
    };
  }

  /// The most code points that it takes, [Node.Repeat#UNBOUNDED] where there is no bound.
  static long most(Node node) {
    long most =
        switch (node) {
          case Node.One one -> 1;
          case Node.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::most).sum();
          case Node.Alt alt -> alt.branches().stream().mapToLong(NodeFacts::most).max().orElse(0);
          case Node.Repeat repeat ->
              most(repeat.body()) == 0 ? 0 : most(repeat.body()) * repeat.max();
          case Node.Group group -> most(group.body());
          case Node.Atomic atomic -> most(atomic.body());
          case Node.Cluster cluster -> Node.Repeat.UNBOUNDED;
          case Node.Back back -> Node.Repeat.UNBOUNDED;
          case Node.LookAhead ahead -> 0;
          case Node.LookBehind behind -> 0;
          case Node.Place place -> 0;
        };
    return Math.min(most, Node.Repeat.UNBOUNDED);
  }

  /// What it can start with; all code points where it may take none.
  static CodeSet first(Node node) {
    return least(node) == 0 ? CodeSet.ALL : start(node);
  }

  /// What parts from one on start with; all code points where they may take none, or where it would
  /// take long to find out.
  static CodeSet firstOf(List<Node> parts, int from) {
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
  static long words(Node node) {
    long words =
        switch (node) {
          case Node.One one -> 2;
          case Node.Seq seq -> seq.parts().stream().mapToLong(NodeFacts::words).sum();
          case Node.Alt alt -> alt.branches().stream().mapToLong(b -> words(b) + 7).sum();
          case Node.Repeat repeat -> words(repeat.body()) * Math.clamp(repeat.min(), 1, 64) + 12;
          case Node.Group group -> words(group.body()) + 4;
          case Node.Atomic atomic -> words(atomic.body()) + 4;
          case Node.LookAhead ahead -> words(ahead.body()) + 5;
          case Node.LookBehind behind -> words(behind.body()) + 11;
          case Node.Cluster cluster -> 1;
          case Node.Back back -> 3;
          case Node.Place place -> 2;
        };
    return Math.clamp(words, 1, Integer.MAX_VALUE);
  }

  private static CodeSet start(Node node) {
    return switch (node) {
      case Node.One one -> one.set();
      case Node.Seq seq -> {
        CodeSet all = CodeSet.NONE;
        for (Node part : seq.parts()) {
          all = all.or(start(part));
          if (least(part) > 0) {
            yield all;
          }
        }
        yield all;
      }
      case Node.Alt alt ->
          alt.branches().stream().map(NodeFacts::start).reduce(CodeSet.NONE, CodeSet::or);
      case Node.Repeat repeat -> repeat.max() == 0 ? CodeSet.NONE : start(repeat.body());
      case Node.Group group -> start(group.body());
      case Node.Atomic atomic -> start(atomic.body());
      case Node.Cluster cluster -> CodeSet.ALL;
      case Node.Back back -> CodeSet.ALL;
      case Node.LookAhead ahead -> CodeSet.NONE;
      case Node.LookBehind behind -> CodeSet.NONE;
      case Node.Place place -> CodeSet.NONE;
    };
  }
}

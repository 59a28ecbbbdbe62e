package dev.imago.constraints;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a rule: which bytes lead on from here, which rules may be entered, and whether the
/// rule may end. A grammar's nodes form a pushdown automaton: a rule is named by its first node.
///
/// A node belongs to one grammar, whose lock guards it. What leads on is worked out when it is
/// first asked for, so that a schema of many states costs what is visited of it. From each node
/// some text leads to the end of its rule: whoever makes nodes sees to it, and so no answer comes
/// to a dead end.
abstract class ByteNode {
  private @Nullable Edges edges;

  /// Given by the first [PositionTable] of its grammar that meets it.
  int id = -1;

  /// What leads on from a node.
  ///
  /// @param accepting whether the rule may end here
  record Edges(boolean accepting, List<Span> spans, List<Call> calls) {
    static final Edges END = new Edges(true, List.of(), List.of());

    Edges {
      spans = List.copyOf(spans);
      calls = List.copyOf(calls);
    }

    boolean nothingButTheEnd() {
      return accepting && spans.isEmpty() && calls.isEmpty();
    }
  }

  /// One byte of `from` … `to`, both included, then `target`.
  record Span(int from, int to, ByteNode target) {}

  /// A whole text of the rule that begins with `start`, then `after`.
  record Call(ByteNode start, ByteNode after) {}

  final Edges edges() {
    Edges known = edges;
    if (known == null) {
      known = expand();
      edges = known;
    }
    return known;
  }

  /// A node that no text of so many bytes tells from this one, the same for all of which that is
  /// known; by default itself.
  ByteNode alike(int bytes) {
    return this;
  }

  /// Works out what leads on; called once.
  abstract Edges expand();
}

package dev.imago.constraints;

import org.jspecify.annotations.Nullable;

/// A regular set of texts as nodes, made as they are visited.
final class DfaNodes {
  /// How its characters are written.
  enum Spelling {
    /// As they are, in UTF-8.
    PLAIN,
    /// Inside a JSON string: `"`, `\` and control characters by their escapes, all else as it is.
    JSON
  }

  private static final String NAMED_CONTROLS = "btn\0fr"; // U+0008 … U+000D

  private final TextDfa dfa;
  private final Spelling spelling;
  private final @Nullable ByteNode[] nodes;
  private final BuiltNode end = BuiltNode.end();

  /// By state, one that no text of `alikeBytes` bytes tells from it; none before it is asked for.
  private int[] alike = {};

  private int alikeBytes;

  DfaNodes(TextDfa dfa, Spelling spelling) {
    this.dfa = dfa;
    this.spelling = spelling;
    this.nodes = new ByteNode[dfa.size()];
  }

  /// The first node of the rule: a text, in quotes where it is JSON's.
  ///
  /// @throws ConstraintException where there is no text
  ByteNode start() {
    if (dfa.isEmpty()) {
      throw new ConstraintException("no text fits");
    }
    if (spelling == Spelling.PLAIN) {
      return node(0);
    }
    var quote = new BuiltNode();
    quote.span('"', '"', node(0));
    return quote;
  }

  private ByteNode node(int state) {
    ByteNode known = nodes[state];
    if (known == null) {
      known = new StateNode(state);
      nodes[state] = known;
    }
    return known;
  }

  private final class StateNode extends ByteNode {
    private final int state;

    StateNode(int state) {
      this.state = state;
    }

    @Override
    ByteNode alike(int bytes) {
      if (alike.length == 0 || bytes > alikeBytes) {
        alike = AlikeStates.of(dfa, bytes);
        alikeBytes = bytes;
      }
      return node(alike[state]);
    }

    @Override
    Edges expand() {
      var edges = new BuiltNode();
      CodeRanges set = dfa.ranges(state);
      for (int i = 0; i < set.size(); i++) {
        ByteNode target = node(dfa.target(state, i));
        if (spelling == Spelling.PLAIN) {
          Utf8Nodes.add(edges, set.first(i), set.last(i), target);
        } else {
          addJson(edges, set.first(i), set.last(i), target);
        }
      }
      if (dfa.accepts(state)) {
        if (spelling == Spelling.PLAIN) {
          edges.accept();
        } else {
          edges.span('"', '"', end);
        }
      }
      return edges.expand();
    }
  }

  private static void addJson(BuiltNode edges, int first, int last, ByteNode target) {
    for (int c = first; c <= Math.min(last, 0x1f); c++) {
      addControl(edges, c, target);
    }
    int from = Math.max(first, 0x20);
    for (int special : new int[] {'"', '\\'}) {
      if (from <= special && special <= last) {
        Utf8Nodes.add(edges, from, special - 1, target);
        escape(edges).span(special, special, target);
        from = special + 1;
      }
    }
    Utf8Nodes.add(edges, from, last, target);
  }

  private static BuiltNode escape(BuiltNode edges) {
    return edges.literal("\\");
  }

  private static void addControl(BuiltNode edges, int c, ByteNode target) {
    BuiltNode escape = escape(edges);
    char named = c >= 8 && c <= 13 ? NAMED_CONTROLS.charAt(c - 8) : '\0';
    if (named != '\0') {
      escape.span(named, named, target);
      return;
    }
    BuiltNode last = escape.literal("u00" + (c >> 4));
    int digit = Character.forDigit(c & 15, 16);
    last.span(digit, digit, target);
    if (digit >= 'a') {
      last.span(Character.toUpperCase(digit), Character.toUpperCase(digit), target);
    }
  }
}

package dev.imago.constraints;

import dev.imago.constraints.ContainerShape.Child;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// JSON values that meet conditions, as nodes. White space: none, one blank, or one line end with
/// up to 64 blanks or tabs, behind `{ [ , :` and before `} ]`; none elsewhere. What is bound by no
/// condition may be written in every way that JSON has.
final class JsonNodes {
  private static final int MOST_INDENT = 64;

  private final Satisfiability sat;
  private final Map<Formula, ByteNode> values = new HashMap<>();
  private final Map<TextDfa, ByteNode> strings = new HashMap<>();
  private final BuiltNode end = BuiltNode.end();
  private final BuiltNode blank = blanks();
  private final BuiltNode anyString = anyString();
  private final ByteNode anyNumber;

  JsonNodes(Satisfiability sat) {
    this.sat = sat;
    this.anyNumber =
        new DfaNodes(
                TextNfa.dfa(
                    RegexReader.read("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?"), false),
                DfaNodes.Spelling.PLAIN)
            .start();
  }

  /// A node whose edges are made when they are first asked for.
  private static final class Made extends ByteNode {
    private final Supplier<BuiltNode> making;

    Made(Supplier<BuiltNode> making) {
      this.making = making;
    }

    @Override
    Edges expand() {
      return making.get().expand();
    }
  }

  private BuiltNode blanks() {
    var start = new BuiltNode();
    start.accept();
    start.span(' ', ' ', end);
    BuiltNode at = start.literal("\n");
    for (int i = 0; i < MOST_INDENT; i++) {
      at.accept();
      var next = new BuiltNode();
      at.span(' ', ' ', next);
      at.span('\t', '\t', next);
      at = next;
    }
    at.accept();
    return start;
  }

  private BuiltNode anyString() {
    var start = new BuiltNode();
    BuiltNode inside = start.literal("\"");
    inside.span('"', '"', end);
    Utf8Nodes.add(
        inside,
        CodeRanges.of(0x20, CodeRanges.LAST)
            .and(CodeRanges.of('"', '"').not())
            .and(CodeRanges.of('\\', '\\').not()),
        inside);
    BuiltNode escape = inside.literal("\\");
    for (char c : "\"\\/bfnrt".toCharArray()) {
      escape.span(c, c, inside);
    }
    BuiltNode code = escape.literal("u");
    // Four digits; D8 … DB begin a pair, and DC … DF alone are no character.
    hex(code, "0123456789abcefABCEF", digits(3, inside));
    var d = new BuiltNode();
    hex(code, "dD", d);
    hex(d, "01234567", digits(2, inside));
    var slash = new BuiltNode();
    hex(d, "89abAB", digits(2, slash));
    var low = new BuiltNode();
    hex(slash.literal("\\u"), "dD", low);
    hex(low, "cdefCDEF", digits(2, inside));
    return start;
  }

  /// So many hexadecimal digits, then `target`.
  private static BuiltNode digits(int count, BuiltNode target) {
    BuiltNode at = target;
    for (int i = 0; i < count; i++) {
      var before = new BuiltNode();
      hex(before, "0123456789abcdefABCDEF", at);
      at = before;
    }
    return at;
  }

  private static void hex(BuiltNode from, String digits, ByteNode target) {
    digits.chars().forEach(c -> from.span(c, c, target));
  }

  /// The first node of all values that meet a condition.
  ///
  /// @throws ConstraintException where there are none
  ByteNode start(Formula formula) {
    if (!sat.possible(formula)) {
      throw new ConstraintException("no value fits the schema: its conditions exclude one another");
    }
    return value(formula);
  }

  private ByteNode value(Formula formula) {
    return values.computeIfAbsent(formula, f -> new Made(() -> valueEdges(f)));
  }

  private BuiltNode valueEdges(Formula formula) {
    var edges = new BuiltNode();
    literal(edges, formula, Formula.NULL, "null");
    literal(edges, formula, Formula.TRUE, "true");
    literal(edges, formula, Formula.FALSE, "false");
    TextDfa numbers = sat.numbers(formula);
    if (numbers == NumberSets.ALL) {
      edges.call(anyNumber, end);
    } else if (!numbers.isEmpty()) {
      TextDfa written =
          numbers.less(NumberSets.WHOLE).isEmpty() ? numbers.and(NumberSets.PLAIN) : numbers;
      edges.call(new DfaNodes(written, DfaNodes.Spelling.PLAIN).start(), end);
    }
    TextDfa texts = sat.strings(formula);
    if (!texts.isEmpty()) {
      edges.call(string(texts), end);
    }
    for (List<Formula> one : sat.arrays(formula)) {
      var shape = new ArrayShape(one, sat);
      if (shape.possible()) {
        edges.span('[', '[', new Container<>(shape, '[', ']').opened());
      }
    }
    for (List<Formula> one : sat.objects(formula)) {
      var shape = new ObjectShape(one, sat);
      if (shape.possible()) {
        edges.span('{', '{', new Container<>(shape, '{', '}').opened());
      }
    }
    return edges;
  }

  private void literal(BuiltNode edges, Formula formula, int type, String text) {
    if (sat.scalar(formula, type)) {
      edges.literal(text).accept();
    }
  }

  private ByteNode string(TextDfa texts) {
    return texts == TextDfa.ALL
        ? anyString
        : strings.computeIfAbsent(texts, t -> new DfaNodes(t, DfaNodes.Spelling.JSON).start());
  }

  /// The nodes of one shape.
  private final class Container<S> {
    private final ContainerShape<S> shape;
    private final boolean object;
    private final char close;
    private final Map<S, ByteNode> afterChild = new HashMap<>();
    private final Map<S, ByteNode> beforeChild = new HashMap<>();

    Container(ContainerShape<S> shape, char open, char close) {
      this.shape = shape;
      this.object = open == '{';
      this.close = close;
    }

    /// Behind the opening bracket.
    ByteNode opened() {
      var edges = new BuiltNode();
      edges.call(blank, new Made(() -> closeOr(shape.first(), true)));
      return edges;
    }

    /// The closing bracket where it may come, a child where it is the first.
    private BuiltNode closeOr(S state, boolean first) {
      BuiltNode edges = first ? children(state) : new BuiltNode();
      if (shape.complete(state)) {
        edges.span(close, close, end);
      }
      return edges;
    }

    private ByteNode after(S state) {
      return afterChild.computeIfAbsent(state, s -> new Made(() -> afterEdges(s)));
    }

    private BuiltNode afterEdges(S state) {
      var edges = new BuiltNode();
      if (shape.complete(state)) {
        edges.call(blank, new Made(() -> closeOr(state, false)));
      }
      if (!shape.living(state).isEmpty()) {
        edges.span(',', ',', before(state));
      }
      return edges;
    }

    private ByteNode before(S state) {
      return beforeChild.computeIfAbsent(
          state,
          s ->
              new Made(
                  () -> {
                    var edges = new BuiltNode();
                    edges.call(blank, new Made(() -> children(s)));
                    return edges;
                  }));
    }

    private BuiltNode children(S state) {
      var edges = new BuiltNode();
      Map<Object, List<Child<S>>> byKey = new HashMap<>();
      List<Object> order = new ArrayList<>();
      for (Child<S> child : shape.living(state)) {
        if (!object) {
          edges.call(value(child.value()), after(child.next()));
          continue;
        }
        String name = child.key();
        TextDfa others = child.otherKeys();
        Object key = name != null ? name : others == null ? "" : others;
        if (!byKey.containsKey(key)) {
          order.add(key);
        }
        byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(child);
      }
      for (Object key : order) {
        ByteNode values = colon(byKey.getOrDefault(key, List.of()));
        if (key instanceof String name) {
          named(edges, name).span(':', ':', values);
        } else {
          var colon = new BuiltNode();
          colon.span(':', ':', values);
          edges.call(string((TextDfa) key), colon);
        }
      }
      return edges;
    }

    /// Behind the colon.
    private ByteNode colon(List<Child<S>> children) {
      return new Made(
          () -> {
            var edges = new BuiltNode();
            var values = new BuiltNode();
            children.forEach(c -> values.call(value(c.value()), after(c.next())));
            edges.call(blank, values);
            return edges;
          });
    }
  }

  /// A key in quotes, beside others with the same beginning.
  private static BuiltNode named(BuiltNode edges, String name) {
    var text = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\b' -> text.append("\\b");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\f' -> text.append("\\f");
        case '\r' -> text.append("\\r");
        default -> {
          if (c < 0x20) {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return edges.literal(text.append('"').toString());
  }
}

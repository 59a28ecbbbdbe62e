package dev.imago.constraints;

import dev.imago.constraints.ContainerShape.Child;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// JSON values that meet conditions, as nodes. White space: none, one blank, or one line end with
/// up to 64 blanks or tabs, behind `{ [ , :` and before `} ]`; none elsewhere. What is bound by no
/// condition may be written in every way that JSON has.
final class JsonNodes {
  private static final int MOST_INDENT = 64;

  private final Satisfiability sat;
  private final Work work;

  /// By condition: what meets it. All that an answer may come to is here before the first is
  /// written, so that no answer waits for it, or runs out of steps in its midst.
  private final Map<Formula, Ways> ways = new HashMap<>();

  private final Map<Formula, ByteNode> values = new HashMap<>();
  private final Map<TextDfa, ByteNode> strings = new HashMap<>();
  private final BuiltNode end = BuiltNode.end();
  private final BuiltNode blank = blanks();
  private final BuiltNode anyString = anyString();
  private final ByteNode anyNumber;

  JsonNodes(Satisfiability sat) {
    this.sat = sat;
    this.work = sat.formulas().work();
    TextPattern number = RegexReader.read("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?", work);
    this.anyNumber =
        new DfaNodes(TextNfa.dfa(number, false, work), DfaNodes.Spelling.PLAIN).start();
  }

  /// What meets a condition.
  ///
  /// @param scalars null, true and false, a bit each
  /// @param numbers as they are written
  /// @param arrays alternatives, each possible; so with `objects`
  private record Ways(
      int scalars,
      TextDfa numbers,
      TextDfa texts,
      List<ArrayShape> arrays,
      List<ObjectShape> objects) {}

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
    prepare(formula);
    return value(formula);
  }

  /// Works out what meets a condition, and those of all children that it may come to have.
  private void prepare(Formula first) {
    Deque<Formula> open = new ArrayDeque<>(List.of(first));
    while (!open.isEmpty()) {
      Formula formula = open.pop();
      if (ways.containsKey(formula)) {
        continue;
      }
      Ways found = ways(formula);
      ways.put(formula, found);
      found.arrays.forEach(shape -> children(shape, open));
      found.objects.forEach(shape -> children(shape, open));
    }
  }

  private <S> void children(ContainerShape<S> shape, Deque<Formula> to) {
    for (ContainerShape.Live<S> state : shape.states()) {
      work.spend(1 + state.children().size());
      for (Child<S> child : state.children()) {
        if (!ways.containsKey(child.value())) {
          to.push(child.value());
        }
      }
    }
  }

  private Ways ways(Formula formula) {
    int scalars = 0;
    for (int type : new int[] {Formula.NULL, Formula.TRUE, Formula.FALSE}) {
      scalars |= sat.scalar(formula, type) ? type : 0;
    }
    TextDfa numbers = sat.numbers(formula);
    boolean whole = numbers != NumberSets.ALL && numbers.less(NumberSets.WHOLE, work).isEmpty();
    return new Ways(
        scalars,
        whole ? numbers.and(NumberSets.PLAIN, work) : numbers,
        sat.strings(formula),
        sat.arrays(formula).stream()
            .map(a -> new ArrayShape(a, sat))
            .filter(ArrayShape::possible)
            .toList(),
        sat.objects(formula).stream()
            .map(o -> new ObjectShape(o, sat))
            .filter(ObjectShape::possible)
            .toList());
  }

  private ByteNode value(Formula formula) {
    return values.computeIfAbsent(formula, f -> new Made(() -> valueEdges(f)));
  }

  private BuiltNode valueEdges(Formula formula) {
    Ways found = java.util.Objects.requireNonNull(ways.get(formula), "a condition not prepared");
    var edges = new BuiltNode();
    literal(edges, found, Formula.NULL, "null");
    literal(edges, found, Formula.TRUE, "true");
    literal(edges, found, Formula.FALSE, "false");
    if (found.numbers == NumberSets.ALL) {
      edges.call(anyNumber, end);
    } else if (!found.numbers.isEmpty()) {
      edges.call(new DfaNodes(found.numbers, DfaNodes.Spelling.PLAIN).start(), end);
    }
    if (!found.texts.isEmpty()) {
      edges.call(string(found.texts), end);
    }
    for (ArrayShape shape : found.arrays) {
      edges.span('[', '[', new Container<>(shape, '[', ']').opened());
    }
    for (ObjectShape shape : found.objects) {
      edges.span('{', '{', new Container<>(shape, '{', '}').opened());
    }
    return edges;
  }

  private static void literal(BuiltNode edges, Ways found, int type, String text) {
    if ((found.scalars & type) != 0) {
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
    private final Map<S, BuiltNode> children = new HashMap<>();

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
      BuiltNode edges = first ? children(state).copy() : new BuiltNode();
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
      ContainerShape.Live<S> live = shape.at(state);
      if (live != null && live.goesOn()) {
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

    /// What may come at a state, at once or past it: what comes past it is made first, and shared.
    private BuiltNode children(S state) {
      Deque<S> way = new ArrayDeque<>();
      for (S at = state; at != null && !children.containsKey(at); ) {
        way.push(at);
        ContainerShape.Live<S> live = shape.at(at);
        at = live == null ? null : live.passed();
      }
      for (S at : way) {
        children.put(at, childrenAt(at));
      }
      return children.getOrDefault(state, end);
    }

    private BuiltNode childrenAt(S state) {
      ContainerShape.Live<S> live = shape.at(state);
      if (live == null) {
        return new BuiltNode();
      }
      S passed = live.passed();
      BuiltNode edges = passed == null ? new BuiltNode() : children(passed);
      if (!object) {
        BuiltNode all = edges.copy();
        live.children().forEach(child -> all.call(value(child.value()), after(child.next())));
        return all;
      }
      Map<Object, List<Child<S>>> byKey = new LinkedHashMap<>();
      for (Child<S> child : live.children()) {
        String name = child.key();
        TextDfa others = child.otherKeys();
        Object key = name != null ? name : others == null ? "" : others;
        byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(child);
      }
      for (Map.Entry<Object, List<Child<S>>> entry : byKey.entrySet()) {
        ByteNode values = colon(entry.getValue());
        if (entry.getKey() instanceof String name) {
          edges = edges.with(quoted(name) + ":", values);
        } else {
          var colon = new BuiltNode();
          colon.span(':', ':', values);
          edges = edges.copy();
          edges.call(string((TextDfa) entry.getKey()), colon);
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

  /// A key as it is written.
  private static String quoted(String name) {
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
    return text.append('"').toString();
  }
}

package dev.imago.constraints;

import dev.imago.constraints.ByteNode.Call;
import dev.imago.constraints.ByteNode.Span;
import dev.imago.constraints.TextPattern.Characters;
import dev.imago.constraints.TextPattern.Edge;
import dev.imago.constraints.TextPattern.Either;
import dev.imago.constraints.TextPattern.InOrder;
import dev.imago.constraints.TextPattern.Literal;
import dev.imago.constraints.TextPattern.Named;
import dev.imago.constraints.TextPattern.Repeated;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes nodes of patterns (Thompson 1968), then takes out what leads nowhere.
final class PatternNodes {
  /// Nodes of all rules, about.
  private static final int MOST_NODES = 500_000;

  /// After it nothing comes: a call that is followed by it is a mere step to another node.
  private final BuiltNode end = BuiltNode.end();

  /// Rules that begin with one another in a row.
  private static final int MOST_CHAINED = 1000;

  /// Nodes looked at for left recursion.
  private static final long MOST_WORK = 20_000_000;

  private final Map<String, BuiltNode> starts = new HashMap<>();
  private int made;
  private long work;

  private PatternNodes() {}

  /// @throws ConstraintException for what has no text, begins with itself, or is too large
  static ByteNode of(Map<String, TextPattern> rules, String root) {
    var nodes = new PatternNodes();
    rules.keySet().forEach(name -> nodes.starts.put(name, new BuiltNode()));
    rules.forEach((name, pattern) -> nodes.append(nodes.start(name), pattern).accept());
    BuiltNode start = nodes.start(root);
    Set<BuiltNode> productive = nodes.productive(start);
    if (!productive.contains(start)) {
      throw new ConstraintException(
          "no text fits: every way through the rule «%s» leads into itself without end"
              .formatted(root));
    }
    for (BuiltNode node : productive) {
      node.spans().removeIf(s -> !(s.target() instanceof BuiltNode b) || !productive.contains(b));
      node.calls().removeIf(c -> !leadsOn(c, productive));
    }
    nodes.refuseLeftRecursion();
    return start;
  }

  private BuiltNode start(String name) {
    return java.util.Objects.requireNonNull(starts.get(name), name);
  }

  private BuiltNode node() {
    if (++made > MOST_NODES) {
      throw new ConstraintException(
          "more than %,d states; make its repetitions smaller, or put fewer inside one another"
              .formatted(MOST_NODES));
    }
    return new BuiltNode();
  }

  private void step(BuiltNode from, BuiltNode to) {
    from.call(to, end);
  }

  /// The node behind a pattern that begins at another.
  private BuiltNode append(BuiltNode from, TextPattern pattern) {
    return switch (pattern) {
      case Characters(CodeRanges of) -> {
        BuiltNode to = node();
        made += of.size(); // the nodes between the bytes of a character
        Utf8Nodes.add(from, of, to);
        yield to;
      }
      case Literal(String text) -> {
        BuiltNode at = from;
        for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
          BuiltNode next = node();
          at.span(b & 0xff, b & 0xff, next);
          at = next;
        }
        yield at;
      }
      case InOrder(List<TextPattern> parts) -> {
        BuiltNode at = from;
        for (TextPattern part : parts) {
          at = append(at, part);
        }
        yield at;
      }
      case Either(List<TextPattern> parts) -> {
        BuiltNode to = node();
        BuiltNode literals = node();
        step(from, literals);
        for (TextPattern part : parts) {
          if (part instanceof Literal(String text)) {
            made += text.length(); // those with one beginning share it: so do ten thousand choices
            step(literals.literal(text), to);
          } else {
            BuiltNode branch = node();
            step(from, branch);
            step(append(branch, part), to);
          }
        }
        yield to;
      }
      case Repeated(TextPattern part, int least, int most) -> repeat(from, part, least, most);
      case Named(String rule) -> {
        BuiltNode to = node();
        from.call(start(rule), to);
        yield to;
      }
      case Edge _ -> from; // read by TextDfa
    };
  }

  private BuiltNode repeat(BuiltNode from, TextPattern part, int least, int most) {
    BuiltNode at = from;
    for (int i = 0; i < least; i++) {
      at = append(at, part);
    }
    if (most == TextPattern.ENDLESS) {
      BuiltNode loop = node();
      step(at, loop);
      BuiltNode again = node();
      step(loop, again);
      step(append(again, part), loop);
      BuiltNode out = node();
      step(loop, out);
      return out;
    }
    if (most == least) {
      return at;
    }
    BuiltNode out = node();
    for (int i = least; i < most; i++) {
      step(at, out);
      BuiltNode once = node();
      step(at, once);
      at = append(once, part);
    }
    step(at, out);
    return out;
  }

  /// The nodes from which some text leads to the end of their rule.
  private Set<BuiltNode> productive(BuiltNode start) {
    Set<BuiltNode> all = new LinkedHashSet<>();
    Map<BuiltNode, List<BuiltNode>> waiting = new HashMap<>();
    Deque<BuiltNode> open = new ArrayDeque<>(List.of(start));
    starts.values().forEach(open::add);
    while (!open.isEmpty()) {
      BuiltNode node = open.pop();
      if (!all.add(node)) {
        continue;
      }
      List<BuiltNode> led = new ArrayList<>();
      for (Span span : node.spans()) {
        led.add((BuiltNode) span.target());
      }
      for (Call call : node.calls()) {
        led.add((BuiltNode) call.start());
        led.add((BuiltNode) call.after());
      }
      for (BuiltNode to : led) {
        waiting.computeIfAbsent(to, _ -> new ArrayList<>()).add(node);
        open.push(to);
      }
    }
    Set<BuiltNode> productive = new HashSet<>();
    for (BuiltNode node : all) {
      if (node.accepts() && productive.add(node)) {
        open.push(node);
      }
    }
    while (!open.isEmpty()) {
      for (BuiltNode node : waiting.getOrDefault(open.pop(), List.of())) {
        if (!productive.contains(node) && leadsOn(node, productive)) {
          productive.add(node);
          open.push(node);
        }
      }
    }
    return productive;
  }

  private static boolean leadsOn(BuiltNode node, Set<BuiltNode> productive) {
    return node.spans().stream().anyMatch(s -> productive.contains((BuiltNode) s.target()))
        || node.calls().stream().anyMatch(c -> leadsOn(c, productive));
  }

  private static boolean leadsOn(Call call, Set<BuiltNode> productive) {
    return productive.contains((BuiltNode) call.start())
        && productive.contains((BuiltNode) call.after());
  }

  private void refuseLeftRecursion() {
    Map<BuiltNode, String> names = new HashMap<>();
    starts.forEach((name, node) -> names.put(node, name));
    Set<BuiltNode> empty = new HashSet<>(); // rules that may be empty
    Map<BuiltNode, Set<BuiltNode>> first = new HashMap<>();
    for (boolean more = true; more; ) {
      more = false;
      for (BuiltNode rule : names.keySet()) {
        Set<BuiltNode> entered = new HashSet<>();
        if (begins(rule, names.keySet(), empty, entered)) {
          more |= empty.add(rule);
        }
        more |= !entered.equals(first.put(rule, entered));
      }
    }
    Set<BuiltNode> done = new HashSet<>();
    for (BuiltNode rule : names.keySet()) {
      seekLoop(rule, first, names, done, new LinkedHashSet<>());
    }
  }

  /// Collects the rules that a rule may begin with; tells whether it may be empty.
  private boolean begins(
      BuiltNode rule, Set<BuiltNode> rules, Set<BuiltNode> empty, Set<BuiltNode> entered) {
    Set<BuiltNode> seen = new HashSet<>(Set.of(rule));
    Deque<BuiltNode> open = new ArrayDeque<>(List.of(rule));
    boolean mayBeEmpty = false;
    while (!open.isEmpty()) {
      BuiltNode node = open.pop();
      if (++work > MOST_WORK) {
        throw new ConstraintException(
            "the grammar's rules take more than %,d steps to look through; make them fewer"
                .formatted(MOST_WORK));
      }
      mayBeEmpty |= node.accepts();
      for (Call call : node.calls()) {
        BuiltNode start = (BuiltNode) call.start();
        BuiltNode after = (BuiltNode) call.after();
        boolean mere = !rules.contains(start);
        if (!mere) {
          entered.add(start);
          if (after.edges().nothingButTheEnd() && empty.contains(start)) {
            mayBeEmpty = true;
          }
        }
        BuiltNode on = mere ? start : empty.contains(start) ? after : null;
        if (on != null && seen.add(on)) {
          open.push(on);
        }
      }
    }
    return mayBeEmpty;
  }

  private static void seekLoop(
      BuiltNode rule,
      Map<BuiltNode, Set<BuiltNode>> first,
      Map<BuiltNode, String> names,
      Set<BuiltNode> done,
      Set<BuiltNode> above) {
    if (done.contains(rule)) {
      return;
    }
    if (!above.add(rule)) {
      throw new ConstraintException(
          "the rule «%s» begins with itself (left recursion); write it as a repetition, such as a ::= b (c b)*"
              .formatted(names.get(rule)));
    }
    if (above.size() > MOST_CHAINED) {
      throw new ConstraintException(
          "more than %,d rules begin with one another in a row".formatted(MOST_CHAINED));
    }
    for (BuiltNode to : first.getOrDefault(rule, Set.of())) {
      seekLoop(to, first, names, done, above);
    }
    above.remove(rule);
    done.add(rule);
  }
}

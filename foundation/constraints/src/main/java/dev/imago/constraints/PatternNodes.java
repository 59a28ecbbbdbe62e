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
import java.util.Iterator;
import java.util.LinkedHashMap;
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

  private final Map<String, BuiltNode> starts = new LinkedHashMap<>();
  private final Work work;
  private int made;

  private PatternNodes(Work work) {
    this.work = work;
  }

  /// @throws ConstraintException for what has no text, begins with itself, or is too large
  static ByteNode of(Map<String, TextPattern> rules, String root, Work work) {
    var nodes = new PatternNodes(work);
    rules.keySet().forEach(name -> nodes.starts.put(name, new BuiltNode()));
    rules.forEach((name, pattern) -> nodes.append(nodes.start(name), pattern).accept());
    BuiltNode start = nodes.start(root);
    Set<BuiltNode> productive = nodes.leading(start, true);
    if (!productive.contains(start)) {
      throw new ConstraintException(
          "no text fits: every way through the rule «%s» leads into itself without end"
              .formatted(root));
    }
    for (BuiltNode node : productive) {
      node.spans().removeIf(s -> !(s.target() instanceof BuiltNode b) || !productive.contains(b));
      node.calls().removeIf(c -> !leadsOn(c, productive));
    }
    nodes.refuseLeftRecursion(start);
    return start;
  }

  private BuiltNode start(String name) {
    return java.util.Objects.requireNonNull(starts.get(name), name);
  }

  private BuiltNode node() {
    count(1);
    return new BuiltNode();
  }

  private void count(long nodes) {
    work.spend(30 * nodes);
    made += (int) nodes;
    if (made > MOST_NODES) {
      throw new ConstraintException(
          "more than %,d states; make its repetitions smaller, or put fewer inside one another"
              .formatted(MOST_NODES));
    }
  }

  private void step(BuiltNode from, BuiltNode to) {
    from.call(to, end);
  }

  /// The node behind a pattern that begins at another.
  private BuiltNode append(BuiltNode from, TextPattern pattern) {
    return switch (pattern) {
      case Characters(CodeRanges of) -> {
        BuiltNode to = node();
        count(2L * of.size()); // the nodes between the bytes of a character
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
            count(
                1 + text.length()); // those with one beginning share it: so do ten thousand choices
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
      work.spend(1);
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
  ///
  /// @param bytes whether a text may have any; else the empty one does
  private Set<BuiltNode> leading(BuiltNode start, boolean bytes) {
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
      work.spend(1 + led.size());
      for (BuiltNode to : led) {
        waiting.computeIfAbsent(to, _ -> new ArrayList<>()).add(node);
        open.push(to);
      }
    }
    Set<BuiltNode> found = new LinkedHashSet<>();
    for (BuiltNode node : all) {
      if (node.accepts() && found.add(node)) {
        open.push(node);
      }
    }
    while (!open.isEmpty()) {
      for (BuiltNode node : waiting.getOrDefault(open.pop(), List.of())) {
        if (!found.contains(node) && leadsOn(node, found, bytes)) {
          found.add(node);
          open.push(node);
        }
      }
    }
    return found;
  }

  private boolean leadsOn(BuiltNode node, Set<BuiltNode> to, boolean bytes) {
    work.spend(1 + node.spans().size() + node.calls().size());
    return bytes && node.spans().stream().anyMatch(s -> to.contains((BuiltNode) s.target()))
        || node.calls().stream().anyMatch(c -> leadsOn(c, to));
  }

  private static boolean leadsOn(Call call, Set<BuiltNode> to) {
    return to.contains((BuiltNode) call.start()) && to.contains((BuiltNode) call.after());
  }

  private void refuseLeftRecursion(BuiltNode start) {
    Map<BuiltNode, String> names = new LinkedHashMap<>();
    starts.forEach((name, node) -> names.put(node, name));
    Set<BuiltNode> empty = leading(start, false);
    Map<BuiltNode, Set<BuiltNode>> first = new HashMap<>();
    names.keySet().forEach(rule -> first.put(rule, begins(rule, names.keySet(), empty)));
    Set<BuiltNode> done = new HashSet<>();
    for (BuiltNode rule : names.keySet()) {
      seekLoop(rule, first, names, done);
    }
  }

  /// The rules that a rule may begin with.
  ///
  /// @param empty the nodes from which no text leads to the end, too
  private Set<BuiltNode> begins(BuiltNode rule, Set<BuiltNode> rules, Set<BuiltNode> empty) {
    Set<BuiltNode> entered = new LinkedHashSet<>();
    Set<BuiltNode> seen = new HashSet<>(Set.of(rule));
    Deque<BuiltNode> open = new ArrayDeque<>(List.of(rule));
    while (!open.isEmpty()) {
      BuiltNode node = open.pop();
      work.spend(1 + node.calls().size());
      for (Call call : node.calls()) {
        BuiltNode inside = (BuiltNode) call.start();
        if (rules.contains(inside)) {
          entered.add(inside);
        } else if (seen.add(inside)) {
          open.push(inside);
        }
        BuiltNode after = (BuiltNode) call.after();
        if (empty.contains(inside) && seen.add(after)) {
          open.push(after);
        }
      }
    }
    return entered;
  }

  /// A rule with those that it begins with and that were not yet looked at.
  private record Entered(BuiltNode rule, Iterator<BuiltNode> rest) {}

  private void seekLoop(
      BuiltNode from,
      Map<BuiltNode, Set<BuiltNode>> first,
      Map<BuiltNode, String> names,
      Set<BuiltNode> done) {
    Set<BuiltNode> above = new HashSet<>();
    Deque<Entered> way = new ArrayDeque<>();
    enter(from, first, above, way);
    while (!way.isEmpty()) {
      Entered top = way.getLast();
      work.spend(1);
      if (!top.rest.hasNext()) {
        way.removeLast();
        above.remove(top.rule);
        done.add(top.rule);
        continue;
      }
      BuiltNode next = top.rest.next();
      if (above.contains(next)) {
        throw new ConstraintException(
            "the rule «%s» begins with itself (left recursion); write it as a repetition, such as a ::= b (c b)*"
                .formatted(names.get(next)));
      }
      if (!done.contains(next)) {
        enter(next, first, above, way);
      }
    }
  }

  private static void enter(
      BuiltNode rule,
      Map<BuiltNode, Set<BuiltNode>> first,
      Set<BuiltNode> above,
      Deque<Entered> way) {
    above.add(rule);
    way.addLast(new Entered(rule, first.getOrDefault(rule, Set.of()).iterator()));
  }
}

package dev.imago.console.profiles;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Calls and what they took, as a tree from the first caller down: what a flame graph shows.
public final class CallTree {
  /// A recording of recursion without end has a bound all the same.
  private static final int MOST_NODES = 300_000;

  private final Node root = new Node("");
  private int nodes;

  /// One method, called by those above it.
  public static final class Node {
    private final String name;
    private final Map<String, Node> called = new HashMap<>();
    private long total;
    private long self;

    private Node(String name) {
      this.name = name;
    }

    public String name() {
      return name;
    }

    /// What it and all that it called took.
    public long total() {
      return total;
    }

    /// What it called, the most first.
    public List<Node> called() {
      var all = new ArrayList<>(called.values());
      all.sort(Comparator.comparingLong(Node::total).reversed().thenComparing(Node::name));
      return all;
    }
  }

  /// Adds a sample.
  ///
  /// @param frames the first caller first
  /// @param weight samples, or bytes
  void add(List<String> frames, long weight) {
    Node at = root;
    at.total += weight;
    for (String frame : frames) {
      Node next = at.called.get(frame);
      if (next == null) {
        if (nodes >= MOST_NODES) {
          break;
        }
        nodes++;
        next = new Node(frame);
        at.called.put(frame, next);
      }
      next.total += weight;
      at = next;
    }
    at.self += weight;
  }

  public Node root() {
    return root;
  }

  /// The node at a path of places among what is called; the deepest that there is.
  public Node at(List<Integer> path) {
    Node at = root;
    for (int place : path) {
      List<Node> called = at.called();
      if (place < 0 || place >= called.size()) {
        return at;
      }
      at = called.get(place);
    }
    return at;
  }

  /// What methods took themselves, by name, the most first.
  public List<Map.Entry<String, Long>> self(int most) {
    var sums = new HashMap<String, Long>();
    collect(root, sums);
    return sums.entrySet().stream()
        .filter(each -> each.getValue() > 0)
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .toList();
  }

  private static void collect(Node node, Map<String, Long> to) {
    if (!node.name.isEmpty()) {
      to.merge(node.name, node.self, Long::sum);
    }
    node.called.values().forEach(each -> collect(each, to));
  }
}

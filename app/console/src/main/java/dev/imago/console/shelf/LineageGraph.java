package dev.imago.console.shelf;

import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What an artifact was made from and what was made from it, laid out in columns: sources on the
/// left, each artifact right of all that it was made from.
///
/// @param nodes with their places
/// @param edges from what was used to what was made
/// @param cut whether there is more than is shown
public record LineageGraph(List<Node> nodes, List<Edge> edges, boolean cut) {
  private static final int MOST = 80;

  /// An artifact at its place.
  ///
  /// @param column and `row`: from 0
  public record Node(Inventory.Item item, int column, int row) {}

  /// One use.
  public record Edge(Node from, Node to) {}

  /// The neighbourhood of an artifact: all its ancestors and descendants, the nearest first.
  public static LineageGraph around(ArtifactShelf.Stock stock, Ref centre) {
    var near = new LinkedHashMap<String, Inventory.Item>();
    boolean cut = spread(stock, centre.toString(), true, near);
    cut |= spread(stock, centre.toString(), false, near);
    var columns = new HashMap<String, Integer>();
    near.keySet().forEach(name -> column(name, near, columns, new HashSet<>()));
    var rows = new TreeMap<Integer, Integer>();
    var nodes = new LinkedHashMap<String, Node>();
    new TreeMap<>(near)
        .forEach(
            (name, item) -> {
              int column = columns.getOrDefault(name, 0);
              int row = rows.merge(column, 1, Integer::sum) - 1;
              nodes.put(name, new Node(item, column, row));
            });
    var edges = new ArrayList<Edge>();
    nodes.forEach(
        (name, node) ->
            node.item().inputs().stream()
                .sorted()
                .map(nodes::get)
                .filter(java.util.Objects::nonNull)
                .forEach(from -> edges.add(new Edge(from, node))));
    return new LineageGraph(List.copyOf(nodes.values()), edges, cut);
  }

  private static boolean spread(
      ArtifactShelf.Stock stock, String from, boolean back, Map<String, Inventory.Item> near) {
    var open = new java.util.ArrayDeque<String>();
    var seen = new HashSet<String>();
    open.add(from);
    while (!open.isEmpty()) {
      String name = open.remove();
      Inventory.Item item = stock.items().get(name);
      if (item == null || !seen.add(name)) {
        continue;
      }
      if (near.size() >= MOST && !near.containsKey(name)) {
        return true;
      }
      near.put(name, item);
      if (back) {
        open.addAll(item.inputs().stream().sorted().toList());
      } else {
        stock.dependants(item.ref()).forEach(d -> open.add(d.toString()));
      }
    }
    return false;
  }

  /// The longest way from a source; a ring, which no artifact can be in, ends where it begins.
  private static int column(
      String name,
      Map<String, Inventory.Item> near,
      Map<String, Integer> columns,
      Set<String> under) {
    Integer known = columns.get(name);
    if (known != null) {
      return known;
    }
    if (!under.add(name)) {
      return 0;
    }
    int column = 0;
    Inventory.Item item = near.get(name);
    if (item != null) {
      for (String input : item.inputs()) {
        if (near.containsKey(input)) {
          column = Math.max(column, column(input, near, columns, under) + 1);
        }
      }
    }
    under.remove(name);
    columns.put(name, column);
    return column;
  }

  public int columns() {
    return 1 + nodes.stream().mapToInt(Node::column).max().orElse(0);
  }

  public int rows() {
    return 1 + nodes.stream().mapToInt(Node::row).max().orElse(0);
  }
}

package dev.imago.duplicates;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Consumer;

/// Connected components by rounds over edges that lie on many machines: large star, then small
/// star, until every vertex has one edge, to the least of its component. A component of n vertices
/// takes about log n rounds; each passes over the edges once, in order, and holds none of them, so
/// that a vertex of a billion neighbours costs no more memory than one of two. Kiveris et al. 2014,
/// Connected Components in MapReduce and Beyond, SoCC.
///
/// Whoever drives it brings edges together by [Edge#from], in order.
public final class StarContraction {
  /// Two vertices that belong together.
  public record Edge(long from, long to) implements Comparable<Edge>, Serializable {
    @Override
    public int compareTo(Edge other) {
      return from == other.from ? Long.compare(to, other.to) : Long.compare(from, other.from);
    }

    public Edge reversed() {
      return new Edge(to, from);
    }
  }

  private StarContraction() {}

  /// Links a vertex's greater neighbours to the least of it and all its neighbours.
  ///
  /// @param both every edge in both directions, in order
  /// @param edges from the greater vertex to the less
  /// @return how many vertices are not settled: with 0 of all, every edge is from a vertex to the
  ///   least of its component, and nothing is left to do
  public static long large(Iterator<Edge> both, Consumer<Edge> edges) {
    long unsettled = 0;
    long vertex = -1;
    long least = 0;
    boolean first = true;
    boolean below = false;
    long last = 0;
    boolean counted = false;
    while (both.hasNext()) {
      Edge edge = both.next();
      if (first || edge.from() != vertex) {
        first = false;
        vertex = edge.from();
        least = Math.min(vertex, edge.to());
        below = edge.to() < vertex;
        counted = false;
      } else if (edge.to() == last) {
        continue; // told twice
      } else if (below && !counted) {
        unsettled++;
        counted = true;
      }
      last = edge.to();
      if (edge.to() > vertex) {
        edges.accept(new Edge(edge.to(), least));
      }
    }
    return unsettled;
  }

  /// Links a vertex and its lesser neighbours to the least of these.
  ///
  /// @param down every edge from the greater vertex to the less, in order
  /// @param edges from the greater vertex to the less
  public static void small(Iterator<Edge> down, Consumer<Edge> edges) {
    boolean first = true;
    long vertex = -1;
    long least = 0;
    long last = 0;
    while (down.hasNext()) {
      Edge edge = down.next();
      if (first || edge.from() != vertex) {
        first = false;
        vertex = edge.from();
        least = edge.to();
        edges.accept(edge);
      } else if (edge.to() != last) {
        edges.accept(new Edge(edge.to(), least));
      }
      last = edge.to();
    }
  }
}

package dev.imago.duplicates;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

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
  public static final class Large {
    private boolean begun;
    private long vertex;
    private long least;
    private long last;
    private boolean told;
    private long unsettled;

    /// Takes the next edge.
    ///
    /// @param edge of all edges in both directions, in order
    /// @return one from the greater vertex to the less; null where this one gives none
    public @Nullable Edge take(Edge edge) {
      if (!begun || edge.from() != vertex) {
        begun = true;
        vertex = edge.from();
        least = Math.min(vertex, edge.to());
        told = false;
      } else if (edge.to() == last) {
        return null; // said twice
      } else if (least < vertex && !told) {
        unsettled++;
        told = true;
      }
      last = edge.to();
      return edge.to() > vertex ? new Edge(edge.to(), least) : null;
    }

    /// How many vertices are not settled: with 0 of all, every edge is from a vertex to the least
    /// of its component, and nothing is left to do.
    public long unsettled() {
      return unsettled;
    }
  }

  /// Links a vertex and its lesser neighbours to the least of these.
  public static final class Small {
    private boolean begun;
    private long vertex;
    private long least;
    private long last;

    /// Takes the next edge.
    ///
    /// @param edge of all edges from the greater vertex to the less, in order
    /// @return one from the greater vertex to the less; null where this one gives none
    public @Nullable Edge take(Edge edge) {
      boolean first = !begun || edge.from() != vertex;
      boolean again = !first && edge.to() == last;
      if (first) {
        begun = true;
        vertex = edge.from();
        least = edge.to();
      }
      last = edge.to();
      return first ? edge : again ? null : new Edge(edge.to(), least);
    }
  }
}

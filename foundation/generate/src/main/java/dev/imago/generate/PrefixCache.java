package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.KeyValues;
import dev.imago.tensor.SharedBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keys and values of what sequences began with, for others that begin alike: a radix tree over
/// token ids, an edge of it a block's (Zheng et al. 2024, SGLang, arXiv:2312.07104): whole blocks
/// are shared, the last tokens of a sequence, a leaf's, are copied. What was asked for least
/// recently goes first where room is wanted, and nothing goes that a sequence holds.
///
/// A hit changes no bit of an answer: a token's keys and values do not depend on how the tokens
/// were cut into steps, and where they do ([KeyValues#rewinds]) nothing is kept.
///
/// Of the engine's thread alone.
final class PrefixCache implements AutoCloseable {
  private final long mostBytes;
  private final long blockBytes;
  private final Map<Scope, Node> roots = new HashMap<>();

  /// All but the roots, the least recently used first; a node before its parent, so that the first
  /// that nobody holds is a leaf.
  private final LinkedHashSet<Node> byUse = new LinkedHashSet<>();

  private long bytes;

  /// Whose sequences share what they began with: those of one name, and of one adapter.
  ///
  /// @param adapter stands for one, and holds none of its numbers; null for the model as it is
  record Scope(String name, @Nullable Object adapter) {}

  /// The ids of a block, to be looked up by; fewer than it has room for where a sequence ended.
  private record Edge(int[] ids) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Edge(int[] theirs) && Arrays.equals(ids, theirs);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }
  }

  /// A place in the tree: the ids from its root to here.
  static final class Node {
    private final @Nullable Node parent;
    private final @Nullable Edge edge;
    private final @Nullable SharedBlock block;
    private final Map<Edge, Node> children = new HashMap<>();
    private final Scope scope;

    private Node(Scope scope, @Nullable Node parent, @Nullable Edge edge, @Nullable SharedBlock b) {
      this.scope = scope;
      this.parent = parent;
      this.edge = edge;
      this.block = b;
    }
  }

  /// @param mostBytes that it keeps; 0 for none
  /// @param blockBytes of a block of the model's
  PrefixCache(long mostBytes, long blockBytes) {
    this.mostBytes = mostBytes;
    this.blockBytes = blockBytes;
  }

  boolean keepsAny() {
    return mostBytes > 0;
  }

  /// Bytes of keys and values that it keeps, held by sequences too or not.
  long bytes() {
    return bytes;
  }

  /// Where sequences of a scope begin.
  Node root(Scope scope) {
    Node known = roots.get(scope);
    return known == null ? new Node(scope, null, null, null) : known;
  }

  /// The way from a place on along more ids, as far as it is known.
  ///
  /// @param from index of the first id that is not on the way to the place
  /// @param most blocks
  List<Node> find(Node place, int[] ids, int from, int most) {
    var found = new ArrayList<Node>();
    Node at = current(place);
    for (int i = from; found.size() < most && i + CacheBlocks.TOKENS <= ids.length; ) {
      Node next = at.children.get(edge(ids, i));
      if (next == null) {
        break;
      }
      found.add(next);
      at = next;
      i += CacheBlocks.TOKENS;
    }
    touch(at);
    return found;
  }

  /// The first tokens of a block.
  record Part(SharedBlock block, int tokens) {}

  /// What follows a place and begins most like some ids.
  ///
  /// @param from index of the first id that is not on the way to the place
  /// @param most of them to be looked at, fewer than a block has
  /// @return null where nothing that follows begins with the first of them
  @Nullable Part part(Node place, int[] ids, int from, int most) {
    Node best = null;
    int longest = 0;
    for (Node child : current(place).children.values()) {
      int[] own = child.edge == null ? new int[0] : child.edge.ids;
      int differ = Arrays.mismatch(own, 0, Math.min(own.length, most), ids, from, from + most);
      int same = differ < 0 ? most : differ;
      if (same > longest) {
        longest = same;
        best = child;
      }
    }
    if (best == null || best.block == null) {
      return null;
    }
    touch(best);
    return new Part(best.block, longest);
  }

  /// Whether some ids begin with fewer others.
  private static boolean begins(int[] ids, int[] with) {
    return with.length < ids.length && Arrays.mismatch(ids, with) == with.length;
  }

  /// A root is there as long as something grows from it; then another takes its place.
  private Node current(Node place) {
    return place.parent == null ? roots.getOrDefault(place.scope, place) : place;
  }

  private static Edge edge(int[] ids, int from) {
    return new Edge(Arrays.copyOfRange(ids, from, from + CacheBlocks.TOKENS));
  }

  static List<SharedBlock> blocks(List<Node> way) {
    return way.stream().map(node -> node.block).toList();
  }

  /// From the deepest up, so that none is younger than what it follows from.
  private void touch(Node deepest) {
    for (Node at = deepest; at != null && at.parent != null; at = at.parent) {
      byUse.remove(at);
      byUse.add(at);
    }
  }

  /// Keeps the next block of a sequence, if there is room: it becomes shared.
  ///
  /// @param ids of the sequence
  /// @param from where the sequence's shared blocks end
  /// @return where they end now; null where it was not kept
  @Nullable Node keep(Node from, int[] ids, KeyValues sequence) {
    if (!keepsAny() || !sequence.mayShare()) {
      return null;
    }
    Node place = current(from);
    Edge edge = edge(ids, sequence.sharedBlocks() * CacheBlocks.TOKENS);
    Node known = place.children.get(edge);
    if (known != null && known.block != null) {
      sequence.shareInstead(known.block);
      touch(known);
      return known;
    }
    if (!room()) {
      return null;
    }
    Node node = add(place, edge, sequence.share());
    touch(node);
    return node;
  }

  /// Keeps the tokens of an ended sequence that fill no block, for others to copy.
  ///
  /// @param from where the sequence's shared blocks end
  /// @param ids of the sequence, all that it has keys and values of
  void keepPart(Node from, int[] ids, KeyValues sequence) {
    int begin = sequence.sharedBlocks() * CacheBlocks.TOKENS;
    if (!keepsAny() || !sequence.mayShare(ids.length)) {
      return;
    }
    int[] own = Arrays.copyOfRange(ids, begin, ids.length);
    for (Node child : current(from).children.values()) {
      int[] known = child.edge == null ? own : child.edge.ids;
      int differ = Arrays.mismatch(known, own);
      if (differ < 0 || differ == own.length) {
        touch(child); // which begins with them
        return;
      }
    }
    if (room()) {
      touch(add(current(from), new Edge(own), sequence.share()));
    }
  }

  /// Whether one more block has room, now that others went.
  private boolean room() {
    while (bytes + blockBytes > mostBytes) {
      if (!evict()) {
        return false;
      }
    }
    return true;
  }

  private Node add(Node place, Edge edge, SharedBlock block) {
    block.hold();
    bytes += block.bytes();
    for (Node child : List.copyOf(place.children.values())) {
      if (child.edge != null && child.block != null && begins(edge.ids, child.edge.ids)) {
        byUse.remove(child); // a part, which nobody holds: it is copied
        forget(child, child.block);
      }
    }
    if (place.parent == null) {
      roots.put(place.scope, place);
    }
    var node = new Node(place.scope, place, edge, block);
    place.children.put(edge, node);
    return node;
  }

  /// Forgets what was used least recently and is held by no sequence; false where there is nothing.
  boolean evict() {
    for (Iterator<Node> all = byUse.iterator(); all.hasNext(); ) {
      Node node = all.next();
      if (node.block != null && node.block.holders() == 1 && node.children.isEmpty()) {
        all.remove();
        forget(node, node.block);
        return true;
      }
    }
    return false;
  }

  private void forget(Node node, SharedBlock block) {
    bytes -= block.bytes();
    block.release();
    if (node.parent != null && node.edge != null) {
      node.parent.children.remove(node.edge);
      if (node.parent.parent == null && node.parent.children.isEmpty()) {
        roots.remove(node.scope);
      }
    }
  }

  @Override
  public void close() {
    for (Node node : byUse) {
      if (node.block != null) {
        node.block.release();
      }
    }
    byUse.clear();
    roots.clear();
    bytes = 0;
  }
}

package dev.imago.constraints;

import dev.imago.constraints.ByteNode.Call;
import dev.imago.constraints.ByteNode.Edges;
import dev.imago.constraints.ByteNode.Span;
import dev.imago.constraints.Position.Frame;
import dev.imago.constraints.Position.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The positions of one grammar, made as texts come to them: the subset construction of a pushdown
/// automaton, a byte at a time. Bounded: when it holds too many it forgets what it has found out
/// and begins anew, while those in use stay valid. Guarded by its grammar.
final class PositionTable {
  /// Positions kept; one takes about 1.2 kB beside its mask.
  private static final int MOST_POSITIONS = 30_000;

  /// Bytes of masks kept.
  private static final long MOST_MASK_BYTES = 64L << 20;

  /// Ways to read a text at once: a grammar with more is ambiguous beyond use.
  private static final int MOST_READINGS = 4096;

  /// Readings looked at for one mask, or for what follows one position. They are counted whether or
  /// not a step is known already: what an answer may take does not hang on others.
  private static final long MOST_LOOKED_AT = 20_000_000;

  /// Rules left open at once.
  private static final int MOST_DEPTH = 10_000;

  private record FrameKey(int node, int parent) {}

  private final Map<Position, Position> positions = new HashMap<>();
  private final Map<FrameKey, Frame> frames = new HashMap<>();
  private int framesMade;
  private long maskBytes;
  private long lookedAt;

  private final Grammar grammar;

  PositionTable(Grammar grammar) {
    this.grammar = grammar;
  }

  /// The position of the empty text.
  Position start() {
    return position(List.of(new Reading(grammar.start(), null)));
  }

  /// The position after one more byte; [Position#DEAD] where it may not come.
  Position step(Position from, int b) {
    lookedAt += from.readings.size();
    if (lookedAt > MOST_LOOKED_AT) {
      throw new ConstraintException(
          "what may come next takes more than %,d steps to find: too much at this place can be read in several ways; make the rule less ambiguous"
              .formatted(MOST_LOOKED_AT));
    }
    @Nullable Position[] next = from.next;
    Position known = next == null ? null : next[b];
    return known == null ? compute(from, b) : known;
  }

  private Position compute(Position from, int b) {
    int low = 0;
    int high = 255;
    var targets = new ArrayList<Reading>();
    for (Reading reading : from.readings) {
      for (Span span : reading.node().edges().spans()) {
        if (b < span.from()) {
          high = Math.min(high, span.from() - 1);
        } else if (b > span.to()) {
          low = Math.max(low, span.to() + 1);
        } else {
          low = Math.max(low, span.from());
          high = Math.min(high, span.to());
          targets.add(new Reading(span.target(), reading.frame()));
        }
      }
    }
    Position to = targets.isEmpty() ? Position.DEAD : position(targets);
    @Nullable Position[] next = from.next;
    if (next == null) {
      next = new Position[256];
      from.next = next;
    }
    Arrays.fill(next, low, high + 1, to); // all bytes that no span tells apart
    return to;
  }

  private Position position(List<Reading> beginnings) {
    var keys = new HashSet<Long>();
    Deque<Reading> open = new ArrayDeque<>();
    beginnings.forEach(r -> add(r, keys, open));
    record Keyed(long key, Reading reading) {}
    List<Keyed> found = new ArrayList<>();
    boolean accepting = false;
    while (!open.isEmpty()) {
      Reading reading = open.pop();
      Edges edges = reading.node().edges();
      Frame frame = reading.frame();
      if (!edges.spans().isEmpty()) {
        found.add(new Keyed(key(reading), reading));
      }
      if (edges.accepting()) {
        if (frame == null) {
          accepting = true;
        } else {
          add(new Reading(frame.after(), frame.parent()), keys, open);
        }
      }
      for (Call call : edges.calls()) {
        Frame inside = call.after().edges().nothingButTheEnd() ? frame : frame(call, frame);
        add(new Reading(call.start(), inside), keys, open);
      }
    }
    found.sort((x, y) -> Long.compare(x.key, y.key));
    return keep(
        new Position(
            found.stream().mapToLong(Keyed::key).toArray(),
            found.stream().map(Keyed::reading).toList(),
            accepting));
  }

  /// A position that no text of so many bytes tells from another, the same for all of which that is
  /// known.
  Position alike(Position from, int bytes) {
    var byKey = new TreeMap<Long, Reading>();
    boolean same = true;
    for (Reading reading : from.readings) {
      ByteNode node = reading.node().alike(bytes);
      same &= node == reading.node();
      var alike = new Reading(node, reading.frame());
      byKey.put(key(alike), alike);
    }
    return same
        ? from
        : keep(
            new Position(
                byKey.keySet().stream().mapToLong(Long::longValue).toArray(),
                List.copyOf(byKey.values()),
                from.accepting));
  }

  private void add(Reading reading, Set<Long> keys, Deque<Reading> open) {
    if (keys.add(key(reading))) {
      if (keys.size() > MOST_READINGS) {
        throw new ConstraintException(
            "the grammar can be read in more than %d ways at one place; make its rules less ambiguous"
                .formatted(MOST_READINGS));
      }
      open.push(reading);
    }
  }

  private long key(Reading reading) {
    Frame frame = reading.frame();
    return (long) id(reading.node()) << 32 | (frame == null ? 0 : frame.id());
  }

  private int id(ByteNode node) {
    if (node.id < 0) {
      node.id = grammar.nextId();
    }
    return node.id;
  }

  private Frame frame(Call call, @Nullable Frame parent) {
    int parentId = parent == null ? 0 : parent.id();
    var key = new FrameKey(id(call.after()), parentId);
    Frame known = frames.get(key);
    if (known != null) {
      return known;
    }
    int depth = parent == null ? 1 : 1 + parent.depth();
    if (depth > MOST_DEPTH) {
      throw new ConstraintException(
          "more than %,d rules are open inside one another; a rule that begins with itself, or too deep a text"
              .formatted(MOST_DEPTH));
    }
    var made = new Frame(++framesMade, depth, call.after(), parent);
    frames.put(key, made);
    return made;
  }

  private Position keep(Position position) {
    Position known = positions.get(position);
    if (known != null) {
      return known;
    }
    if (positions.size() >= MOST_POSITIONS) {
      forget();
    }
    positions.put(position, position);
    return position;
  }

  /// Begins to count anew what is looked at.
  ///
  /// @return what was counted before, to go on with by [#goOn]
  long begin() {
    long before = lookedAt;
    lookedAt = 0;
    return before;
  }

  void goOn(long counted) {
    lookedAt = counted;
  }

  /// Takes note that a mask was made.
  void kept(long bytes) {
    maskBytes += bytes;
  }

  /// Makes room where masks have taken too much; called between two answers' steps.
  void tidy() {
    if (maskBytes > MOST_MASK_BYTES) {
      forget();
    }
  }

  private void forget() {
    for (Position position : positions.keySet()) {
      position.next = null;
      position.afterPlain = null;
      position.mask = null;
      position.firstMask = null;
    }
    positions.clear();
    frames.clear();
    maskBytes = 0;
  }

  int size() {
    return positions.size();
  }
}

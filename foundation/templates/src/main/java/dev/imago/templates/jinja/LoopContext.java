package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What `loop` is: where a loop stands. It looks ahead only when it is asked about what comes.
final class LoopContext implements Function {
  private final Object items;
  private Iterator<Object> rest;
  private final int depth;
  private final Optional<java.util.function.BiFunction<Object, Integer, String>> recursion;

  private int index;
  private long length = -1;
  private @Nullable Object after;
  private Object before = Undefined.name("loop.previtem");
  private Object current = Undefined.name("loop.previtem");
  private @Nullable Tuple lastChanged;

  /// @param items what the loop was given
  /// @param rest those that it runs over
  /// @param depth of recursion, from 1
  /// @param recursion renders the loop's body for other items, at a depth
  LoopContext(
      Object items,
      Iterator<Object> rest,
      int depth,
      Optional<java.util.function.BiFunction<Object, Integer, String>> recursion) {
    this.items = items;
    this.rest = rest;
    this.depth = depth;
    this.recursion = recursion;
  }

  boolean hasNext() {
    return after != null || rest.hasNext();
  }

  Object next() {
    Object next = after != null ? after : rest.next();
    after = null;
    index++;
    before = current;
    current = next;
    return next;
  }

  private @Nullable Object peek() {
    if (after == null && rest.hasNext()) {
      after = rest.next();
    }
    return after;
  }

  int index() {
    return index;
  }

  long length() {
    if (length < 0) {
      if (Python.hasLength(items)) {
        length = Python.length(items);
      } else {
        List<Object> left = new ArrayList<>();
        rest.forEachRemaining(left::add);
        rest = left.iterator();
        length = left.size() + index + (after == null ? 0 : 1);
      }
    }
    return length;
  }

  @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> (long) index;
      case "index0" -> index - 1L;
      case "first" -> index == 1;
      case "last" -> peek() == null;
      case "length" -> length();
      case "revindex" -> length() - index + 1;
      case "revindex0" -> length() - index;
      case "depth" -> (long) depth;
      case "depth0" -> depth - 1L;
      case "previtem" ->
          index == 1 ? new Undefined("there is no item before the loop's first") : before;
      case "nextitem" -> {
        Object next = peek();
        yield next == null ? new Undefined("there is no item after the loop's last") : next;
      }
      case "cycle" -> (Function) this::cycle;
      case "changed" -> (Function) this::changed;
      default -> null;
    };
  }

  private Object cycle(Arguments arguments) {
    if (arguments.count() == 0 || !arguments.named().isEmpty()) {
      throw new TemplateException("«loop.cycle» wants values to take in turn");
    }
    return arguments.at((index - 1) % arguments.count());
  }

  private Object changed(Arguments arguments) {
    var values = new Tuple(arguments.positional());
    boolean changed = lastChanged == null || !Python.equal(lastChanged, values);
    if (changed) {
      lastChanged = values;
    }
    return changed;
  }

  @Override
  public Object call(Arguments arguments) {
    var recurse =
        recursion.orElseThrow(
            () -> new TemplateException("«loop» is called, but its for is not «recursive»"));
    return recurse.apply(arguments.bind("loop", "iterable").get(0), depth + 1);
  }
}

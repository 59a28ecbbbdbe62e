package dev.imago.templates.jinja;

import java.util.Iterator;
import java.util.function.Supplier;

/// A Python generator, such as `map` and `select` give: it runs once, makes its items when they are
/// asked for, is always true, and has neither length nor places.
final class Generator implements Iterator<Object> {
  private final Supplier<Iterator<Object>> start;
  private Iterator<Object> items = java.util.Collections.emptyIterator();
  private boolean started;

  /// @param start called when the first item is asked for
  Generator(Supplier<Iterator<Object>> start) {
    this.start = start;
  }

  private Iterator<Object> items() {
    if (!started) {
      started = true;
      items = start.get();
    }
    return items;
  }

  @Override
  public boolean hasNext() {
    return items().hasNext();
  }

  @Override
  public Object next() {
    Budget.spend(1);
    return items().next();
  }
}

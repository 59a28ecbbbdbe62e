package dev.imago.templates.jinja;

import java.util.List;

/// What `groupby` gives: a tuple of the shared value and its items, which have names, too.
record GroupedItems(Object grouper, List<Object> items) {
  Tuple tuple() {
    return Tuple.of(grouper, items);
  }
}

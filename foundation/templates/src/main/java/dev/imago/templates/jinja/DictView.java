package dev.imago.templates.jinja;

import java.util.Iterator;

/// What `keys()`, `values()` and `items()` give: something with a length to run over, which has no
/// places.
record DictView(Dict dict, Part part) {
  enum Part {
    KEYS,
    VALUES,
    ITEMS
  }

  Iterator<Object> iterator() {
    var entries = dict.entries().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Object next() {
        Dict.Entry entry = entries.next();
        return switch (part) {
          case KEYS -> entry.key();
          case VALUES -> entry.value();
          case ITEMS -> entry.tuple();
        };
      }
    };
  }
}

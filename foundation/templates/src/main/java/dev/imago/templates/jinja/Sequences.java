package dev.imago.templates.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Filters of lists and mappings. Those that Jinja makes generators do their work when their items
/// are asked for.
final class Sequences {
  private Sequences() {}

  static void addTo(Map<String, BiFunction<Object, Arguments, Object>> filters) {
    filters.put("list", (v, a) -> none("list", a, () -> Python.list(v)));
    filters.put("length", (v, a) -> none("length", a, () -> Python.length(v)));
    filters.put("count", (v, a) -> none("count", a, () -> Python.length(v)));
    filters.put("first", (v, a) -> none("first", a, () -> first(v)));
    filters.put("last", (v, a) -> none("last", a, () -> last(v)));
    filters.put("reverse", (v, a) -> none("reverse", a, () -> reverse(v)));
    filters.put("items", (v, a) -> none("items", a, () -> items(v)));
    filters.put("dictsort", Sequences::dictsort);
    filters.put("sort", Sequences::sort);
    filters.put("unique", Sequences::unique);
    filters.put("min", (v, a) -> extreme("min", v, a, -1));
    filters.put("max", (v, a) -> extreme("max", v, a, 1));
    filters.put("sum", Sequences::sum);
    filters.put("groupby", Sequences::groupBy);
    filters.put("batch", Sequences::batch);
    filters.put("slice", Sequences::slice);
    filters.put("map", Sequences::map);
    filters.put("select", (v, a) -> select(v, a, false, true));
    filters.put("reject", (v, a) -> select(v, a, false, false));
    filters.put("selectattr", (v, a) -> select(v, a, true, true));
    filters.put("rejectattr", (v, a) -> select(v, a, true, false));
  }

  static Object none(String name, Arguments arguments, java.util.function.Supplier<Object> result) {
    arguments.bind(name);
    return result.get();
  }

  /// What passes, found when it is asked for.
  static Iterator<Object> select(Iterator<Object> all, Predicate<Object> passes) {
    return new Iterator<>() {
      private @Nullable Object next;

      @Override
      public boolean hasNext() {
        while (next == null && all.hasNext()) {
          Budget.spend(1);
          Object item = all.next();
          if (passes.test(item)) {
            next = item;
          }
        }
        return next != null;
      }

      @Override
      public Object next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        Object item = next;
        next = null;
        return item;
      }
    };
  }

  private static Generator generator(java.util.function.Supplier<Iterator<Object>> items) {
    return new Generator(items);
  }

  private static Object first(Object value) {
    Iterator<Object> items = Python.iterate(value);
    return items.hasNext()
        ? items.next()
        : new Undefined("there is no first item, as there is none");
  }

  private static Object last(Object value) {
    if (value instanceof Generator) {
      throw new TemplateException("a generator has no last item; put the filter «list» before");
    }
    List<Object> items = Python.list(value);
    return items.isEmpty()
        ? new Undefined("there is no last item, as there is none")
        : items.getLast();
  }

  private static Object reverse(Object value) {
    if (Python.isText(value)) {
      String s = new StringBuilder(Python.string(value)).reverse().toString();
      Budget.make(s.length());
      return value instanceof Markup ? new Markup(s) : s;
    }
    List<Object> items = Python.list(value);
    Collections.reverse(items);
    return value instanceof Generator ? items : generator(items::iterator);
  }

  private static Object items(Object value) {
    return generator(
        () ->
            switch (value) {
              case Undefined u -> Collections.emptyIterator();
              case Dict d -> new DictView(d, DictView.Part.ITEMS).iterator();
              default -> throw Python.wrong(value, "a mapping");
            });
  }

  /// Finds an attribute `a.b.0` of values.
  static UnaryOperator<Object> path(Object attribute, @Nullable Object otherwise) {
    if (attribute == None.NONE) {
      return value -> value;
    }
    var parts = new ArrayList<Object>();
    if (Python.isText(attribute)) {
      Budget.make(Python.string(attribute).length() * 8L);
      for (String part : Python.string(attribute).split("\\.", -1)) {
        boolean number = !part.isEmpty() && part.codePoints().allMatch(Character::isDigit);
        parts.add(number ? NumberFilters.parseInteger(part, 10) : part);
      }
    } else {
      parts.add(attribute);
    }
    return value -> {
      Object found = value;
      for (Object part : parts) {
        Budget.spend(1);
        found = Items.item(found, part);
        if (found instanceof Undefined && otherwise != null && otherwise != None.NONE) {
          found = otherwise;
        }
      }
      return found;
    };
  }

  private static Object folded(Object key, boolean exact) {
    return !exact && Python.isText(key) ? Letters.lower(Python.string(key)) : key;
  }

  private static Object dictsort(Object value, Arguments arguments) {
    var a = arguments.bind("dictsort", "case_sensitive?", "by?", "reverse?");
    Object by = a.get(1, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new TemplateException("dictsort sorts by «key» or «value», not " + Repr.shortly(by));
    }
    if (!(value instanceof Dict dict)) {
      throw Python.wrong(value, "a mapping");
    }
    Budget.makeItems(dict.size());
    var entries = new ArrayList<Object>();
    dict.entries().forEach(e -> entries.add(e.tuple()));
    int place = by.equals("key") ? 0 : 1;
    sortBy(entries, e -> folded(((Tuple) e).items().get(place), a.truth(0)), a.truth(2));
    return entries;
  }

  private static void sortBy(List<Object> items, UnaryOperator<Object> key, boolean reverse) {
    record Keyed(Object key, Object item) {}
    var keyed = new ArrayList<Object>();
    items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
    Comparator<Object> order = (a, b) -> Python.order(((Keyed) a).key(), ((Keyed) b).key());
    Python.sort(keyed, reverse ? order.reversed() : order);
    for (int i = 0; i < keyed.size(); i++) {
      items.set(i, ((Keyed) keyed.get(i)).item());
    }
  }

  private static Object sort(Object value, Arguments arguments) {
    var a = arguments.bind("sort", "reverse?", "case_sensitive?", "attribute?");
    Object attribute = a.get(2, None.NONE);
    var paths = new ArrayList<UnaryOperator<Object>>();
    if (Python.isText(attribute)) {
      for (String one : Python.string(attribute).split(",", -1)) {
        paths.add(path(one, null));
      }
    } else {
      paths.add(path(attribute, null));
    }
    boolean exact = a.truth(1);
    List<Object> items = Python.list(value);
    sortBy(
        items,
        item -> {
          List<Object> keys = new ArrayList<>();
          paths.forEach(p -> keys.add(folded(p.apply(item), exact)));
          return keys;
        },
        a.truth(0));
    return items;
  }

  private static Object unique(Object value, Arguments arguments) {
    var a = arguments.bind("unique", "case_sensitive?", "attribute?");
    UnaryOperator<Object> key = path(a.get(1, None.NONE), null);
    boolean exact = a.truth(0);
    return generator(
        () -> {
          var seen = new HashSet<Object>();
          return select(
              Python.iterate(value), item -> seen.add(Dict.hash(folded(key.apply(item), exact))));
        });
  }

  private static Object extreme(String name, Object value, Arguments arguments, int sign) {
    var a = arguments.bind(name, "case_sensitive?", "attribute?");
    UnaryOperator<Object> key = path(a.get(1, None.NONE), null);
    Iterator<Object> items = Python.iterate(value);
    if (!items.hasNext()) {
      return new Undefined("there is no " + name + "imum of nothing");
    }
    Object best = items.next();
    Object bestKey = folded(key.apply(best), a.truth(0));
    while (items.hasNext()) {
      Object item = items.next();
      Object itemKey = folded(key.apply(item), a.truth(0));
      if (Python.ordered(sign < 0 ? "<" : ">", itemKey, bestKey)) {
        best = item;
        bestKey = itemKey;
      }
    }
    return best;
  }

  private static Object sum(Object value, Arguments arguments) {
    var a = arguments.bind("sum", "attribute?", "start?");
    UnaryOperator<Object> path = path(a.get(0, None.NONE), null);
    Object sum = a.get(1, 0L);
    if (Python.isText(sum)) {
      throw new TemplateException("sum adds no strings; use the filter «join»");
    }
    for (Iterator<Object> items = Python.iterate(value); items.hasNext(); ) {
      sum = Arithmetic.binary("+", sum, path.apply(items.next()));
    }
    return sum;
  }

  private static Object groupBy(Object value, Arguments arguments) {
    var a = arguments.bind("groupby", "attribute", "default?", "case_sensitive?");
    UnaryOperator<Object> path = path(a.get(0), a.get(1, None.NONE));
    boolean exact = a.truth(2);
    List<Object> items = Python.list(value);
    sortBy(items, item -> folded(path.apply(item), exact), false);
    List<Object> groups = new ArrayList<>();
    @Nullable Object key = null;
    List<Object> group = List.of();
    for (Object item : items) {
      Object itemKey = folded(path.apply(item), exact);
      if (key == null || !Python.equal(key, itemKey)) {
        key = itemKey;
        group = new ArrayList<>();
        groups.add(new GroupedItems(exact ? itemKey : path.apply(item), group));
      }
      group.add(item);
    }
    Budget.makeItems(items.size());
    return groups;
  }

  private static Object batch(Object value, Arguments arguments) {
    var a = arguments.bind("batch", "linecount", "fill_with?");
    return generator(
        () -> {
          Iterator<Object> items = Python.iterate(value);
          Object size = a.get(0);
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return items.hasNext();
            }

            @Override
            public Object next() {
              var row = new ArrayList<Object>();
              do {
                row.add(items.next());
              } while (items.hasNext() && !Python.equal((long) row.size(), size));
              if (!a.isNone(1) && Python.ordered("<", (long) row.size(), size)) {
                long missing = Python.integer(size) - row.size();
                Budget.makeItems(missing);
                row.addAll(Collections.nCopies((int) missing, a.get(1)));
              }
              Budget.makeItems(row.size());
              return row;
            }
          };
        });
  }

  private static Object slice(Object value, Arguments arguments) {
    var a = arguments.bind("slice", "slices", "fill_with?");
    return generator(
        () -> {
          List<Object> all = Python.list(value);
          long slices = Python.integer(a.get(0));
          if (slices == 0) {
            throw new TemplateException("slice wants a number of slices that is not 0");
          }
          List<Object> parts = new ArrayList<>();
          long each = Math.floorDiv(all.size(), slices);
          long larger = Math.floorMod(all.size(), slices);
          int from = 0;
          for (long i = 0; i < slices; i++) {
            int to = (int) (from + each + (i < larger ? 1 : 0));
            Budget.makeItems(1L + to - from);
            var part = new ArrayList<Object>(all.subList(from, to));
            if (!a.isNone(1) && i >= larger) {
              part.add(a.get(1));
            }
            parts.add(part);
            from = to;
          }
          return parts.iterator();
        });
  }

  private static Iterator<Object> mapped(Object value, UnaryOperator<Object> function) {
    Iterator<Object> items = Python.iterate(value);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        return function.apply(items.next());
      }
    };
  }

  private static Object map(Object value, Arguments arguments) {
    return generator(
        () -> {
          if (!Python.truth(value)) {
            return Collections.emptyIterator();
          }
          if (arguments.count() == 0 && arguments.named().containsKey("attribute")) {
            var a = arguments.bind("map", "attribute?", "default?");
            return mapped(value, path(a.get(0), a.get(1, None.NONE)));
          }
          if (arguments.count() == 0) {
            throw new TemplateException("map wants a filter's name, or attribute=…");
          }
          Object name = arguments.at(0);
          Arguments rest = arguments.skip(1);
          return mapped(value, item -> Filters.apply(Repr.text(name), item, rest));
        });
  }

  private static Object select(
      Object value, Arguments arguments, boolean ofAttribute, boolean keep) {
    return generator(
        () -> {
          if (!Python.truth(value)) {
            return Collections.emptyIterator();
          }
          if (ofAttribute && arguments.count() == 0) {
            throw new TemplateException("selectattr and rejectattr want an attribute's name");
          }
          UnaryOperator<Object> path =
              ofAttribute ? path(arguments.at(0), null) : UnaryOperator.identity();
          Arguments test = arguments.skip(ofAttribute ? 1 : 0);
          Predicate<Object> passes =
              test.count() == 0
                  ? Python::truth
                  : item -> Tests.holds(Repr.text(test.at(0)), item, test.skip(1));
          return select(Python.iterate(value), item -> passes.test(path.apply(item)) == keep);
        });
  }
}

package dev.imago.templates.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Python's dictionary: in order of insertion, with 1, 1.0 and True as one key.
final class Dict {
  /// An entry, with the key as it was first given.
  record Entry(Object key, Object value) {
    Tuple tuple() {
      return Tuple.of(key, value);
    }
  }

  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  static Dict ofNames(Map<String, Object> values) {
    var dict = new Dict();
    values.forEach(dict::put);
    return dict;
  }

  void put(Object key, Object value) {
    Object hash = hash(key);
    Entry old = entries.get(hash);
    entries.put(hash, new Entry(old == null ? key : old.key, value));
  }

  @Nullable Object get(Object key) {
    Entry entry = entries.get(hash(key));
    return entry == null ? null : entry.value;
  }

  Object get(Object key, Object otherwise) {
    Object value = get(key);
    return value == null ? otherwise : value;
  }

  boolean contains(Object key) {
    return entries.containsKey(hash(key));
  }

  int size() {
    return entries.size();
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  List<Object> keys() {
    return new ArrayList<>(entries.values().stream().map(Entry::key).toList());
  }

  static boolean isHashable(Object value) {
    return switch (value) {
      case Tuple t -> t.items().stream().allMatch(Dict::isHashable);
      case Range r -> true;
      case List<?> l -> false;
      case Dict d -> false;
      case GroupedItems g -> false;
      case DictView v -> v.part() == DictView.Part.VALUES;
      default -> true;
    };
  }

  /// Something whose `equals` is Python's `==`.
  static Object hash(Object key) {
    return switch (key) {
      case String s -> s;
      case Long n -> n;
      case Boolean b -> b ? 1L : 0L;
      case Double d when d == Math.rint(d) && Math.abs(d) < 0x1p62 -> (long) (double) d;
      case Markup m -> m.text();
      case Undefined u -> Undefined.class;
      case BigInteger n -> n;
      case Tuple t -> {
        Budget.current().enter();
        var hashes = new ArrayList<Object>();
        for (Object item : t.items()) {
          Budget.makeItems(1);
          hashes.add(hash(item));
        }
        Budget.current().leave();
        yield hashes;
      }
      default -> {
        if (!isHashable(key)) {
          throw new TemplateException(
              Python.kind(key) + " cannot be a key, since it can change; use a string or a tuple");
        }
        yield key;
      }
    };
  }
}

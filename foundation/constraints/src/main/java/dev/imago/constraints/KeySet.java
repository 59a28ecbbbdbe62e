package dev.imago.constraints;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A set of keys of objects. Compared by identity.
final class KeySet {
  static final KeySet ALL = new KeySet(null, TextDfa.ALL, 0);

  private final @Nullable String name;
  private final @Nullable TextDfa texts;
  private final int order;

  private KeySet(@Nullable String name, @Nullable TextDfa texts, int order) {
    this.name = name;
    this.texts = texts;
    this.order = order;
  }

  static KeySet of(TextDfa texts) {
    return new KeySet(null, texts, 0);
  }

  /// One key that a schema names.
  ///
  /// @param order of what is named: in this order properties are written
  static KeySet named(String name, int order) {
    return new KeySet(name, null, order);
  }

  /// Null where it is no set of one name.
  @Nullable String name() {
    return name;
  }

  int order() {
    return order;
  }

  TextDfa texts(Work work) {
    return texts != null ? texts : TextDfa.of(List.of(name == null ? "" : name), work);
  }

  boolean isEmpty() {
    return texts != null && texts.isEmpty();
  }

  boolean contains(String key) {
    return name != null ? name.equals(key) : texts != null && texts.contains(key);
  }
}

package dev.imago.templates.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `cycler()` makes: values that are taken in turn.
final class Cycler {
  private final List<Object> items;
  private int at;

  private Cycler(List<Object> items) {
    this.items = items;
  }

  static Cycler of(Arguments arguments) {
    if (arguments.count() == 0 || !arguments.named().isEmpty()) {
      throw new TemplateException("cycler() wants values to take in turn");
    }
    return new Cycler(arguments.positional());
  }

  @Nullable Object attribute(String name) {
    return switch (name) {
      case "current" -> items.get(at);
      case "items" -> new Tuple(items);
      case "pos" -> (long) at;
      case "next" ->
          (Function)
              a -> {
                Object item = items.get(at);
                at = (at + 1) % items.size();
                return item;
              };
      case "reset" ->
          (Function)
              a -> {
                at = 0;
                return None.NONE;
              };
      default -> null;
    };
  }
}

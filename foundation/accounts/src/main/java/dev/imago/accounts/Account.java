package dev.imago.accounts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who stands behind a key, and what it opens.
///
/// @param key its id, which is no secret: `key_…`
/// @param name what people call it
/// @param team empty for none; so with `person`
/// @param beginsWith the first characters of the key itself, by which its holder recognises it
/// @param routes the paths that it opens, `*` at an end for all that begin so
/// @param models the models that it opens, in the same form
/// @param expires milliseconds since 1970; null for never; so with `revoked`
/// @param successor the id of the key that takes its place; empty for none
public record Account(
    String key,
    String name,
    String organisation,
    String team,
    String person,
    Role role,
    String beginsWith,
    List<String> routes,
    List<String> models,
    long created,
    @Nullable Long expires,
    @Nullable Long revoked,
    String successor) {
  public Account {
    routes = List.copyOf(routes);
    models = List.copyOf(models);
  }

  /// Whether the key is good at a time.
  public boolean holdsAt(long millis) {
    return (expires == null || millis < expires) && (revoked == null || millis < revoked);
  }

  /// Whether it opens a path.
  public boolean opensRoute(String path) {
    return routes.stream().anyMatch(pattern -> matches(pattern, path));
  }

  /// Whether it opens a model.
  public boolean opensModel(String model) {
    return models.stream().anyMatch(pattern -> matches(pattern, model));
  }

  private static boolean matches(String pattern, String text) {
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(text);
  }
}

package dev.imago.http;

import java.util.List;
import java.util.Optional;

/// Who stands behind the key that a caller shows, and what it opens.
public interface KeyCheck {
  /// Keys that are given as such, named `key1`, `key2` … in their order, which open everything.
  static KeyCheck of(List<String> keys) {
    return new ApiKeys(keys);
  }

  /// Whether a caller must show one.
  boolean areAskedFor();

  /// The name of the key in an `Authorization` header; empty for one that is none, or none any
  /// more.
  Optional<String> named(String authorization);

  /// Refuses what a key does not open.
  ///
  /// @param name of the key
  /// @param path the pattern of the route's
  /// @throws ApiException with status 403
  default void checkOpens(String name, String method, String path) {}
}

package dev.imago.http;

import dev.imago.core.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/// The keys of which a caller must show one. Only their hashes are kept, and all of them are
/// compared whatever is shown, so that the time tells nothing of how near a guess was.
final class ApiKeys implements KeyCheck {
  private static final String SCHEME = "bearer ";

  private final List<byte[]> hashes;

  ApiKeys(List<String> keys) {
    hashes = keys.stream().map(ApiKeys::hash).toList();
  }

  @Override
  public boolean areAskedFor() {
    return !hashes.isEmpty();
  }

  /// The name of the key in an `Authorization` header: `key1` for the first.
  @Override
  public Optional<String> named(String authorization) {
    if (hashes.isEmpty() || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    byte[] shown = hash(authorization.substring(SCHEME.length()).strip());
    int found = 0;
    for (int i = 0; i < hashes.size(); i++) {
      if (MessageDigest.isEqual(hashes.get(i), shown)) {
        found = i + 1;
      }
    }
    return found == 0 ? Optional.empty() : Optional.of("key" + found);
  }

  private static byte[] hash(String key) {
    return Hashing.sha256().digest(key.getBytes(StandardCharsets.UTF_8));
  }
}

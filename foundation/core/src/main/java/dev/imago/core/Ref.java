package dev.imago.core;

import java.util.regex.Pattern;

/// An artifact's name: its kind and the SHA-256 of its payload, written `corpus/3fa9c1…`.
///
/// @param kind the artifact's kind in lower case, such as `corpus`
/// @param hash 64 lower-case hexadecimal digits
public record Ref(String kind, String hash) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public Ref {
    if (!HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException("hash = " + hash + " is not 64 hexadecimal digits");
    }
  }

  /// Reads what [#toString] wrote.
  public static Ref parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || !HASH.matcher(text.substring(slash + 1)).matches()) {
      throw new ConfigException(
          "«" + text + "» is no reference; one is kind/hash, as `imago list` prints them");
    }
    return new Ref(text.substring(0, slash), text.substring(slash + 1));
  }

  /// The form for people: the kind and the first 12 digits.
  public String brief() {
    return kind + "/" + hash.substring(0, 12);
  }

  @Override
  public String toString() {
    return kind + "/" + hash;
  }
}

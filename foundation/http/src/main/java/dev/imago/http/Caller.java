package dev.imago.http;

/// Who asks.
///
/// @param address of the client, or of the proxy before it
/// @param key the name of the key that was shown, such as `key1`; `-` where none was asked for
public record Caller(String address, String key) {
  static final String NO_KEY = "-";

  /// Whose requests these are, for what is shared out: the key's, or the address's where there is
  /// none.
  public String tenant() {
    return key.equals(NO_KEY) ? address : key;
  }
}

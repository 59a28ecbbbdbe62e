package dev.imago.tokenizers.decoders;

/// Takes out the blanks that splitting leaves before marks and within English contractions.
final class Cleanup {
  private static final String[][] CHANGES = {
    {" .", "."},
    {" ?", "?"},
    {" !", "!"},
    {" ,", ","},
    {" ' ", "'"},
    {" n't", "n't"},
    {" 'm", "'m"},
    {" do not", " don't"},
    {" 's", "'s"},
    {" 've", "'ve"},
    {" 're", "'re"}
  };

  private Cleanup() {}

  static String of(String token) {
    if (token.indexOf(' ') < 0) {
      return token;
    }
    for (String[] change : CHANGES) {
      token = token.replace(change[0], change[1]);
    }
    return token;
  }

  /// `token` with every `old` replaced, and an empty one between any two characters and at both
  /// ends, as Rust does.
  static String replace(String token, String old, String put) {
    if (!old.isEmpty()) {
      return token.replace(old, put);
    }
    var out = new StringBuilder(put);
    token.codePoints().forEach(c -> out.appendCodePoint(c).append(put));
    return out.toString();
  }
}

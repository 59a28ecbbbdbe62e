package dev.imago.data;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// The encoding of a text, and how far it can be relied on.
///
/// @param charset what decodes it
/// @param certainty how it was found
public record TextEncoding(Charset charset, Certainty certainty) {
  /// How an encoding was found.
  public enum Certainty {
    /// Valid UTF-8, a byte-order mark, or named by the user.
    CERTAIN,
    /// Told from the bytes, with nothing else near.
    LIKELY,
    /// Told from the bytes, but another fits nearly as well, or too few bytes speak for it.
    DOUBTFUL
  }

  static final TextEncoding UTF_8 = new TextEncoding(StandardCharsets.UTF_8, Certainty.CERTAIN);

  /// The name that people know: the JDK's names of the supersets that decode are not theirs.
  public String label() {
    return switch (charset.name()) {
      case "Big5-HKSCS" -> "Big5";
      case "windows-31j" -> "Shift_JIS";
      case "x-windows-949" -> "EUC-KR";
      default -> charset.name();
    };
  }
}

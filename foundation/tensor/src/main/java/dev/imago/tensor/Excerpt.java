package dev.imago.tensor;

/// What a message shows of a text from a file: as long as a line, without what would break one.
final class Excerpt {
  private static final int MOST = 60;

  private Excerpt() {}

  static String of(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "·");
    if (line.length() <= MOST) {
      return line;
    }
    int end = Character.isHighSurrogate(line.charAt(MOST - 1)) ? MOST - 1 : MOST;
    return line.substring(0, end) + "… (%,d characters)".formatted(text.length());
  }
}

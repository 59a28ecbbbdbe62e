package dev.imago.corpus;

import java.util.regex.Pattern;

/// Where the only document of a corpus is cut in two, so that its end can be held out: at the end
/// of a paragraph, else of a line, of a sentence, of a word.
///
/// @param head to train on
/// @param tail to hold out
record Tail(String head, String tail) {
  /// One document is too little to measure by a fiftieth of it.
  private static final double LEAST = 0.1;

  private static final Pattern PARAGRAPH = Pattern.compile("\n\\s*\n");
  private static final Pattern LINE = Pattern.compile("\n");
  private static final Pattern SENTENCE = Pattern.compile("[.!?…]['\"”’)]*\\s+|[。！？…][”’」』）]*");
  private static final Pattern WORD = Pattern.compile("\\s+");

  /// @param text of two characters at least
  /// @param share of it to hold out; a tenth where that is less
  static Tail of(String text, double share) {
    int aim = (int) Math.round(text.length() * (1 - Math.max(LEAST, share)));
    aim = Math.clamp(aim, 1, text.length() - 1);
    int at = aim;
    for (Pattern end : new Pattern[] {PARAGRAPH, LINE, SENTENCE, WORD}) {
      int found = lastEnd(end, text, aim);
      // Not so early that most would be held out.
      if (2 * found >= aim && found > 0) {
        at = found;
        break;
      }
    }
    at -= Character.isLowSurrogate(text.charAt(at)) && at > 1 ? 1 : 0;
    return new Tail(text.substring(0, at), text.substring(at));
  }

  private static int lastEnd(Pattern pattern, String text, int before) {
    var matcher = pattern.matcher(text).region(0, before);
    int end = -1;
    while (matcher.find()) {
      end = matcher.end();
    }
    return end;
  }
}

package dev.imago.suites;

import dev.imago.metrics.LowerCase;
import dev.imago.regex.PythonRegex;
import java.util.List;

/// Whether two texts are the same, once what does not count is taken out of both.
record ExactMatch(
    boolean ignoreCase,
    boolean ignorePunctuation,
    boolean ignoreNumbers,
    List<PythonRegex> ignored) {
  static final ExactMatch PLAIN = new ExactMatch(false, false, false, List.of());

  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  ExactMatch {
    ignored = List.copyOf(ignored);
  }

  static ExactMatch of(
      boolean ignoreCase, boolean ignorePunctuation, boolean ignoreNumbers, List<String> regexes) {
    return new ExactMatch(
        ignoreCase,
        ignorePunctuation,
        ignoreNumbers,
        regexes.stream().map(PythonRegex::compile).toList());
  }

  boolean same(String told, String wanted) {
    return plain(told).equals(plain(wanted));
  }

  private String plain(String text) {
    String to = text;
    for (PythonRegex regex : ignored) {
      to = regex.replace(to, "", 0);
    }
    if (ignoreCase) {
      // numpy, which does it there, keeps the length: of what İ becomes longer by, the end goes.
      int length = to.codePointCount(0, to.length());
      to = LowerCase.of(to);
      to = to.substring(0, to.offsetByCodePoints(0, length));
    }
    if (ignorePunctuation) {
      to = without(to, PUNCTUATION);
    }
    return ignoreNumbers ? without(to, "0123456789") : to;
  }

  private static String without(String text, String signs) {
    var to = new StringBuilder();
    text.codePoints().filter(c -> signs.indexOf(c) < 0).forEach(to::appendCodePoint);
    return to.toString();
  }
}

package dev.imago.regex;

/// How many groups without and with a name a pattern has, which must be known before it is read:
/// where there are named ones, the others do not capture.
record GroupCount(int plain, int named) {
  static GroupCount of(String pattern) {
    int[] counts = new int[2];
    int bracket = 0;
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i++;
        case '[' -> {
          bracket++;
          if (pattern.startsWith("^]", i + 1)) {
            i += 2;
          } else if (pattern.startsWith("]", i + 1)) {
            i++;
          }
        }
        case ']' -> bracket -= bracket > 0 ? 1 : 0;
        case '(' -> {
          if (bracket == 0) {
            boolean name =
                pattern.startsWith("?'", i + 1)
                    || pattern.startsWith("?<", i + 1)
                        && !pattern.startsWith("?<=", i + 1)
                        && !pattern.startsWith("?<!", i + 1);
            counts[name ? 1 : 0] += name || !pattern.startsWith("?", i + 1) ? 1 : 0;
          }
        }
        default -> {}
      }
    }
    return new GroupCount(counts[0], counts[1]);
  }
}

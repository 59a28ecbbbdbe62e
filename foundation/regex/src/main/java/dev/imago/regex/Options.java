package dev.imago.regex;

/// What `(?imx)` and `(?WDSP)` set.
///
/// @param ascii of `W`, `D`, `S`, `P`, those whose classes are held to ASCII
record Options(boolean ignoreCase, boolean dotAll, boolean extended, String ascii) {
  static final Options NONE = new Options(false, false, false, "");

  boolean asciiOnly(char kind) {
    return ascii.indexOf(kind) >= 0 || ascii.indexOf('P') >= 0;
  }
}

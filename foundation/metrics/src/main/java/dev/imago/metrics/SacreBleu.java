package dev.imago.metrics;

/// What the metrics of sacreBLEU have in common. Post 2018, W18-6319.
final class SacreBleu {
  /// The version whose values and signatures ours are.
  static final String VERSION = "2.6.0";

  private SacreBleu() {}

  /// `nrefs:1|case:mixed|…|version:2.6.0`.
  static String signature(int references, String choices) {
    return "nrefs:%s|%s|version:%s"
        .formatted(references == 0 ? "var" : Integer.toString(references), choices, VERSION);
  }

  static String yes(boolean is) {
    return is ? "yes" : "no";
  }
}

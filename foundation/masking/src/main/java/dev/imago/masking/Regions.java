package dev.imago.masking;

/// Provinces of China by the first two digits of their codes, GB/T 2260.
final class Regions {
  private static final String PROVINCES =
      " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64"
          + " 65 71 81 82 83 ";

  private Regions() {}

  static boolean province(String digits, int at) {
    char first = digits.charAt(at);
    char second = digits.charAt(at + 1);
    for (int i = 1; i < PROVINCES.length(); i += 3) {
      if (PROVINCES.charAt(i) == first && PROVINCES.charAt(i + 1) == second) {
        return true;
      }
    }
    return false;
  }
}

package dev.imago.masking;

import org.jspecify.annotations.Nullable;

/// Number plates of mainland China, GA 36-2018: a province, an authority's letter, five characters
/// of which at most two are letters; six of new energy, D to K without I at one end; the last one
/// of police, trailers, schools, embassies and border traffic. Neither I nor O is used.
final class PlateDetector implements Detector {
  private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
  private static final String LAST = "挂学警港澳领使";
  private static final String NEW_ENERGY = "ABCDEFGHJK";

  @Override
  public boolean anchors(char c) {
    return c >= 0x4e00 && PROVINCES.indexOf(c) >= 0;
  }

  @Override
  public boolean atWordStart() {
    return false;
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (!letter(text.at(at + 1))) {
      return null;
    }
    int i = at + 2;
    char mark = text.at(i);
    if (mark == '·' || mark == '•' || mark == '-' || mark == ' ' || mark == '.') {
      i++;
    }
    int from = i;
    int letters = 0;
    while (i - from < 6) {
      char c = text.at(i);
      if (!letter(c) && !Sight.digit(c)) {
        break;
      }
      letters += letter(c) ? 1 : 0;
      i++;
    }
    int length = i - from;
    boolean named = length == 4 && LAST.indexOf(text.at(i)) >= 0;
    if (named) {
      i++;
    }
    boolean right =
        named ? letters <= 2 : length == 5 ? letters <= 2 : length == 6 && newEnergy(text, from);
    return right && text.ends(i) && i - from <= 6 ? new Detection(PersonalKind.PLATE, at, i) : null;
  }

  /// A letter and five characters, the last four digits; or five digits and a letter.
  private static boolean newEnergy(Sight text, int from) {
    for (int i = 2; i < 5; i++) {
      if (!Sight.digit(text.at(from + i))) {
        return false;
      }
    }
    boolean small = NEW_ENERGY.indexOf(text.at(from)) >= 0 && Sight.digit(text.at(from + 5));
    boolean large =
        Sight.digit(text.at(from))
            && Sight.digit(text.at(from + 1))
            && NEW_ENERGY.indexOf(text.at(from + 5)) >= 0;
    return small || large;
  }

  private static boolean letter(char c) {
    return Sight.upper(c) && c != 'I' && c != 'O';
  }
}

package dev.imago.masking;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// International bank account numbers, ISO 13616: a country and its length from SWIFT's registry,
/// together or in groups of four, 1 modulo 97.
final class IbanDetector implements Detector {
  private static final String LENGTHS =
      "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27"
          + " DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21"
          + " HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27"
          + " MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24"
          + " RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22"
          + " VG24 XK20 YE30";

  private static final Map<String, Integer> BY_COUNTRY = byCountry();

  private static Map<String, Integer> byCountry() {
    var lengths = new HashMap<String, Integer>();
    for (String each : LENGTHS.split(" ")) {
      lengths.put(each.substring(0, 2), Integer.valueOf(each.substring(2)));
    }
    return Map.copyOf(lengths);
  }

  /// The countries, with their lengths.
  static Map<String, Integer> lengths() {
    return BY_COUNTRY;
  }

  @Override
  public boolean anchors(char c) {
    return Sight.upper(c);
  }

  @Override
  public boolean follows(char first, char second) {
    return Sight.upper(second);
  }

  @Override
  public @Nullable Detection match(Sight text, int at) {
    if (!Sight.upper(text.at(at + 1))
        || !Sight.digit(text.at(at + 2))
        || !Sight.digit(text.at(at + 3))) {
      return null;
    }
    Integer length = BY_COUNTRY.get(text.text(at, at + 2));
    if (length == null) {
      return null;
    }
    var iban = new StringBuilder(length).append(text.text(at, at + 4));
    boolean grouped = text.at(at + 4) == ' ';
    int i = at + 4;
    while (iban.length() < length) {
      if (grouped && iban.length() % 4 == 0 && text.at(i++) != ' ') {
        return null;
      }
      char c = text.at(i++);
      if (!Sight.digit(c) && !Sight.upper(c)) {
        return null;
      }
      iban.append(c);
    }
    return text.ends(i) && CheckDigits.mod97(iban) == 1
        ? new Detection(PersonalKind.IBAN, at, i)
        : null;
  }
}

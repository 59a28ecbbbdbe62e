package dev.imago.masking;

import java.util.ArrayList;
import java.util.List;

/// The detectors that rules ask for, in the order in which they are asked, and where each is.
final class Detectors {
  private static final int ASCII = 128;

  private final Detector[] detectors;
  private final boolean[] asked = new boolean[PersonalKind.values().length];

  /// Of each character, a bit for each detector that is asked there.
  private final short[] anchors = new short[1 << Character.SIZE];

  /// Of each pair of ASCII characters, a bit for each detector that the second one does not rule
  /// out.
  private final short[] pairs = new short[ASCII * ASCII];

  private final int atWordStarts;

  Detectors(MaskRules rules) {
    for (PersonalKind kind : PersonalKind.values()) {
      asked[kind.ordinal()] = rules.asks(kind);
    }
    detectors = chosen(rules).toArray(Detector[]::new);
    int words = 0;
    for (int d = 0; d < detectors.length; d++) {
      words |= detectors[d].atWordStart() ? 1 << d : 0;
      for (int c = 0; c < anchors.length; c++) {
        anchors[c] |= (short) (detectors[d].anchors((char) c) ? 1 << d : 0);
      }
    }
    atWordStarts = words;
    for (int p = 0; p < pairs.length; p++) {
      for (int d = 0; d < detectors.length; d++) {
        boolean follows = detectors[d].follows((char) (p / ASCII), (char) (p % ASCII));
        pairs[p] |= (short) (follows ? 1 << d : 0);
      }
    }
  }

  /// What checks more comes before what checks less.
  private static List<Detector> chosen(MaskRules rules) {
    var chosen = new ArrayList<Detector>();
    if (rules.asks(PersonalKind.EMAIL)) {
      chosen.add(new EmailDetector());
    }
    if (rules.asks(PersonalKind.SECRET)) {
      chosen.add(new TokenDetector());
      chosen.add(new PrivateKeyDetector());
      chosen.add(new AssignmentDetector());
    }
    if (rules.asks(PersonalKind.CREDIT_CODE)) {
      chosen.add(new CreditCodeDetector());
    }
    if (rules.asks(PersonalKind.IBAN)) {
      chosen.add(new IbanDetector());
    }
    if (rules.asks(PersonalKind.PASSPORT)) {
      chosen.add(new PassportDetector());
    }
    if (rules.asks(PersonalKind.PLATE)) {
      chosen.add(new PlateDetector());
    }
    if (rules.asks(PersonalKind.IP_ADDRESS) || rules.asks(PersonalKind.PRIVATE_IP)) {
      chosen.add(new IpDetector());
    }
    if (rules.asks(PersonalKind.CARD)
        || rules.asks(PersonalKind.BANK_CARD)
        || rules.asks(PersonalKind.RESIDENT_ID)) {
      chosen.add(new NumberDetector());
    }
    if (rules.asks(PersonalKind.PHONE)) {
      chosen.add(new PhoneDetector(rules.regions()));
    }
    return chosen;
  }

  /// The detectors that are asked at a character, as bits.
  int at(char c) {
    return anchors[c];
  }

  /// Those of them that the next character does not rule out.
  int with(int asked, char first, char second) {
    return (first | second) < ASCII ? asked & pairs[first * ASCII + second] : asked;
  }

  int atWordStarts() {
    return atWordStarts;
  }

  Detector get(int bit) {
    return detectors[bit];
  }

  boolean asks(PersonalKind kind) {
    return asked[kind.ordinal()];
  }
}

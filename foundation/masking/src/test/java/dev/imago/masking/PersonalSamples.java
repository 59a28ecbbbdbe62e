package dev.imago.masking;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Numbers drawn from a seed: right ones, and ones with a digit changed that are not.
///
/// Written from the standards, apart from the detectors: the sums are computed by their
/// definitions.
final class PersonalSamples {
  private static final String CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  private static final String PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  private final SplittableRandom random;

  PersonalSamples(long seed) {
    random = new SplittableRandom(seed);
  }

  String valid(PersonalKind kind) {
    return switch (kind) {
      case CARD -> luhn(of("4", "51", "55", "2221", "2720", "6011", "3530", "2201"), 16);
      case BANK_CARD ->
          luhn(of("62", "622848", "9558", "81"), of("16", "19").equals("16") ? 16 : 19);
      case RESIDENT_ID -> resident();
      case CREDIT_CODE -> credit();
      case IBAN -> iban();
      case PHONE -> phone();
      case PLATE -> plate();
      case IP_ADDRESS ->
          "%d.%d.%d.%d".formatted(60 + below(30), 40 + below(200), below(256), below(256));
      default -> throw new IllegalArgumentException(kind.spelled());
    };
  }

  /// One with a digit changed, so that it is none.
  String corrupt(PersonalKind kind) {
    while (true) {
      String right = valid(kind);
      if (kind == PersonalKind.IP_ADDRESS) {
        return right.substring(0, right.lastIndexOf('.') + 1) + (256 + below(700));
      }
      if (kind == PersonalKind.PLATE) {
        return right.substring(0, 2) + "IO".charAt(below(2)) + right.substring(3);
      }
      int place = below(right.length());
      char old = right.charAt(place);
      if (old < '0' || old > '9') {
        continue;
      }
      char other = (char) ('0' + (old - '0' + 1 + below(9)) % 10);
      String changed = right.substring(0, place) + other + right.substring(place + 1);
      if (kind == PersonalKind.PHONE && validPhone(changed)) {
        continue;
      }
      return changed;
    }
  }

  private int below(int bound) {
    return random.nextInt(bound);
  }

  private String of(String... choices) {
    return choices[below(choices.length)];
  }

  private String digits(int count) {
    var digits = new StringBuilder();
    for (int i = 0; i < count; i++) {
      digits.append((char) ('0' + below(10)));
    }
    return digits.toString();
  }

  private String luhn(String prefix, int length) {
    String body = prefix + digits(length - 1 - prefix.length());
    for (char check = '0'; check <= '9'; check++) {
      int sum = 0;
      String all = body + check;
      for (int i = 0; i < length; i++) {
        int d = all.charAt(length - 1 - i) - '0';
        sum += i % 2 == 0 ? d : d * 2 / 10 + d * 2 % 10;
      }
      if (sum % 10 == 0) {
        return all;
      }
    }
    throw new IllegalStateException();
  }

  private String resident() {
    LocalDate birth = LocalDate.ofEpochDay(-25_000 + below(44_000));
    String body =
        of("110105", "310104", "440305", "620102", "510107", "330106", "810000")
            + "%04d%02d%02d"
                .formatted(birth.getYear(), birth.getMonthValue(), birth.getDayOfMonth())
            + digits(3);
    // ISO 7064: the weights are powers of two modulo 11.
    int sum = 0;
    int weight = 2;
    for (int i = 16; i >= 0; i--) {
      sum += (body.charAt(i) - '0') * weight;
      weight = weight * 2 % 11;
    }
    int check = (12 - sum % 11) % 11;
    return body + (check == 10 ? (below(2) == 0 ? "X" : "x") : check);
  }

  private String credit() {
    var body = new StringBuilder(of("91", "92", "12", "51", "N1", "A1"));
    body.append(of("110105", "310104", "440305", "100000", "620102"));
    while (body.length() < 17) {
      body.append(CREDIT.charAt(below(31)));
    }
    int sum = 0;
    int weight = 1;
    for (int i = 0; i < 17; i++) {
      sum += CREDIT.indexOf(body.charAt(i)) * weight;
      weight = weight * 3 % 31;
    }
    return body.append(CREDIT.charAt((31 - sum % 31) % 31)).toString();
  }

  private String iban() {
    var countries = new ArrayList<>(new TreeSet<>(IbanDetector.lengths().keySet()));
    String country = countries.get(below(countries.size()));
    String account = digits(IbanDetector.lengths().get(country) - 4);
    var number = new StringBuilder();
    for (char c : (account + country + "00").toCharArray()) {
      number.append(Character.digit(c, 36));
    }
    int check =
        98
            - new java.math.BigInteger(number.toString())
                .mod(java.math.BigInteger.valueOf(97))
                .intValue();
    String iban = country + "%02d".formatted(check) + account;
    return below(2) == 0 ? iban : iban.replaceAll("(.{4})(?!$)", "$1 ");
  }

  private static final List<String> REGIONS =
      List.of("CN", "US", "GB", "DE", "FR", "JP", "BR", "IN", "ES", "AU");

  private String phone() {
    PhoneNumberUtil util = PhoneNumberUtil.getInstance();
    while (true) {
      String region = REGIONS.get(below(REGIONS.size()));
      PhoneNumber example =
          util.getExampleNumberForType(
              region,
              util.getSupportedTypesForRegion(region)
                      .contains(PhoneNumberUtil.PhoneNumberType.MOBILE)
                  ? PhoneNumberUtil.PhoneNumberType.MOBILE
                  : PhoneNumberUtil.PhoneNumberType.FIXED_LINE_OR_MOBILE);
      String national = Long.toString(example.getNationalNumber());
      String number =
          "+" + example.getCountryCode() + national.substring(0, national.length() - 5) + digits(5);
      if (validPhone(number)) {
        try {
          PhoneNumber parsed = util.parse(number, null);
          boolean known =
              List.of("CN", "US", "GB").contains(region)
                  && util.isValidNumberForRegion(parsed, region);
          return switch (below(3)) {
            case 0 -> number;
            case 1 -> util.format(parsed, PhoneNumberFormat.INTERNATIONAL);
            default -> known ? util.format(parsed, PhoneNumberFormat.NATIONAL) : number;
          };
        } catch (NumberParseException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static boolean validPhone(String number) {
    PhoneNumberUtil util = PhoneNumberUtil.getInstance();
    for (String region : MaskRules.REGIONS) {
      try {
        if (util.isValidNumber(util.parse(number, region))) {
          return true;
        }
      } catch (NumberParseException e) {
        continue;
      }
    }
    return false;
  }

  private String plate() {
    String begin = of("京", "沪", "粤", "川", "藏") + PLATE.charAt(below(6));
    return begin
        + switch (below(4)) {
          case 0 -> digits(5);
          case 1 -> of("D", "F") + digits(5);
          case 2 -> PLATE.charAt(below(24)) + digits(3) + PLATE.charAt(below(24));
          default -> digits(4) + of("学", "警", "挂");
        };
  }
}

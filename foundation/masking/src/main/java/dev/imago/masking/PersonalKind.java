package dev.imago.masking;

import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What is looked for.
public enum PersonalKind {
  /// A mailbox (RFC 5321, RFC 6531) that is nobody's example.
  EMAIL("email", "EMAIL", "an e-mail address", "e-mail addresses"),
  /// An IP address of the public internet.
  IP_ADDRESS("ip", "IP_ADDRESS", "an IP address", "IP addresses"),
  /// An IP address of a private network (RFC 1918, 4193, 6598; link-local).
  PRIVATE_IP("private-ip", "PRIVATE_IP", "a private IP address", "private IP addresses"),
  /// A telephone number that its country's plan has.
  PHONE("phone", "PHONE", "a telephone number", "telephone numbers"),
  /// A payment card by its network's range and Luhn's digit.
  CARD("card", "CARD", "a card number", "card numbers"),
  /// A card of UnionPay, by range and Luhn's digit.
  BANK_CARD("bank-card", "BANK_CARD", "a bank card number", "bank card numbers"),
  /// An account, by ISO 13616.
  IBAN("iban", "IBAN", "an IBAN", "IBANs"),
  /// A Chinese resident identity number (GB 11643).
  RESIDENT_ID(
      "resident-id", "RESIDENT_ID", "a resident identity number", "resident identity numbers"),
  /// A Chinese unified social credit code (GB 32100).
  CREDIT_CODE(
      "credit-code", "CREDIT_CODE", "a unified social credit code", "unified social credit codes"),
  /// A number plate of mainland China (GA 36), of new energy too.
  PLATE("plate", "PLATE", "a number plate", "number plates"),
  /// A passport's number beside the word, or a machine-readable zone (ICAO 9303).
  PASSPORT("passport", "PASSPORT", "a passport number", "passport numbers"),
  /// A key, a token, a password in an address or an assignment.
  SECRET("secret", "SECRET", "a secret", "secrets"),
  /// A person's name, where a model tells them.
  NAME("name", "NAME", "a name", "names");

  private final String spelled;
  private final String placeholder;
  private final String described;
  private final String counted;

  PersonalKind(String spelled, String placeholder, String described, String counted) {
    this.spelled = spelled;
    this.placeholder = placeholder;
    this.described = described;
    this.counted = counted;
  }

  /// As settings name it: `bank-card`.
  public String spelled() {
    return spelled;
  }

  /// What stands in its place: `<BANK_CARD>`.
  public String placeholder() {
    return "<" + placeholder + ">";
  }

  String numbered(int number) {
    return "<" + placeholder + "_" + number + ">";
  }

  /// With its article, for messages.
  public String described() {
    return described;
  }

  /// Of several, for tables.
  public String counted() {
    return counted;
  }

  /// So many of them: `1 card number`, `2,500 card numbers`.
  public String counted(long number) {
    return number == 1
        ? "1 " + described.substring(described.indexOf(' ') + 1)
        : String.format(java.util.Locale.ROOT, "%,d %s", number, counted);
  }

  /// @throws ConfigException for another name
  public static PersonalKind of(String spelled) {
    for (PersonalKind kind : values()) {
      if (kind.spelled.equals(spelled)) {
        return kind;
      }
    }
    List<String> known = Arrays.stream(values()).map(PersonalKind::spelled).toList();
    throw new ConfigException(
        "«%s» is no kind of what is masked; there are %s%s"
            .formatted(
                spelled,
                String.join(", ", known),
                Nearest.to(spelled, known)
                    .map(near -> " (did you mean " + near + "?)")
                    .orElse("")));
  }

  /// All that need no model.
  public static Set<PersonalKind> detected() {
    return EnumSet.complementOf(EnumSet.of(NAME));
  }
}

package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.util.Locale;

/// Whose requests a limit counts together.
public enum LimitScope {
  ORGANISATION,
  TEAM,
  USER,
  KEY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static LimitScope parse(String text) {
    for (LimitScope scope : values()) {
      if (scope.word().equals(text)) {
        return scope;
      }
    }
    throw new ConfigException("%s is none of organisation, team, user, key".formatted(text));
  }

  /// What of an account it goes by; empty where the account has none.
  String subject(Account account) {
    return switch (this) {
      case ORGANISATION -> account.organisation();
      case TEAM -> account.team();
      case USER -> account.person();
      case KEY -> account.key();
    };
  }
}

package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.util.Locale;

/// Whose requests a limit counts together.
public enum Scope {
  ORGANISATION,
  TEAM,
  USER,
  KEY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Scope parse(String text) {
    for (Scope scope : values()) {
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

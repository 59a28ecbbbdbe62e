package dev.imago.accounts;

import dev.imago.state.StateSchema;
import java.util.List;

/// The tables of accounts.
final class AccountsSchema {
  private AccountsSchema() {}

  static StateSchema schema() {
    return new StateSchema(
        "accounts",
        List.of(
            migration(1, "accounts"),
            migration(2, "people"),
            migration(3, "webhooks"),
            migration(4, "seen"),
            migration(5, "days")));
  }

  private static StateSchema.Migration migration(int version, String title) {
    return StateSchema.Migration.read(
        version,
        title,
        AccountsSchema.class.getResourceAsStream("V%d__%s.sql".formatted(version, title)));
  }
}

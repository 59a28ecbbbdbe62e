package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a person or a key may do, each what those before it may.
public enum Role {
  /// Looks at what is offered.
  VIEWER,
  /// Asks models.
  MEMBER,
  /// Runs the service: sees its measures.
  OPERATOR,
  /// Makes keys and sets budgets.
  OWNER;

  /// Whether this role may do what another may.
  public boolean covers(Role other) {
    return compareTo(other) >= 0;
  }

  /// @throws ConfigException for another word
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.word().equals(text.toLowerCase(Locale.ROOT))) {
        return role;
      }
    }
    throw new ConfigException(
        "role = %s is none of %s"
            .formatted(
                text, Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "))));
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

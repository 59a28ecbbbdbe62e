package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What a person or a key may do. Everybody looks at what is offered; beyond that there are two
/// ladders, of those who label and of those who ask, and owners stand on top of both: who labels
/// spends no tokens, and who asks models decides no label.
public enum Role {
  /// Looks at what is offered.
  VIEWER(Set.of()),
  /// Labels what the queue gives out, and sees no other's label.
  ANNOTATOR(Set.of(VIEWER)),
  /// Sees the labels of all and decides between them; labels, too.
  REVIEWER(Set.of(VIEWER, ANNOTATOR)),
  /// Asks models.
  MEMBER(Set.of(VIEWER)),
  /// Runs the service: sees its measures, loads adapters.
  OPERATOR(Set.of(VIEWER, MEMBER)),
  /// Makes keys and sets budgets.
  OWNER(Set.of(VIEWER, ANNOTATOR, REVIEWER, MEMBER, OPERATOR));

  private final Set<Role> below;

  Role(Set<Role> below) {
    this.below = below;
  }

  /// Whether this role may do what another may. Of an annotator and a member neither may what the
  /// other does.
  public boolean covers(Role other) {
    return this == other || below.contains(other);
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

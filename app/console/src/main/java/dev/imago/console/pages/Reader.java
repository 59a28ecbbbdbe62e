package dev.imago.console.pages;

import dev.imago.accounts.Role;
import org.jspecify.annotations.Nullable;

/// Whoever reads a page, as far as the page must know.
///
/// @param name empty for nobody, and for this machine's user, who needs none
/// @param organisation of the person; empty where there is none
/// @param role null for who has not signed in
/// @param accounts whether people sign in here at all
public record Reader(String name, String organisation, @Nullable Role role, boolean accounts) {
  /// This machine's user, on loopback.
  public static final Reader LOCAL = new Reader("", "", Role.OWNER, false);

  /// Somebody who has not signed in.
  public static final Reader NOBODY = new Reader("", "", null, true);

  /// Whether this reader may do what a role may.
  public boolean may(Role needed) {
    return role != null && role.covers(needed);
  }

  /// Whether it is a person who has signed in, with pages of their own.
  public boolean isPerson() {
    return accounts && !name.isEmpty();
  }
}

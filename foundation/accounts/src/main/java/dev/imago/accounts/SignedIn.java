package dev.imago.accounts;

/// Someone who has signed in, or shows a key.
///
/// @param name of the person; of a key that is no person's, what people call the key
/// @param role what they may do
public record SignedIn(String organisation, String name, Role role) {}

package dev.imago.accounts;

/// What an organisation is told at its webhook: once for each budget and stretch of time, and again
/// under the same id until it is taken.
///
/// @param id unlike any other's, by which who is told knows it again
/// @param address of the webhook
/// @param content JSON, in the form of OpenAI's webhook events
/// @param tries of sending, this one among them
public record Notice(
    String id, String organisation, String address, String content, int tries, long due) {}

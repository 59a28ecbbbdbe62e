package dev.imago.text;

/// One turn of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant`
/// @param content what is said
public record ChatMessage(String role, String content) {}

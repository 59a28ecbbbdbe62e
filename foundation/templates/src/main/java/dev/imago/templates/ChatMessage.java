package dev.imago.templates;

/// One turn of a conversation.
///
/// @param role who speaks: `system`, `user`, `assistant`
/// @param content what is said
public record ChatMessage(String role, String content) {}

package dev.imago.evaluate;

/// What a model wrote, and what it was to be written from.
///
/// @param id of the row
/// @param text as the model wrote it
/// @param source what it is held against; empty where there is none
public record CheckedAnswer(String id, String text, String source) {}

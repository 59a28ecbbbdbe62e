package dev.imago.languages;

/// A stretch of a text in one language.
///
/// @param start the first UTF-16 unit
/// @param end one behind the last
public record LanguageSegment(int start, int end, LanguageGuess guess) {}

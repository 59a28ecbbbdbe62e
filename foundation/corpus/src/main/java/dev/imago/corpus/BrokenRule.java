package dev.imago.corpus;

/// A rule that a document breaks, and what it measured there.
public record BrokenRule(String rule, double measured) {}

package dev.imago.corpus;

import java.io.Serializable;

/// A rule that a document breaks, and what it measured there.
public record BrokenRule(String rule, double measured) implements Serializable {}

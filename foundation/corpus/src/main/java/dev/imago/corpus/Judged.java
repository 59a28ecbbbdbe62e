package dev.imago.corpus;

/// A judged document's place among all: what a set of documents is decided by.
///
/// @param place its number in the corpus, from whatever it is counted: of two that are the same,
///   the one with the lower number stays
/// @param id the document's
public record Judged(long place, String id, Judgement judgement) {}

package dev.imago.generate;

/// The engine's state at a moment.
///
/// @param running requests in the batch
/// @param waiting requests in the queue
/// @param prefilledTokens of prompts, since the engine began
/// @param generatedTokens of answers, since the engine began
/// @param cacheBytes held by the keys and values of running requests
public record Stats(
    int running, int waiting, long prefilledTokens, long generatedTokens, long cacheBytes) {}

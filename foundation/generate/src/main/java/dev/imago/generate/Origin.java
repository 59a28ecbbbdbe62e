package dev.imago.generate;

/// Whose a request is, for what is shared out among several.
///
/// @param tenant among whom the engine is fair; the empty name is one too
/// @param priority what has the lower number is admitted first, whoever asks; as vLLM has it
/// @param cacheScope requests of one scope share the keys and values of their prompts' beginnings,
///   those of different scopes do not
public record Origin(String tenant, int priority, String cacheScope) {
  /// Of nobody in particular.
  public static final Origin ANYONE = new Origin("", 0, "");
}

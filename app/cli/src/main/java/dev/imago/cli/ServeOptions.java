package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.generate.CacheBudget;
import dev.imago.serve.ServerConfig;
import org.jspecify.annotations.Nullable;

/// How a recipe's model is served.
///
/// @param weights the output that is served, such as `q8`
/// @param host the address to listen on
/// @param port 1 … 65535, or 0 for any free one
/// @param sequences answers at a time
/// @param name the model's name in the API; empty for what its own files say, or the file's name
/// @param about what the model can do, on the chat page; empty for what its own files say
/// @param hint what the chat page suggests to ask; empty for what its own files say
/// @param maxTokens the longest answer where a request names none
/// @param temperature of sampling where a request names none; 0 is greedy, as evaluation is. Above
///   it the same question gets different answers, without which nobody can prefer one
/// @param topP the share of probability that is drawn from where a request names none
/// @param repetitionPenalty where a request names none; 1 for none
/// @param conversation whether the page sends earlier turns along
/// @param kvCache the type of keys and values: f32, f16 or q8_0
/// @param kvMemory the most that those of all answers may take, such as `2GB`; empty for half of
///   the machine's memory. An answer that there is no room for yet waits
/// @param context the longest prompt and answer together; 0 for what the model reads and fits
/// @param prefixCache who shares what prompts begin with: `shared` by all callers, `apart` by each
///   for itself, `off`
/// @param draft a smaller model that guesses, `lookup`, or empty for no guesses
/// @param draftTokens the most that is guessed at a time
record ServeOptions(
    String weights,
    String host,
    int port,
    int sequences,
    String name,
    String about,
    String hint,
    int maxTokens,
    float temperature,
    float topP,
    float repetitionPenalty,
    boolean conversation,
    String kvCache,
    String kvMemory,
    int context,
    String prefixCache,
    String draft,
    int draftTokens) {
  static final ServeOptions DEFAULTS =
      new ServeOptions(
          "q8",
          "127.0.0.1",
          8080,
          8,
          "",
          "",
          "",
          256,
          0.8f,
          0.95f,
          1.1f,
          false,
          "f32",
          "",
          0,
          "shared",
          "",
          8);

  ServeOptions {
    Bounds.whole("port", port, 0, 65_535);
    Bounds.whole("sequences", sequences, 1, 128);
    Bounds.whole("maxTokens", maxTokens, 1, 1 << 24);
    Bounds.number("temperature", temperature, 0, 2);
    Bounds.number("topP", topP, 0.01f, 1);
    Bounds.number("repetitionPenalty", repetitionPenalty, 0.01f, 10);
    Bounds.whole("context", context, 0, 1 << 24, "0 takes what the model reads and fits");
    Bounds.whole("draftTokens", draftTokens, 1, 64);
    if (!prefixCache.matches("shared|apart|off")) {
      throw new ConfigException(
          "prefixCache = %s is none of shared, apart, off".formatted(prefixCache));
    }
    var _ = CacheOptions.budget(kvCache, kvMemory);
    notEmpty("host", host, "127.0.0.1 is for this machine alone, 0.0.0.0 for all");
    notEmpty("weights", weights, "it is the output that is served, such as q8");
  }

  private static void notEmpty(String name, String value, String mend) {
    if (value.isBlank()) {
      throw new ConfigException("%s is empty; %s".formatted(name, mend));
    }
  }

  ServeOptions withCache(CacheOptions changed) {
    return new ServeOptions(
        weights,
        host,
        port,
        sequences,
        name,
        about,
        hint,
        maxTokens,
        temperature,
        topP,
        repetitionPenalty,
        conversation,
        changed.type == null ? kvCache : changed.type,
        changed.memory == null ? kvMemory : changed.memory,
        changed.context == null ? context : changed.context,
        prefixCache,
        draft,
        draftTokens);
  }

  ServeOptions withReuse(@Nullable String prefixes, DraftOptions changed) {
    return new ServeOptions(
        weights,
        host,
        port,
        sequences,
        name,
        about,
        hint,
        maxTokens,
        temperature,
        topP,
        repetitionPenalty,
        conversation,
        kvCache,
        kvMemory,
        context,
        prefixes == null ? prefixCache : prefixes,
        changed.draft == null ? draft : changed.draft,
        changed.tokens == null ? draftTokens : changed.tokens);
  }

  CacheBudget cache() {
    CacheBudget budget = CacheOptions.budget(kvCache, kvMemory);
    return prefixCache.equals("off") ? budget : budget.withPrefixes();
  }

  ServerConfig.Reuse reuse() {
    return new ServerConfig.Reuse(
        prefixCache.equals("apart"), DraftOptions.drafting(draft, draftTokens));
  }

  ServeOptions withAddress(String changedHost, int changedPort) {
    return new ServeOptions(
        weights,
        changedHost,
        changedPort,
        sequences,
        name,
        about,
        hint,
        maxTokens,
        temperature,
        topP,
        repetitionPenalty,
        conversation,
        kvCache,
        kvMemory,
        context,
        prefixCache,
        draft,
        draftTokens);
  }
}

package dev.imago.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.Random;
import java.util.random.RandomGenerator;

/// What a request gets that names nothing.
///
/// @param parameters LangChain4j's; what they leave open is the server's default: temperature 0.8,
///   top-p 0.95, an answer as long as fits
/// @param random draws seeds and the ids of calls, of several threads where several ask
public record LangChainDefaults(ChatRequestParameters parameters, RandomGenerator random) {
  /// The server's own.
  public static LangChainDefaults usual() {
    return new LangChainDefaults(ChatRequestParameters.builder().build(), new Random());
  }
}

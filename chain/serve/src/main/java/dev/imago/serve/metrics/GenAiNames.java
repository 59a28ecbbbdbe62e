package dev.imago.serve.metrics;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.serve.metering.AnswerFacts;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// The names of OpenTelemetry's semantic conventions for generative AI, and the bounds of the
/// histograms that they advise: github.com/open-telemetry/semantic-conventions, `docs/gen-ai`, as
/// of version 1.41.
public final class GenAiNames {
  public static final String OPERATION = "gen_ai.operation.name";
  public static final String PROVIDER = "gen_ai.provider.name";
  public static final String REQUEST_MODEL = "gen_ai.request.model";
  public static final String RESPONSE_MODEL = "gen_ai.response.model";
  public static final String TOKEN_TYPE = "gen_ai.token.type";
  public static final String ERROR = "error.type";

  /// From the beginning of a model's work to its end, in seconds.
  public static final String DURATION = "gen_ai.server.request.duration";

  /// From a request's arrival to its first token, in seconds.
  public static final String FIRST_TOKEN = "gen_ai.server.time_to_first_token";

  /// Of each token after the first, in seconds.
  public static final String PER_TOKEN = "gen_ai.server.time_per_output_token";

  public static final String TOKENS = "gen_ai.client.token.usage";

  public static final double[] DURATION_SECONDS = {
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
  };
  public static final double[] FIRST_TOKEN_SECONDS = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0
  };
  public static final double[] PER_TOKEN_SECONDS = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5
  };
  public static final double[] TOKEN_BOUNDS = {
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
  };

  private GenAiNames() {}

  /// Who makes the answers: none of the providers that the conventions name, or a server that
  /// speaks OpenAI's API, which they call by that.
  public static String provider(boolean elsewhere) {
    return elsewhere ? "openai" : "imago";
  }

  /// What is done at a path. Of what the conventions have no name for, the last part of the path is
  /// one.
  public static String operation(String path) {
    return switch (path) {
      case "/v1/chat/completions", "/v1/responses", "/v1/messages", "/api/chat" -> "chat";
      case "/v1/completions" -> "text_completion";
      default -> path.substring(path.lastIndexOf('/') + 1);
    };
  }

  /// Why a request came to no good end; empty where it did.
  public static Optional<String> error(RequestOutcome outcome) {
    return outcome == RequestOutcome.ANSWERED
        ? Optional.empty()
        : Optional.of(outcome.name().toLowerCase(Locale.ROOT));
  }

  /// Seconds of each token after the first; empty where there is none.
  public static OptionalDouble perToken(AnswerFacts facts, TokenUse tokens) {
    return facts.answers() != 1 || tokens.output() < 2 || facts.timing().decodeNanos() <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(facts.timing().decodeNanos() / 1e9 / (tokens.output() - 1));
  }
}

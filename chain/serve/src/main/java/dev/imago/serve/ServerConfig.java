package dev.imago.serve;

import dev.imago.accounts.Metering;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.data.AnswerKeeping;
import dev.imago.generate.CacheBudget;
import dev.imago.generate.Drafting;
import dev.imago.http.Gate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a model is served.
///
/// @param ratings the log that ratings are appended to
/// @param accessLog where each request's line goes: a file, `-` for standard error, empty for
///   nowhere
/// @param metering the accounts of callers; it stays the caller's to close, after the server
/// @param safeguards what stands between callers and models, until [Server#replace] has others
/// @param otlp where traces and metrics are sent; nowhere where there is none
/// @param keeping which answers are kept for people to look at, beside the ratings
public record ServerConfig(
    Listening listening,
    Model model,
    Path ratings,
    Limits limits,
    Times times,
    String accessLog,
    Optional<Metering> metering,
    Safeguards safeguards,
    Optional<OtlpSettings> otlp,
    AnswerKeeping keeping) {
  /// Without accounts and safeguards.
  public ServerConfig(
      Listening listening,
      Model model,
      Path ratings,
      Limits limits,
      Times times,
      String accessLog) {
    this(listening, model, ratings, limits, times, accessLog, Optional.empty());
  }

  /// Without safeguards.
  public ServerConfig(
      Listening listening,
      Model model,
      Path ratings,
      Limits limits,
      Times times,
      String accessLog,
      Optional<Metering> metering) {
    this(
        listening,
        model,
        ratings,
        limits,
        times,
        accessLog,
        metering,
        Safeguards.NONE,
        Optional.empty(),
        AnswerKeeping.NONE);
  }

  /// The same, whose callers have accounts.
  public ServerConfig withMetering(Optional<Metering> changed) {
    return new ServerConfig(
        listening, model, ratings, limits, times, accessLog, changed, safeguards, otlp, keeping);
  }

  /// The same with other safeguards.
  public ServerConfig withSafeguards(Safeguards changed) {
    return new ServerConfig(
        listening, model, ratings, limits, times, accessLog, metering, changed, otlp, keeping);
  }

  /// The same, whose traces and metrics are sent.
  public ServerConfig withOtlp(Optional<OtlpSettings> changed) {
    return new ServerConfig(
        listening,
        model,
        ratings,
        limits,
        times,
        accessLog,
        metering,
        safeguards,
        changed,
        keeping);
  }

  /// The same, which keeps answers.
  public ServerConfig withKeeping(AnswerKeeping changed) {
    return new ServerConfig(
        listening, model, ratings, limits, times, accessLog, metering, safeguards, otlp, changed);
  }

  /// The usual settings: port 8080 on loopback, four answers at once, sixty-four waiting.
  ///
  /// @param name that clients call the model by
  /// @param reference what ratings are bound to
  public static ServerConfig of(String name, String reference, Path ratings) {
    return new ServerConfig(
        Listening.LOOPBACK,
        new Model(name, reference, Defaults.USUAL, Page.PLAIN),
        ratings,
        Limits.USUAL,
        Times.USUAL,
        "");
  }

  /// Where it listens, and whom it lets in.
  ///
  /// @param host the address to listen on; the loopback one keeps other machines out
  /// @param port 0 … 65,535; 0 takes any free one
  /// @param apiKeys of which callers must show one; none where anyone may call
  /// @param withoutKey whether other machines are let in although no key is asked of them
  /// @param tls the files for HTTPS; HTTP where there are none
  /// @param accounts whether callers have accounts, whose keys are asked for
  public record Listening(
      String host,
      int port,
      List<String> apiKeys,
      boolean withoutKey,
      Optional<TlsFiles> tls,
      boolean accounts) {
    public static final Listening LOOPBACK = on("127.0.0.1", 8080);

    /// Without accounts.
    public Listening(
        String host, int port, List<String> apiKeys, boolean withoutKey, Optional<TlsFiles> tls) {
      this(host, port, apiKeys, withoutKey, tls, false);
    }

    public Listening {
      apiKeys = List.copyOf(apiKeys);
      Bounds.whole("port", port, 0, 65_535);
      if (host.isBlank()) {
        throw new ConfigException(
            "host is empty; 127.0.0.1 is for this machine alone, 0.0.0.0 for all");
      }
      if (apiKeys.stream().anyMatch(ServerConfig::isNoKey)) {
        throw new ConfigException(
            "an API key is empty, or has blanks or characters that are not ASCII: no client can"
                + " send it; take another");
      }
      if (!Gate.isLoopback(host) && apiKeys.isEmpty() && !withoutKey && !accounts) {
        throw new ConfigException(
            "host = %s lets other machines in, and no key is asked of them: set one with --api-key KEY or IMAGO_API_KEY, or let anyone in with --no-api-key"
                .formatted(host));
      }
    }

    /// Whether only this machine can reach it.
    public boolean onLoopback() {
      return Gate.isLoopback(host);
    }

    /// On an address and port, for anyone who reaches it: of this machine, if it is a loopback one.
    public static Listening on(String host, int port) {
      return new Listening(host, port, List.of(), false, Optional.empty());
    }
  }

  /// Two files in PEM form, as certificate authorities give them.
  ///
  /// @param certificates the server's own first
  /// @param key PKCS #8, not encrypted
  public record TlsFiles(Path certificates, Path key) {}

  /// What is served.
  ///
  /// @param name that clients call the model by
  /// @param reference what ratings are bound to: the artifact's, or the file's name
  /// @param page what the chat page says
  public record Model(String name, String reference, Defaults defaults, Page page) {
    public Model {
      if (name.isBlank()) {
        throw new ConfigException("name is empty; give the model a name that clients call it by");
      }
    }
  }

  /// What a request gets that names nothing.
  ///
  /// @param maxTokens the longest answer
  /// @param temperature of sampling; 0 is greedy
  /// @param topP the share of probability that is drawn from
  /// @param repetitionPenalty 1 for none
  public record Defaults(int maxTokens, float temperature, float topP, float repetitionPenalty) {
    public static final Defaults USUAL = new Defaults(256, 0.7f, 0.95f, 1);

    public Defaults {
      Bounds.whole("maxTokens", maxTokens, 1, Integer.MAX_VALUE);
      Bounds.number("temperature", temperature, 0, 2);
      Bounds.number("topP", topP, 0.01f, 1);
      Bounds.number("repetitionPenalty", repetitionPenalty, 0.01f, 10);
    }
  }

  /// What the chat page says.
  ///
  /// @param about what this model can do, in a sentence or two; empty for what its card tells
  /// @param placeholder an example of a message; empty for its card's
  /// @param conversation whether earlier turns are sent along; false for a model that was tuned on
  ///   single questions
  public record Page(String about, String placeholder, boolean conversation) {
    public static final Page PLAIN = new Page("", "", true);
  }

  /// @param sequences answers generated at once
  /// @param waiting further answers that wait for their turn; more are told to come back (429)
  /// @param context the longest prompt and answer together, in tokens; 0 for the model's own
  /// @param bodyBytes the longest request
  /// @param keptAnswers how many answers can still be rated
  /// @param keptBytes of their prompts and texts together
  /// @param cache what the keys and values of all running answers may take
  /// @param reuse what is spared by what was computed or guessed before
  public record Limits(
      int sequences,
      int waiting,
      int context,
      int bodyBytes,
      int keptAnswers,
      long keptBytes,
      CacheBudget cache,
      Reuse reuse) {
    public static final Limits USUAL =
        new Limits(
            4,
            64,
            0,
            1 << 20,
            1_000,
            64L << 20,
            CacheBudget.UNBOUNDED.withPrefixes(),
            Reuse.SHARED);

    /// With nothing guessed, and what callers' prompts have in common computed once.
    public Limits(
        int sequences,
        int waiting,
        int context,
        int bodyBytes,
        int keptAnswers,
        long keptBytes,
        CacheBudget cache) {
      this(sequences, waiting, context, bodyBytes, keptAnswers, keptBytes, cache, Reuse.SHARED);
    }

    public Limits {
      Bounds.whole("sequences", sequences, 1, 128);
      Bounds.whole("waiting", waiting, 0, 1 << 20);
      Bounds.whole("context", context, 0, Integer.MAX_VALUE);
      Bounds.whole("bodyBytes", bodyBytes, 1024, 1 << 28);
      Bounds.whole("keptAnswers", keptAnswers, 1, 1 << 20);
      Bounds.whole("keptBytes", keptBytes, 0, 1L << 40);
    }

    public Limits withSequences(int changed) {
      return new Limits(changed, waiting, context, bodyBytes, keptAnswers, keptBytes, cache, reuse);
    }

    /// @param longest prompt and answer together, in tokens; 0 for the model's own
    public Limits withContext(int longest, CacheBudget budget) {
      return new Limits(
          sequences, waiting, longest, bodyBytes, keptAnswers, keptBytes, budget, reuse);
    }

    public Limits withReuse(Reuse changed) {
      return new Limits(
          sequences, waiting, context, bodyBytes, keptAnswers, keptBytes, cache, changed);
    }
  }

  /// What is spared by what was computed or guessed before; no answer changes by it.
  ///
  /// @param apart whether nothing computed for one caller, by key or address, is used for another:
  ///   how soon an answer comes tells then nothing of what others asked
  /// @param drafting how the next tokens of answers are guessed
  public record Reuse(boolean apart, Drafting drafting) {
    /// Of all callers together, without guesses.
    public static final Reuse SHARED = new Reuse(false, Drafting.NONE);
  }

  /// @param grace how long running answers may take to end when the server stops
  /// @param heartbeat how often a waiting client is sent a sign of life, by which a client that has
  ///   gone is found out
  public record Times(Duration grace, Duration heartbeat) {
    public static final Times USUAL = new Times(Duration.ofSeconds(10), Duration.ofSeconds(2));

    public Times {
      if (grace.isNegative() || heartbeat.isNegative() || heartbeat.isZero()) {
        throw new ConfigException(
            "grace = %s and heartbeat = %s must be positive".formatted(grace, heartbeat));
      }
    }
  }

  private static boolean isNoKey(String key) {
    return key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}

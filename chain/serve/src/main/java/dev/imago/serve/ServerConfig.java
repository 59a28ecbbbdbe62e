package dev.imago.serve;

import dev.imago.core.ConfigException;
import java.nio.file.Path;
import java.time.Duration;

/// How a model is served. Start from [#of] and change what differs.
///
/// @param host the address to listen on; the loopback one keeps other machines out
/// @param port 0 … 65,535; 0 takes any free one
/// @param model the name that clients call the model by
/// @param modelRef what ratings are bound to: the artifact's reference, or the file's name
/// @param ratings the log that ratings are appended to
/// @param maxSequences answers generated at once
/// @param maxWaiting further requests that wait for their turn; more are told to come back (429)
/// @param maxContext the longest prompt and answer together, in tokens; 0 for the model's own
/// @param maxBodyBytes the longest request
/// @param keptAnswers how many answers can still be rated
/// @param maxTokens the longest answer where a request names none
/// @param temperature of sampling where a request names none; 0 is greedy
/// @param grace how long running answers may take to end when the server stops
/// @param heartbeat how often a waiting client is sent a sign of life, by which a client that has
///   gone is found out
/// @param page what the chat page says
public record ServerConfig(
    String host,
    int port,
    String model,
    String modelRef,
    Path ratings,
    int maxSequences,
    int maxWaiting,
    int maxContext,
    int maxBodyBytes,
    int keptAnswers,
    int maxTokens,
    float temperature,
    Duration grace,
    Duration heartbeat,
    Page page) {

  /// What the chat page says.
  ///
  /// @param about what this model can do, in a sentence or two
  /// @param placeholder an example of a message
  /// @param conversation whether earlier turns are sent along; false for a model that was tuned on
  ///   single questions
  public record Page(String about, String placeholder, boolean conversation) {}

  public ServerConfig {
    range("port", port, 0, 65_535);
    range("maxSequences", maxSequences, 1, 128);
    range("maxWaiting", maxWaiting, 0, 1 << 20);
    range("maxContext", maxContext, 0, Integer.MAX_VALUE);
    range("maxBodyBytes", maxBodyBytes, 1024, 1 << 28);
    range("keptAnswers", keptAnswers, 1, 1 << 20);
    range("maxTokens", maxTokens, 1, Integer.MAX_VALUE);
    if (!(temperature >= 0 && temperature <= 2)) {
      throw new ConfigException("temperature = " + temperature + " is outside 0 … 2");
    }
    if (grace.isNegative() || heartbeat.isNegative() || heartbeat.isZero()) {
      throw new ConfigException(
          "grace = %s and heartbeat = %s must be positive".formatted(grace, heartbeat));
    }
    if (model.isBlank()) {
      throw new ConfigException("model is empty; give the model a name that clients call it by");
    }
  }

  private static void range(String name, int value, int from, int to) {
    if (value < from || value > to) {
      throw new ConfigException("%s = %d is outside %d … %d".formatted(name, value, from, to));
    }
  }

  /// The usual settings: port 8080 on loopback, four answers at once, sixty-four waiting.
  public static ServerConfig of(String model, String modelRef, Path ratings) {
    return new ServerConfig(
        "127.0.0.1",
        8080,
        model,
        modelRef,
        ratings,
        4,
        64,
        0,
        1 << 20,
        1_000,
        256,
        0.7f,
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        new Page("", "Write a message", true));
  }

  public ServerConfig withAddress(String changedHost, int changedPort) {
    return new ServerConfig(
        changedHost,
        changedPort,
        model,
        modelRef,
        ratings,
        maxSequences,
        maxWaiting,
        maxContext,
        maxBodyBytes,
        keptAnswers,
        maxTokens,
        temperature,
        grace,
        heartbeat,
        page);
  }

  public ServerConfig withPage(Page changed) {
    return new ServerConfig(
        host,
        port,
        model,
        modelRef,
        ratings,
        maxSequences,
        maxWaiting,
        maxContext,
        maxBodyBytes,
        keptAnswers,
        maxTokens,
        temperature,
        grace,
        heartbeat,
        changed);
  }

  /// @param sequences answers at once
  /// @param waiting further requests that wait
  /// @param bodyBytes the longest request
  /// @param kept answers that can still be rated
  public ServerConfig withLimits(int sequences, int waiting, int bodyBytes, int kept) {
    return new ServerConfig(
        host,
        port,
        model,
        modelRef,
        ratings,
        sequences,
        waiting,
        maxContext,
        bodyBytes,
        kept,
        maxTokens,
        temperature,
        grace,
        heartbeat,
        page);
  }

  /// What a request that names nothing gets.
  public ServerConfig withSampling(int tokens, float changedTemperature) {
    return new ServerConfig(
        host,
        port,
        model,
        modelRef,
        ratings,
        maxSequences,
        maxWaiting,
        maxContext,
        maxBodyBytes,
        keptAnswers,
        tokens,
        changedTemperature,
        grace,
        heartbeat,
        page);
  }

  public ServerConfig withTimes(Duration changedGrace, Duration changedHeartbeat) {
    return new ServerConfig(
        host,
        port,
        model,
        modelRef,
        ratings,
        maxSequences,
        maxWaiting,
        maxContext,
        maxBodyBytes,
        keptAnswers,
        maxTokens,
        temperature,
        changedGrace,
        changedHeartbeat,
        page);
  }
}

package dev.imago.serve.metering;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.http.ApiException;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/// Counts what requests use: keeps room for each before it begins, and writes down what it used
/// before the end of its answer is sent.
public interface RequestMeter {
  /// Where no accounts are kept.
  RequestMeter NONE = (_, _, _) -> (_, _) -> {};

  /// A request that is about to begin.
  ///
  /// @param path of its route
  /// @param model the name of the one that answers
  /// @param asked the name that was asked for: the model's, or an alias that led to it
  /// @param prompt the tokens of its prompts, each once
  /// @param answer the tokens of its answers at most
  /// @param answers how many are asked for
  record Wanted(String path, String model, String asked, long prompt, long answer, int answers) {}

  /// Keeps room for a request.
  ///
  /// @param tenant whose it is: a key's name, or an address
  /// @param headers takes those that tell the client what is left
  /// @throws dev.imago.http.ApiException where there is no room, or the key does not open the model
  Running begin(String tenant, Wanted wanted, BiConsumer<String, String> headers);

  /// A request that another server answers, whose tokens are known when it tells them at its end.
  ///
  /// @throws dev.imago.http.ApiException where the key does not open the model, or a limit counts
  ///   tokens or money: what is not counted cannot be kept within it
  default Running passing(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    return begin(tenant, wanted, headers);
  }

  /// What settings may call a tenant by, the nearest first: the name of its key, and the
  /// organisation's.
  default List<String> names(String tenant) {
    return List.of(tenant);
  }

  /// All whose files count as a tenant's own: the keys of its organisation, those that hold no more
  /// among them.
  default Set<String> keysBeside(String tenant) {
    return Set.of(tenant);
  }

  /// Whether a tenant may still come: its key holds.
  default boolean holds(String tenant) {
    return true;
  }

  /// By whose clock a tenant's days and hours are.
  default ZoneId zone(String tenant) {
    return ZoneId.systemDefault();
  }

  /// Whether a tenant may know of a model: its key opens it.
  default boolean opens(String tenant, String model) {
    return true;
  }

  /// That a key opens neither the model nor the alias that was asked for.
  static ApiException notOpen(String asked) {
    return ApiException.of(
        403,
        "model_not_allowed",
        "this key does not open model «%s»; ask its owner for one that does".formatted(asked));
  }

  /// A request that is under way.
  @FunctionalInterface
  interface Running {
    /// Writes down what was used; returns when that is on disk. Only the first call counts.
    ///
    /// @throws dev.imago.core.EnvironmentException where it cannot be written down: the end of the
    ///   answer must not be sent then
    void settle(RequestOutcome outcome, TokenUse tokens);

    /// Takes what is known of its answers, before it is settled.
    default void note(AnswerFacts facts) {}

    /// Nothing was used, and the request is answered elsewhere: nothing is written down here.
    default void release() {}
  }
}

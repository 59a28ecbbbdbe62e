package dev.imago.serve;

import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.serve.models.Routing;
import dev.imago.serve.upstreams.UpstreamConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a server serves beside its first model, and which of them answers to which name.
///
/// @param others further models, each with an engine of its own
/// @param aliases by name, models with their shares of its requests
/// @param fallbacks by the name of a model or an alias, what is asked in order where it cannot
public record ServedModels(
    List<Other> others,
    Map<String, Map<String, Double>> aliases,
    Map<String, List<String>> fallbacks) {
  /// Nothing but the first model.
  public static final ServedModels NONE = new ServedModels(List.of(), Map.of(), Map.of());

  /// A further model.
  public sealed interface Other {
    /// That clients call it by.
    String name();

    /// One that generates. It stays the caller's to close, after the server.
    ///
    /// @param reference what ratings are bound to
    /// @param draft a smaller model of the same vocabulary that guesses
    record Generates(
        String name, String reference, LanguageModel model, Optional<LanguageModel> draft)
        implements Other {}

    /// One of classes, tags or vectors. It stays the caller's to close, after the server.
    record Labels(String name, Predictor model) implements Other {}

    /// One of another server that speaks OpenAI's API.
    ///
    /// @param addresses where its API begins, such as `http://10.0.0.2:8000/v1`; several that are
    ///   the same
    /// @param model what that server calls it
    /// @param key that it is shown; empty where it asks for none
    record Elsewhere(String name, List<URI> addresses, String model, Optional<String> key)
        implements Other {
      /// The address, or the name, is checked here.
      public Elsewhere {
        addresses = List.copyOf(addresses);
        var _ = UpstreamConfig.of(addresses, model, key);
      }

      UpstreamConfig config() {
        return UpstreamConfig.of(addresses, model, key);
      }
    }
  }

  public ServedModels {
    others = List.copyOf(others);
    aliases = Map.copyOf(aliases);
    fallbacks = Map.copyOf(fallbacks);
  }

  Routing routing() {
    var shares = new LinkedHashMap<String, List<Routing.Share>>();
    aliases.forEach(
        (alias, models) -> {
          var of = new ArrayList<Routing.Share>();
          models.forEach((model, weight) -> of.add(new Routing.Share(model, weight)));
          shares.put(alias, of);
        });
    return new Routing(shares, fallbacks);
  }
}

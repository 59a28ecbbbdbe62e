package dev.imago.serve;

import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.serve.models.AutoRouting;
import dev.imago.serve.models.Routing;
import dev.imago.serve.upstreams.UpstreamConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What a server serves beside its first model, and which of them answers to which name.
///
/// @param others further models, each with an engine of its own
/// @param aliases by name, models with their shares of its requests
/// @param fallbacks by the name of a model or an alias, what is asked in order where it cannot
/// @param adapters beside the models that generate, each a model of its own name
/// @param sleep when models that are opened again and again sleep
/// @param chooser picks the models of requests that name `auto`; nothing where none may
/// @param finder the folder that an adapter's path or reference means, for those that are loaded
///   while the server runs; nothing where none may be
public record ServedModels(
    List<Other> others,
    Map<String, Map<String, Double>> aliases,
    Map<String, List<String>> fallbacks,
    List<Adapter> adapters,
    Sleep sleep,
    Optional<Function<String, Path>> finder,
    Optional<ModelChooser> chooser) {
  /// Nothing but the first model.
  public static final ServedModels NONE = new ServedModels(List.of(), Map.of(), Map.of());

  /// A LoRA adapter in PEFT's form.
  ///
  /// @param name that clients call it by
  /// @param reference what ratings of its answers are bound to
  /// @param model the name of the model that it is of; empty for the first
  public record Adapter(String name, String reference, Path folder, String model) {}

  /// When models sleep: their weights, keys and values are let go until they are asked.
  ///
  /// @param after how long nobody has asked one; nothing for never
  /// @param mostBytes that the weights, keys and values of all who are awake may take; who was
  ///   asked least recently sleeps where another must wake
  public record Sleep(Optional<Duration> after, long mostBytes) {
    /// All are awake.
    public static final Sleep NEVER = new Sleep(Optional.empty(), Long.MAX_VALUE);
  }

  /// A model that generates, open.
  ///
  /// @param draft a smaller model of the same vocabulary that guesses
  public record Open(LanguageModel model, Optional<LanguageModel> draft) {}

  /// Opens a model that generates each time it wakes; the server closes it when it sleeps.
  @FunctionalInterface
  public interface Opening {
    /// @throws IOException where its files are missing or broken
    Open open() throws IOException;
  }

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

    /// One that generates, and sleeps.
    ///
    /// @param reference what ratings are bound to
    record Sleeps(String name, String reference, Opening opening) implements Other {}

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

  /// Without adapters, and all awake.
  public ServedModels(
      List<Other> others,
      Map<String, Map<String, Double>> aliases,
      Map<String, List<String>> fallbacks) {
    this(others, aliases, fallbacks, List.of(), Sleep.NEVER, Optional.empty());
  }

  /// Without anybody who picks.
  public ServedModels(
      List<Other> others,
      Map<String, Map<String, Double>> aliases,
      Map<String, List<String>> fallbacks,
      List<Adapter> adapters,
      Sleep sleep,
      Optional<Function<String, Path>> finder) {
    this(others, aliases, fallbacks, adapters, sleep, finder, Optional.empty());
  }

  /// The same, whose requests for `auto` have a model picked.
  public ServedModels withChooser(ModelChooser changed) {
    return new ServedModels(
        others, aliases, fallbacks, adapters, sleep, finder, Optional.of(changed));
  }

  public ServedModels {
    others = List.copyOf(others);
    adapters = List.copyOf(adapters);
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
    return new Routing(shares, fallbacks, chooser.map(AutoRouting::new));
  }
}

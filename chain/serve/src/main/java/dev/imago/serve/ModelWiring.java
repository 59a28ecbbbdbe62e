package dev.imago.serve;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.Event;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelInput;
import dev.imago.serve.adapters.AdaptersFeature;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.EngineBackend;
import dev.imago.serve.models.PredictorScoring;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.ServedUpstream;
import dev.imago.serve.models.SleepingModel;
import dev.imago.serve.models.SleepingModels;
import dev.imago.serve.telemetry.Telemetry;
import dev.imago.serve.upstreams.Upstream;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// The models of a server as it offers them: each with its engine, its sleep or its adapters.
final class ModelWiring {
  private ModelWiring() {}

  /// A model with an engine of its own, its kernels warm. The model stays its opener's to close.
  ///
  /// @throws ConfigException where the context has no room
  static Backend engine(
      ServerConfig.Limits limits, LanguageModel model, Optional<LanguageModel> draft) {
    model.warmUp(limits.cache().type());
    return withEngine(limits, model, draft);
  }

  private static Backend withEngine(
      ServerConfig.Limits limits, LanguageModel model, Optional<LanguageModel> draft) {
    return EngineBackend.of(
        model,
        limits.sequences(),
        limits.context(),
        limits.waiting(),
        limits.cache(),
        draft,
        limits.reuse().drafting());
  }

  /// The models that sleep, none of them yet.
  static SleepingModels sleeping(ServedModels.Sleep sleep) {
    return new SleepingModels(sleep.mostBytes(), sleep.after().orElse(null), System::nanoTime);
  }

  /// A model that sleeps, opened for its facts.
  ///
  /// @throws InputException where its files are missing or broken
  static SleepingModel sleeper(
      ServerConfig config, SleepingModels sleeping, String name, ServedModels.Opening opening) {
    try {
      var warm = new AtomicBoolean(); // the kernels are, from the first time on
      return sleeping.add(name, () -> awake(config.limits(), opening.open(), warm.getAndSet(true)));
    } catch (IOException e) {
      throw new InputException("%s cannot be opened: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static SleepingModel.Awake awake(
      ServerConfig.Limits limits, ServedModels.Open open, boolean warm) {
    LanguageModel model = open.model();
    var closed = new ArrayList<AutoCloseable>();
    open.draft().ifPresent(closed::add);
    closed.add(model);
    try {
      Backend backend =
          warm ? withEngine(limits, model, open.draft()) : engine(limits, model, open.draft());
      closed.addFirst(backend);
      long cache = limits.cache().bytes();
      long weights = model.weightBytes() + open.draft().map(LanguageModel::weightBytes).orElse(0L);
      return new SleepingModel.Awake(
          backend, closed, cache == Long.MAX_VALUE ? weights : weights + cache);
    } catch (RuntimeException e) {
      ServerParts.closeAll(new ArrayDeque<>(closed));
      throw e;
    }
  }

  /// The first model, of classes, tags or vectors.
  static ServedPredictor predictor(ServerConfig config, ServedPredictor.Scoring scoring) {
    return new ServedPredictor(
        config.model().name(),
        card(config.model().page(), scoring.card()),
        scoring,
        admitted(config.limits()));
  }

  private static Semaphore admitted(ServerConfig.Limits limits) {
    return new Semaphore(limits.sequences() + limits.waiting());
  }

  /// A further model, opened: what is to be closed goes to `opened`.
  static Served opened(
      ServerConfig config,
      ServedModels.Other other,
      SleepingModels sleeping,
      Clock clock,
      Telemetry telemetry,
      Deque<AutoCloseable> opened) {
    return switch (other) {
      case ServedModels.Other.Sleeps(String name, String reference, var opening) -> {
        Backend backend = sleeper(config, sleeping, name, opening);
        yield new ServedModel(
            name, reference, backend.card(), backend, defaults(config.model().defaults()));
      }
      case ServedModels.Other.Generates(String name, String reference, var model, var draft) -> {
        Backend backend = engine(config.limits(), model, draft);
        opened.push(backend);
        yield new ServedModel(
            name, reference, backend.card(), backend, defaults(config.model().defaults()));
      }
      case ServedModels.Other.Labels(String name, Predictor model) -> {
        var scoring = new PredictorScoring(model);
        yield new ServedPredictor(name, scoring.card(), scoring, admitted(config.limits()));
      }
      case ServedModels.Other.Elsewhere elsewhere -> {
        var upstream = new Upstream(elsewhere.config(), clock, telemetry::propagate);
        opened.push(upstream);
        yield new ServedUpstream(elsewhere.name(), upstream, clock.instant());
      }
    };
  }

  /// Adapters of models that generate, as models of their own names.
  ///
  /// @throws ConfigException where there is no such model
  /// @throws InputException where an adapter is missing, broken, or does not fit
  static void addAdapters(List<ServedModels.Adapter> adapters, List<Served> all) {
    for (ServedModels.Adapter adapter : adapters) {
      Served base =
          all.stream()
              .filter(m -> adapter.model().isEmpty() || m.name().equals(adapter.model()))
              .findFirst()
              .orElse(null);
      if (!(base instanceof ServedModel model) || model.parent().isPresent()) {
        throw new ConfigException(
            "adapter %s is of %s, which is no model that generates here"
                .formatted(
                    adapter.name(),
                    adapter.model().isEmpty() ? "the first model" : adapter.model()));
      }
      try {
        all.add(
            AdaptersFeature.adapted(model, adapter.name(), adapter.reference(), adapter.folder()));
      } catch (IOException | IllegalArgumentException e) {
        throw new InputException(
            "adapter %s cannot be added to %s: %s"
                .formatted(adapter.name(), model.name(), e.getMessage()),
            e);
      }
    }
  }

  /// The first model, which generates.
  static ServedModel model(ServerConfig config, Backend backend) {
    return model(config, config.model().reference(), backend);
  }

  /// Has a model make one token, or read one.
  ///
  /// @throws RuntimeException where it cannot
  static void tryOut(Served served) {
    switch (served) {
      case ServedModel model -> {
        Backend backend = model.backend();
        var one = new Request(backend.encodeText("a", true), Sampling.greedy(1));
        Backend.AnswerWriter answer = backend.generate(one);
        while (!(answer.next() instanceof Event.Done)) {}
      }
      case ServedPredictor model -> {
        var _ = model.backend().scores(List.of(ModelInput.of(new int[] {0})));
      }
      case ServedUpstream _ -> {}
    }
  }

  /// What takes the place of the first model.
  ///
  /// @param reference what ratings of its answers are bound to
  static ServedModel model(ServerConfig config, String reference, Backend backend) {
    return new ServedModel(
        config.model().name(),
        reference,
        card(config.model().page(), backend.card()),
        backend,
        defaults(config.model().defaults()));
  }

  private static ServedModel.Defaults defaults(ServerConfig.Defaults defaults) {
    return new ServedModel.Defaults(
        defaults.maxTokens(),
        defaults.temperature(),
        defaults.topP(),
        defaults.repetitionPenalty());
  }

  /// What the operator set comes before what the model's own card tells.
  private static ModelCard card(ServerConfig.Page page, ModelCard card) {
    return card.called("", page.about(), page.placeholder());
  }
}

// Past 400 lines: all that a server is made of is wired here, in one place.
package dev.imago.serve;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.data.RatingLog;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.http.AccessLog;
import dev.imago.http.ErrorForm;
import dev.imago.http.Feature;
import dev.imago.http.KeyCheck;
import dev.imago.http.PemTls;
import dev.imago.http.RequestListener;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import dev.imago.model.ModelCard;
import dev.imago.serve.adapters.AdaptersFeature;
import dev.imago.serve.batches.BatchEndpoint;
import dev.imago.serve.batches.BatchesFeature;
import dev.imago.serve.classification.ClassificationFeature;
import dev.imago.serve.completions.CompletionKind;
import dev.imago.serve.completions.CompletionsFeature;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.completions.RequestMasking;
import dev.imago.serve.completions.ServedAnswers;
import dev.imago.serve.embeddings.EmbeddingsFeature;
import dev.imago.serve.feedback.FeedbackFeature;
import dev.imago.serve.files.FileStore;
import dev.imago.serve.files.FilesFeature;
import dev.imago.serve.messages.MessagesErrors;
import dev.imago.serve.messages.MessagesFeature;
import dev.imago.serve.metering.AccountKeys;
import dev.imago.serve.metering.AccountMeter;
import dev.imago.serve.metering.MeteredRoutes;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.HealthFeature;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.EngineBackend;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.PredictorScoring;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.ServedUpstream;
import dev.imago.serve.models.SleepingModel;
import dev.imago.serve.models.SleepingModels;
import dev.imago.serve.moderations.ModerationsFeature;
import dev.imago.serve.ollama.OllamaFeature;
import dev.imago.serve.page.PageFeature;
import dev.imago.serve.parsing.ParsingFeature;
import dev.imago.serve.questions.QuestionsFeature;
import dev.imago.serve.reranking.RerankingFeature;
import dev.imago.serve.responses.ResponsesFeature;
import dev.imago.serve.scoring.ScoringFeature;
import dev.imago.serve.tagging.TaggingFeature;
import dev.imago.serve.tokens.TokensFeature;
import dev.imago.serve.upstreams.Upstream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// An OpenAI-compatible server of a model, and of others beside it: one that generates, with a chat
/// page at `/`, or one of classes or tags.
///
/// ```java
/// try (LanguageModel model = LanguageModel.open(path, threads);
///     Server server = Server.start(ServerConfig.of("mine", "mine.gguf", log), model, System.err)) {
///   System.out.println(server.address());
///   …
/// }
/// ```
public final class Server implements AutoCloseable {
  /// What cancelled answers get to say goodbye before their connections are cut.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /// Between two looks at whether a model that was replaced has answers under way.
  private static final Duration SWAP_CHECK = Duration.ofMillis(500);

  /// Looks in a row that find none: ten seconds, in which a request that has its model is encoded.
  private static final int IDLE_CHECKS = 20;

  private final ServerConfig config;
  private final WebListener web;
  private final RequestAnswering answering;
  private final BatchesFeature batches;
  private final List<Route> routes;
  private final Models models;
  private final List<Backend> backends;

  /// What is closed when the last answer is out, the last one opened first.
  private final Deque<AutoCloseable> opened;

  private boolean closed;

  private Server(
      ServerConfig config,
      WebListener web,
      RequestAnswering answering,
      BatchesFeature batches,
      List<Route> routes,
      Models models,
      List<Backend> backends,
      Deque<AutoCloseable> opened) {
    this.models = models;
    this.backends = backends;
    this.config = config;
    this.web = web;
    this.answering = answering;
    this.batches = batches;
    this.routes = List.copyOf(routes);
    this.opened = opened;
  }

  /// Serves a model, which stays the caller's to close, after the server.
  ///
  /// @param log where the access log goes if it is to go to standard error
  /// @throws dev.imago.core.ConfigException when the files for TLS cannot be used, or the context
  ///   has no room
  /// @throws EnvironmentException when the port is taken, or a log cannot be written
  public static Server start(ServerConfig config, LanguageModel model, OutputStream log) {
    return start(config, model, Optional.empty(), log);
  }

  /// Serves a model, which stays the caller's to close, after the server.
  ///
  /// @param draft a smaller model of the same vocabulary that guesses, where the settings say so
  /// @param log where the access log goes if it is to go to standard error
  public static Server start(
      ServerConfig config, LanguageModel model, Optional<LanguageModel> draft, OutputStream log) {
    return start(config, model, draft, ServedModels.NONE, log);
  }

  /// Serves a model and others beside it, which all stay the caller's to close, after the server.
  ///
  /// @param draft a smaller model of the same vocabulary that guesses, where the settings say so
  /// @param beside what else is served, and by which names
  /// @param log where the access log goes if it is to go to standard error
  public static Server start(
      ServerConfig config,
      LanguageModel model,
      Optional<LanguageModel> draft,
      ServedModels beside,
      OutputStream log) {
    Backend backend = engine(config.limits(), model, draft);
    return start(
        config,
        model(config, backend),
        backend,
        beside,
        Clock.systemUTC(),
        new SecureRandom(),
        log);
  }

  private static Backend engine(
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

  /// Serves a model that sleeps when nobody asks it, and others beside it. What the server opens it
  /// closes.
  ///
  /// @param beside what else is served, by which names, and when models sleep
  /// @param log where the access log goes if it is to go to standard error
  /// @throws dev.imago.core.InputException when the model cannot be opened
  public static Server start(
      ServerConfig config, ServedModels.Opening model, ServedModels beside, OutputStream log) {
    SleepingModels sleeping = sleeping(beside.sleep());
    Backend backend = sleeper(config, sleeping, config.model().name(), model);
    return start(
        config,
        model(config, backend),
        backend,
        sleeping,
        beside,
        Clock.systemUTC(),
        new SecureRandom(),
        log);
  }

  private static SleepingModels sleeping(ServedModels.Sleep sleep) {
    return new SleepingModels(sleep.mostBytes(), sleep.after().orElse(null), System::nanoTime);
  }

  private static SleepingModel sleeper(
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
      closeAll(new ArrayDeque<>(closed));
      throw e;
    }
  }

  /// Serves a model of classes or tags, which stays the caller's to close, after the server.
  ///
  /// @param log where the access log goes if it is to go to standard error
  public static Server start(ServerConfig config, Predictor model, OutputStream log) {
    return start(config, model, ServedModels.NONE, log);
  }

  /// Serves a model of classes or tags and others beside it, which all stay the caller's to close,
  /// after the server.
  ///
  /// @param beside what else is served, and by which names
  /// @param log where the access log goes if it is to go to standard error
  public static Server start(
      ServerConfig config, Predictor model, ServedModels beside, OutputStream log) {
    var scoring = new PredictorScoring(model);
    return start(
        config,
        predictor(config, scoring),
        scoring,
        beside,
        Clock.systemUTC(),
        new SecureRandom(),
        log);
  }

  /// @param backend closed by the server
  static Server start(
      ServerConfig config, Backend backend, Clock clock, RandomGenerator random, OutputStream log) {
    return start(config, backend, ServedModels.NONE, clock, random, log);
  }

  /// @param backend closed by the server
  static Server start(
      ServerConfig config,
      Backend backend,
      ServedModels beside,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    return start(config, model(config, backend), backend, beside, clock, random, log);
  }

  /// @param scoring closed by the server
  static Server start(
      ServerConfig config,
      ServedPredictor.Scoring scoring,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    return start(
        config, predictor(config, scoring), scoring, ServedModels.NONE, clock, random, log);
  }

  private static ServedPredictor predictor(ServerConfig config, ServedPredictor.Scoring scoring) {
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
  private static Served opened(
      ServerConfig config,
      ServedModels.Other other,
      SleepingModels sleeping,
      Clock clock,
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
        var upstream = new Upstream(elsewhere.config(), clock);
        opened.push(upstream);
        yield new ServedUpstream(elsewhere.name(), upstream, clock.instant());
      }
    };
  }

  /// Adapters of models that generate, as models of their own names.
  private static void addAdapters(List<ServedModels.Adapter> adapters, List<Served> all) {
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

  private static Server start(
      ServerConfig config,
      Served served,
      AutoCloseable backend,
      ServedModels beside,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    return start(config, served, backend, sleeping(beside.sleep()), beside, clock, random, log);
  }

  private static Server start(
      ServerConfig config,
      Served served,
      AutoCloseable backend,
      SleepingModels sleeping,
      ServedModels beside,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    var opened = new ArrayDeque<AutoCloseable>();
    opened.push(backend);
    opened.push(sleeping);
    try {
      Optional<SSLContext> tls =
          config.listening().tls().map(f -> PemTls.context(f.certificates(), f.key()));
      RatingLog ratings = RatingLog.open(config.ratings());
      opened.push(ratings);
      var all = new ArrayList<Served>(List.of(served));
      beside.others().forEach(other -> all.add(opened(config, other, sleeping, clock, opened)));
      int engines = all.size();
      addAdapters(beside.adapters(), all);
      RequestMeter meter =
          config
              .metering()
              .<RequestMeter>map(metering -> new AccountMeter(metering, clock))
              .orElse(RequestMeter.NONE);
      var models = new Models(all, beside.routing(), random, meter::opens);
      var backends = new CopyOnWriteArrayList<Backend>();
      all.forEach(
          one -> {
            if (one instanceof ServedModel model && model.parent().isEmpty()) {
              backends.add(model.backend());
            }
          });
      var metrics = new Metrics(backends);
      opened.push(metrics);
      all.forEach(
          one -> {
            if (one instanceof ServedModel model && model.backend() instanceof SleepingModel) {
              metrics.sleeps(model.name(), model.backend());
            }
          });
      ServerConfig.Limits limits = config.limits();
      var masking = new RequestMasking.Tenants(config.masking(), meter::names);
      var answers = new ServedAnswers(limits.keptAnswers(), limits.keptBytes());
      var answering =
          new RequestAnswering(
              models,
              (limits.sequences() + limits.waiting()) * engines,
              config.times().heartbeat(),
              limits.reuse().apart(),
              answers,
              meter,
              metrics,
              masking,
              clock,
              random);
      var responses = new ResponsesFeature(answering, models, clock);
      var embeddings = new EmbeddingsFeature(models);
      var moderations = new ModerationsFeature(models, config.moderator(), answering::newId);
      Path workspace = folder(config);
      var files = new FileStore(workspace.resolve("files"), clock, random);
      var batches =
          new BatchesFeature(
              workspace.resolve("batches"),
              files,
              endpoints(answering, responses, embeddings, moderations, meter, masking),
              limits.sequences(),
              clock,
              answering::newId);
      opened.push(batches);
      var features =
          new ArrayList<Feature>(
              List.<Feature>of(
                  models,
                  new CompletionsFeature(answering),
                  responses,
                  masking.of(moderations),
                  new FilesFeature(files),
                  batches,
                  new MessagesFeature(answering, models),
                  new OllamaFeature(answering, models, clock),
                  new TokensFeature(answering, models),
                  masking.of(new ClassificationFeature(models, clock, random)),
                  masking.of(new TaggingFeature(models, clock, random)),
                  masking.of(new ParsingFeature(models, clock, random)),
                  masking.of(embeddings),
                  masking.of(new QuestionsFeature(models)),
                  masking.of(new RerankingFeature(models)),
                  masking.of(new ScoringFeature(models, clock, random)),
                  new AdaptersFeature(models, beside.finder()),
                  new FeedbackFeature(answers, ratings, metrics, clock),
                  new HealthFeature(),
                  metrics));
      if (served instanceof ServedModel model) {
        features.add(new PageFeature(model, config.model().page().conversation()));
      }
      var listeners = new ArrayList<RequestListener>(List.of(metrics));
      if (!config.accessLog().isEmpty()) {
        AccessLog accessLog =
            config.accessLog().equals("-")
                ? AccessLog.to(log, clock)
                : AccessLog.to(Path.of(config.accessLog()), clock);
        opened.push(accessLog);
        listeners.add(accessLog);
      }
      var router =
          new Router(
              config.listening().host(),
              keys(config),
              limits.bodyBytes(),
              "its API begins at /v1/models",
              Server::errors,
              listeners);
      features.replaceAll(feature -> MeteredRoutes.of(feature, meter));
      List<Route> routes = features.stream().flatMap(f -> f.routes().stream()).toList();
      WebListener web =
          WebListener.start(
              config.listening().host(),
              config.listening().port(),
              tls,
              config.times().grace().plus(FAREWELL),
              router,
              features);
      batches.resume();
      sleeping.start();
      return new Server(config, web, answering, batches, routes, models, backends, opened);
    } catch (RuntimeException e) {
      closeAll(opened);
      throw e;
    }
  }

  /// How errors are told, as the API of the path has it.
  private static ErrorForm errors(String path) {
    if (path.equals("/v1/messages") || path.startsWith("/v1/messages/")) {
      return MessagesErrors.FORM;
    }
    return path.startsWith("/api/") ? OllamaFeature.ERRORS : ErrorForm.OPENAI;
  }

  /// The workspace: where ratings lie, others lie too.
  private static Path folder(ServerConfig config) {
    Path parent = config.ratings().toAbsolutePath().getParent();
    return parent == null ? config.ratings().toAbsolutePath() : parent;
  }

  /// What a batch may ask for.
  private static Map<String, BatchEndpoint> endpoints(
      RequestAnswering answering,
      ResponsesFeature responses,
      EmbeddingsFeature embeddings,
      ModerationsFeature moderations,
      RequestMeter meter,
      RequestMasking.Tenants masking) {
    return Map.of(
        CompletionKind.CHAT.path(),
        (fields, outlet) ->
            answering.answer(CompletionsFeature.wish(CompletionKind.CHAT), () -> fields, outlet),
        CompletionKind.TEXT.path(),
        (fields, outlet) ->
            answering.answer(CompletionsFeature.wish(CompletionKind.TEXT), () -> fields, outlet),
        ResponsesFeature.PATH,
        responses::answer,
        EmbeddingsFeature.PATH,
        (fields, outlet) ->
            outlet.json(
                MeteredRoutes.within(
                    meter,
                    outlet.tenant(),
                    EmbeddingsFeature.PATH,
                    () -> embeddings.answer(masking.texts(outlet.tenant(), fields)))),
        ModerationsFeature.PATH,
        (fields, outlet) ->
            outlet.json(
                MeteredRoutes.within(
                    meter,
                    outlet.tenant(),
                    ModerationsFeature.PATH,
                    () -> moderations.answer(masking.texts(outlet.tenant(), fields)))));
  }

  /// Whose keys are asked for: those of accounts, too, where there are any. Off loopback one is
  /// asked for even before the first is made.
  private static KeyCheck keys(ServerConfig config) {
    KeyCheck given = KeyCheck.of(config.listening().apiKeys());
    boolean open = config.listening().onLoopback() || config.listening().withoutKey();
    return config
        .metering()
        .<KeyCheck>map(metering -> new AccountKeys(given, metering, !open))
        .orElse(given);
  }

  /// Serves another model that generates in the place of the one there: from the next request on,
  /// under the same name. Requests under way are answered to their end by the model that they began
  /// with, which is then let go.
  ///
  /// @param model the caller's to close, after the server, or after the one that comes after it
  /// @param reference what ratings of its answers are bound to
  /// @param done is run when the model before is no longer needed
  /// @throws dev.imago.core.ConfigException where its context has no room
  public void swap(LanguageModel model, String reference, Runnable done) {
    swap(engine(config.limits(), model, Optional.empty()), reference, done);
  }

  /// @param next closed by the server
  synchronized void swap(Backend next, String reference, Runnable done) {
    if (closed) {
      next.close();
      throw new IllegalStateException("the server is closed");
    }
    Backend before = models.generating(Optional.of(config.model().name()), "").backend();
    opened.push(next);
    backends.add(next);
    models.replace(model(config, reference, next));
    Thread.ofVirtual().name("imago-swap").start(() -> letGo(before, done));
  }

  /// Closes a backend when nothing has been asked of it for a while: a request that found it just
  /// before the swap has begun by then.
  private void letGo(Backend backend, Runnable done) {
    try {
      for (int idle = 0; idle < IDLE_CHECKS; ) {
        Thread.sleep(SWAP_CHECK);
        idle = backend.running() + backend.waiting() == 0 ? idle + 1 : 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (this) {
      if (closed || !opened.remove(backend)) {
        return; // The server's end closes it.
      }
    }
    backends.remove(backend);
    backend.close();
    done.run();
  }

  private static ServedModel model(ServerConfig config, Backend backend) {
    return model(config, config.model().reference(), backend);
  }

  private static ServedModel model(ServerConfig config, String reference, Backend backend) {
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

  /// All that it answers to.
  List<Route> routes() {
    return routes;
  }

  /// The port that the server listens on: the configured one, or the one found for 0.
  public int port() {
    return web.port();
  }

  /// Where a browser on this machine finds the chat page.
  public URI address() {
    return web.address();
  }

  /// Stops gracefully: refuses what is new, lets running answers end within the grace time, then
  /// cancels them, and returns when all is closed.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    batches.stop();
    answering.stopAdmitting();
    var stopped = new CountDownLatch(1);
    Thread.ofVirtual().name("imago-grace").start(() -> cancelAfterGrace(stopped));
    try {
      web.close(); // returns when the last answer is out
    } finally {
      stopped.countDown();
      closeAll(opened);
    }
  }

  private static void closeAll(Deque<AutoCloseable> opened) {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception e) {
        System.getLogger("dev.imago.serve").log(System.Logger.Level.WARNING, "not closed well", e);
      }
    }
    opened.clear();
  }

  private void cancelAfterGrace(CountDownLatch stopped) {
    try {
      if (stopped.await(config.times().grace().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answering.cancelAll();
  }
}

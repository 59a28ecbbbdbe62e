// Past 400 lines: all that a server is made of is wired here, in one place; its models in
// ModelWiring.
package dev.imago.serve;

import dev.imago.core.EnvironmentException;
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
import dev.imago.serve.adapters.AdaptersFeature;
import dev.imago.serve.batches.BatchEndpoint;
import dev.imago.serve.batches.BatchesFeature;
import dev.imago.serve.classification.ClassificationFeature;
import dev.imago.serve.completions.CompletionKind;
import dev.imago.serve.completions.CompletionsFeature;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.completions.RequestMasking;
import dev.imago.serve.completions.RequestModeration;
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
import dev.imago.serve.metering.NoticeSender;
import dev.imago.serve.metering.PolicyMeter;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.HealthFeature;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.metrics.Readiness;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.PredictorScoring;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.SleepingModel;
import dev.imago.serve.models.SleepingModels;
import dev.imago.serve.moderations.ModelModerator;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

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
  private final Consumer<Safeguards> guards;
  private final Readiness readiness;
  private final Metrics metrics;

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
      Consumer<Safeguards> guards,
      Readiness readiness,
      Metrics metrics,
      Deque<AutoCloseable> opened) {
    this.guards = guards;
    this.readiness = readiness;
    this.models = models;
    this.metrics = metrics;
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
    Backend backend = ModelWiring.engine(config.limits(), model, draft);
    return start(
        config,
        ModelWiring.model(config, backend),
        backend,
        beside,
        Clock.systemUTC(),
        new SecureRandom(),
        log);
  }

  /// Serves a model that sleeps when nobody asks it, and others beside it. What the server opens it
  /// closes.
  ///
  /// @param beside what else is served, by which names, and when models sleep
  /// @param log where the access log goes if it is to go to standard error
  /// @throws dev.imago.core.InputException when the model cannot be opened
  public static Server start(
      ServerConfig config, ServedModels.Opening model, ServedModels beside, OutputStream log) {
    SleepingModels sleeping = ModelWiring.sleeping(beside.sleep());
    Backend backend = ModelWiring.sleeper(config, sleeping, config.model().name(), model);
    return start(
        config,
        ModelWiring.model(config, backend),
        backend,
        sleeping,
        beside,
        Clock.systemUTC(),
        new SecureRandom(),
        log);
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
        ModelWiring.predictor(config, scoring),
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
    return start(config, ModelWiring.model(config, backend), backend, beside, clock, random, log);
  }

  /// @param scoring closed by the server
  static Server start(
      ServerConfig config,
      ServedPredictor.Scoring scoring,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    return start(
        config,
        ModelWiring.predictor(config, scoring),
        scoring,
        ServedModels.NONE,
        clock,
        random,
        log);
  }

  private static Server start(
      ServerConfig config,
      Served served,
      AutoCloseable backend,
      ServedModels beside,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    return start(
        config, served, backend, ModelWiring.sleeping(beside.sleep()), beside, clock, random, log);
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
      beside
          .others()
          .forEach(other -> all.add(ModelWiring.opened(config, other, sleeping, clock, opened)));
      int engines = all.size();
      ModelWiring.addAdapters(beside.adapters(), all);
      Safeguards safeguards = config.safeguards();
      var marked = new AtomicBoolean(safeguards.marked());
      var meter =
          new PolicyMeter(
              config
                  .metering()
                  .<RequestMeter>map(metering -> new AccountMeter(metering, clock))
                  .orElse(RequestMeter.NONE),
              safeguards.policies(),
              clock);
      var models =
          new Models(all, beside.routing(), random, meter::opens, config.metering().isEmpty());
      var backends = new CopyOnWriteArrayList<Backend>();
      all.forEach(
          one -> {
            if (one instanceof ServedModel model && model.parent().isEmpty()) {
              backends.add(model.backend());
            }
          });
      var readiness =
          new Readiness(() -> ModelWiring.tryOut(models.any(Optional.of(config.model().name()))));
      var metrics = new Metrics(backends, readiness);
      opened.push(metrics);
      all.forEach(
          one -> {
            if (one instanceof ServedModel model && model.backend() instanceof SleepingModel) {
              metrics.sleeps(model.name(), model.backend());
            }
          });
      ServerConfig.Limits limits = config.limits();
      var masking = new RequestMasking.Tenants(safeguards.masking(), meter::names);
      safeguards.moderation().model().ifPresent(name -> ModelModerator.check(models, name));
      var moderated =
          new RequestModeration.Tenants(
              safeguards.moderation(),
              meter::names,
              name -> new ModelModerator(models, name),
              verdicts(config));
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
              moderated,
              marked::get,
              clock,
              random);
      var responses = new ResponsesFeature(answering, models, clock);
      var embeddings = new EmbeddingsFeature(models);
      var moderations = new ModerationsFeature(models, moderated::lists, answering::newId);
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
                  new FilesFeature(files, meter),
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
                  new HealthFeature(readiness),
                  metrics));
      if (served instanceof ServedModel model) {
        features.add(new PageFeature(model, models, config.model().page().conversation()));
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
      config.metering().ifPresent(metering -> opened.push(NoticeSender.start(metering, clock)));
      batches.resume();
      sleeping.start();
      Consumer<Safeguards> guards =
          changed -> {
            meter.replace(changed.policies());
            masking.replace(changed.masking());
            moderated.replace(changed.moderation());
            marked.set(changed.marked());
          };
      return new Server(
          config, web, answering, batches, routes, models, backends, guards, readiness, metrics,
          opened);
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

  /// Where verdicts on texts go: to the audit log, where accounts are kept.
  private static RequestModeration.Log verdicts(ServerConfig config) {
    return config
        .metering()
        .<RequestModeration.Log>map(metering -> metering::note)
        .orElse(
            (tenant, action, subject, detail) ->
                LOG.log(
                    System.Logger.Level.INFO,
                    "%s of %s at %s: %s".formatted(action, tenant, subject, detail)));
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
    swap(ModelWiring.engine(config.limits(), model, Optional.empty()), reference, done);
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
    models.replace(ModelWiring.model(config, reference, next));
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

  /// Whether other safeguards could be in force.
  ///
  /// @throws dev.imago.core.ConfigException where they name a model that is not served
  public void check(Safeguards changed) {
    changed.moderation().model().ifPresent(name -> ModelModerator.check(models, name));
  }

  /// Has other safeguards in force, from the next request on; requests under way keep theirs.
  ///
  /// @throws dev.imago.core.ConfigException where they name a model that is not served
  public void replace(Safeguards changed) {
    check(changed);
    guards.accept(changed);
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

  /// Says at `/readyz` from now on that it is about to stop, and goes on: a balancer looks there,
  /// and sends no more.
  public void drain() {
    readiness.stop();
  }

  /// What `/metrics` tells now, in Prometheus' text form.
  public String measures() {
    return metrics.text();
  }

  /// Stops gracefully: refuses what is new, lets running answers end within the grace time, then
  /// cancels them, and returns when all is closed.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    drain();
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

  /// Closes all, the first first; what fails is logged.
  static void closeAll(Deque<AutoCloseable> opened) {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "not closed well", e);
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

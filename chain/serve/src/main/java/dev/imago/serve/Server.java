package dev.imago.serve;

import dev.imago.core.EnvironmentException;
import dev.imago.data.RatingLog;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.http.AccessLog;
import dev.imago.http.ErrorForm;
import dev.imago.http.Feature;
import dev.imago.http.PemTls;
import dev.imago.http.RequestListener;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import dev.imago.model.ModelCard;
import dev.imago.serve.classification.ClassificationFeature;
import dev.imago.serve.completions.RequestAnswering;
import dev.imago.serve.completions.CompletionsFeature;
import dev.imago.serve.completions.ServedAnswers;
import dev.imago.serve.embeddings.EmbeddingsFeature;
import dev.imago.serve.feedback.FeedbackFeature;
import dev.imago.serve.messages.MessagesErrors;
import dev.imago.serve.messages.MessagesFeature;
import dev.imago.serve.metrics.HealthFeature;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.EngineBackend;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.PredictorScoring;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.ServedPredictor;
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
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// An OpenAI-compatible server of one model: one that generates, with a chat page at `/`, or one of
/// classes or tags.
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

  private final ServerConfig config;
  private final WebListener web;
  private final RequestAnswering answering;
  private final List<Route> routes;

  /// What is closed when the last answer is out, the last one opened first.
  private final Deque<AutoCloseable> opened;

  private boolean closed;

  private Server(
      ServerConfig config,
      WebListener web,
      RequestAnswering answering,
      List<Route> routes,
      Deque<AutoCloseable> opened) {
    this.config = config;
    this.web = web;
    this.answering = answering;
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
    ServerConfig.Limits limits = config.limits();
    model.warmUp(limits.cache().type());
    return start(
        config,
        EngineBackend.of(
            model,
            limits.sequences(),
            limits.context(),
            limits.waiting(),
            limits.cache(),
            draft,
            limits.reuse().drafting()),
        Clock.systemUTC(),
        new SecureRandom(),
        log);
  }

  /// Serves a model of classes or tags, which stays the caller's to close, after the server.
  ///
  /// @param log where the access log goes if it is to go to standard error
  public static Server start(ServerConfig config, Predictor model, OutputStream log) {
    return start(config, new PredictorScoring(model), Clock.systemUTC(), new SecureRandom(), log);
  }

  /// @param backend closed by the server
  static Server start(
      ServerConfig config, Backend backend, Clock clock, RandomGenerator random, OutputStream log) {
    return start(config, model(config, backend), backend, clock, random, log);
  }

  /// @param scoring closed by the server
  static Server start(
      ServerConfig config,
      ServedPredictor.Scoring scoring,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    ServerConfig.Limits limits = config.limits();
    var served =
        new ServedPredictor(
            config.model().name(),
            card(config.model().page(), scoring.card()),
            scoring,
            new Semaphore(limits.sequences() + limits.waiting()));
    return start(config, served, scoring, clock, random, log);
  }

  private static Server start(
      ServerConfig config,
      Served served,
      AutoCloseable backend,
      Clock clock,
      RandomGenerator random,
      OutputStream log) {
    var opened = new ArrayDeque<AutoCloseable>();
    opened.push(backend);
    try {
      Optional<SSLContext> tls =
          config.listening().tls().map(f -> PemTls.context(f.certificates(), f.key()));
      RatingLog ratings = RatingLog.open(config.ratings());
      opened.push(ratings);
      var metrics =
          new Metrics(served instanceof ServedModel model ? List.of(model.backend()) : List.of());
      opened.push(metrics);
      var models = new Models(List.of(served));
      ServerConfig.Limits limits = config.limits();
      var answers = new ServedAnswers(limits.keptAnswers(), limits.keptBytes());
      var answering =
          new RequestAnswering(
              models,
              limits.sequences() + limits.waiting(),
              config.times().heartbeat(),
              limits.reuse().apart(),
              answers,
              metrics,
              clock,
              random);
      var features =
          new ArrayList<Feature>(
              List.<Feature>of(
                  models,
                  new CompletionsFeature(answering),
                  new ResponsesFeature(answering, models, clock),
                  new MessagesFeature(answering, models),
                  new OllamaFeature(answering, models, clock),
                  new TokensFeature(answering, models),
                  new ClassificationFeature(models, clock, random),
                  new TaggingFeature(models, clock, random),
                  new ParsingFeature(models, clock, random),
                  new EmbeddingsFeature(models),
                  new QuestionsFeature(models),
                  new RerankingFeature(models),
                  new ScoringFeature(models, clock, random),
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
              config.listening().apiKeys(),
              limits.bodyBytes(),
              "its API begins at /v1/models",
              Server::errors,
              listeners);
      List<Route> routes = features.stream().flatMap(f -> f.routes().stream()).toList();
      WebListener web =
          WebListener.start(
              config.listening().host(),
              config.listening().port(),
              tls,
              config.times().grace().plus(FAREWELL),
              router,
              features);
      return new Server(config, web, answering, routes, opened);
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

  private static ServedModel model(ServerConfig config, Backend backend) {
    ServerConfig.Defaults defaults = config.model().defaults();
    return new ServedModel(
        config.model().name(),
        config.model().reference(),
        card(config.model().page(), backend.card()),
        backend,
        new ServedModel.Defaults(
            defaults.maxTokens(),
            defaults.temperature(),
            defaults.topP(),
            defaults.repetitionPenalty()));
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

package dev.imago.serve;

import dev.imago.core.EnvironmentException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.http.Route;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.PredictorScoring;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.SleepingModels;
import dev.imago.serve.moderations.ModelModerator;
import java.io.OutputStream;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

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
  /// What a request that found a model just before it was replaced gets to be encoded and to begin.
  private static final Duration HANDOVER = Duration.ofSeconds(10);

  private final ServerConfig config;
  private final ServerParts parts;
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean closed;

  private Server(ServerConfig config, ServerParts parts) {
    this.config = config;
    this.parts = parts;
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
    return new Server(
        config, ServerParts.start(config, served, backend, sleeping, beside, clock, random, log));
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
    Backend before = parts.models().generating(Optional.of(config.model().name()), "").backend();
    parts.opened().push(next);
    parts.backends().add(next);
    next.share(parts.energy());
    parts.models().replace(ModelWiring.model(config, reference, next));
    Thread.ofVirtual().name("imago-swap").start(() -> letGo(before, done));
  }

  /// Closes a backend when what was asked of it is answered.
  private void letGo(Backend backend, Runnable done) {
    try {
      if (closing.await(HANDOVER.toSeconds(), TimeUnit.SECONDS)) {
        return; // The server's end closes it.
      }
      backend.idle().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is only ever told that it is idle", e);
    }
    synchronized (this) {
      if (closed || !parts.opened().remove(backend)) {
        return; // The server's end closes it.
      }
    }
    parts.backends().remove(backend);
    backend.close();
    done.run();
  }

  /// Whether other safeguards could be in force.
  ///
  /// @throws dev.imago.core.ConfigException where they name a model that is not served
  public void check(Safeguards changed) {
    ModelModerator.check(parts.models(), changed.moderation());
  }

  /// Has other safeguards in force, from the next request on; requests under way keep theirs.
  ///
  /// @throws dev.imago.core.ConfigException where they name a model that is not served
  public void replace(Safeguards changed) {
    check(changed);
    parts.guards().accept(changed);
  }

  /// All that it answers to.
  List<Route> routes() {
    return parts.routes();
  }

  /// The port that the server listens on: the configured one, or the one found for 0.
  public int port() {
    return parts.web().port();
  }

  /// Where a browser on this machine finds the chat page.
  public URI address() {
    return parts.web().address();
  }

  /// Says at `/readyz` from now on that it is about to stop, and goes on: a balancer looks there,
  /// and sends no more.
  public void drain() {
    parts.readiness().stop();
  }

  /// What `/metrics` tells now, in Prometheus' text form.
  public String measures() {
    return parts.metrics().text();
  }

  /// Stops gracefully: refuses what is new, lets running answers end within the grace time, then
  /// cancels them, and returns when all is closed.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    closing.countDown();
    drain();
    parts.batches().stop();
    parts.answering().stopAdmitting();
    var stopped = new CountDownLatch(1);
    Thread.ofVirtual().name("imago-grace").start(() -> cancelAfterGrace(stopped));
    try {
      parts.web().close(); // returns when the last answer is out
    } finally {
      stopped.countDown();
      ServerParts.closeAll(parts.opened());
    }
  }

  private void cancelAfterGrace(CountDownLatch stopped) {
    try {
      if (stopped.await(config.times().grace().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.answering().cancelAll();
  }
}

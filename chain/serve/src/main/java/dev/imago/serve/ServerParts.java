package dev.imago.serve;

import dev.imago.core.EnergyMeter;
import dev.imago.core.EnergySettings;
import dev.imago.core.EnergyShares;
import dev.imago.data.KeptAnswers;
import dev.imago.data.RatingLog;
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
import dev.imago.serve.feedback.AnswerKeeper;
import dev.imago.serve.feedback.FeedbackFeature;
import dev.imago.serve.files.FileStore;
import dev.imago.serve.files.FilesFeature;
import dev.imago.serve.messages.MessagesErrors;
import dev.imago.serve.messages.MessagesFeature;
import dev.imago.serve.metering.AccountKeys;
import dev.imago.serve.metering.AccountMeter;
import dev.imago.serve.metering.InferenceListener;
import dev.imago.serve.metering.MeteredRoutes;
import dev.imago.serve.metering.NoticeSender;
import dev.imago.serve.metering.PolicyMeter;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metering.WatchedMeter;
import dev.imago.serve.metrics.HealthFeature;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.metrics.Readiness;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.Served;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.SharedEnergy;
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
import dev.imago.serve.telemetry.Telemetry;
import dev.imago.serve.tokens.TokensFeature;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// All that a server is made of, wired and listening; its models are wired in [ModelWiring].
///
/// @param backends whose answers are measured
/// @param energy what a backend that comes later shares
/// @param guards has other safeguards in force
/// @param opened what is closed when the last answer is out, the last one opened first
record ServerParts(
    WebListener web,
    RequestAnswering answering,
    BatchesFeature batches,
    List<Route> routes,
    Models models,
    List<Backend> backends,
    SharedEnergy energy,
    Consumer<Safeguards> guards,
    Readiness readiness,
    Metrics metrics,
    Deque<AutoCloseable> opened) {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

  /// What cancelled answers get to say goodbye before their connections are cut.
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /// Opens and wires all, and listens; where a part cannot be, what was opened is closed.
  ///
  /// @param served the first model
  /// @param backend its own, closed with the rest
  /// @param log where the access log goes if it is to go to standard error
  static ServerParts start(
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
      Telemetry telemetry = Telemetry.of(config.otlp());
      opened.push(telemetry);
      Optional<SSLContext> tls =
          config.listening().tls().map(f -> PemTls.context(f.certificates(), f.key()));
      RatingLog ratings = RatingLog.open(config.ratings());
      opened.push(ratings);
      var all = new ArrayList<Served>(List.of(served));
      beside
          .others()
          .forEach(
              other ->
                  all.add(ModelWiring.opened(config, other, sleeping, clock, telemetry, opened)));
      int engines = all.size();
      ModelWiring.addAdapters(beside.adapters(), all);
      Safeguards safeguards = config.safeguards();
      var marked = new AtomicBoolean(safeguards.marked());
      var watching = new CopyOnWriteArrayList<InferenceListener>(telemetry.inferences());
      var meter =
          new PolicyMeter(
              new WatchedMeter(
                  config
                      .metering()
                      .<RequestMeter>map(metering -> new AccountMeter(metering, clock))
                      .orElse(RequestMeter.NONE),
                  watching),
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
      watching.add(metrics.inferences());
      all.forEach(
          one -> {
            if (one instanceof ServedModel model && model.backend() instanceof SleepingModel) {
              metrics.sleeps(model.name(), model.backend());
            }
          });
      ServerConfig.Limits limits = config.limits();
      var masking = new RequestMasking.Tenants(safeguards.masking(), meter::names);
      ModelModerator.check(models, safeguards.moderation());
      var moderated =
          new RequestModeration.Tenants(
              safeguards.moderation(),
              meter::names,
              name -> new ModelModerator(models, name),
              verdicts(config));
      Path workspace = folder(config);
      EnergyMeter electricity = EnergyMeter.begin(EnergySettings.of(workspace));
      opened.push(electricity);
      var energy = EnergyShares.of(electricity);
      var shared = new SharedEnergy(energy);
      backends.forEach(each -> each.share(shared));
      metrics.energy(energy);
      Optional<AnswerKeeper> keeper =
          config.keeping().used()
              ? Optional.of(
                  new AnswerKeeper(config.keeping(), workspace.resolve(KeptAnswers.FILE), clock))
              : Optional.empty();
      keeper.ifPresent(opened::push);
      var answers =
          new ServedAnswers(
              limits.keptAnswers(),
              limits.keptBytes(),
              keeper.<ServedAnswers.Keeper>map(k -> k).orElse(ServedAnswers.Keeper.NONE),
              tenant -> {
                List<String> names = meter.names(tenant); // the key's, and the organisation's
                return names.size() > 1 ? Optional.of(names.getLast()) : Optional.empty();
              });
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
                  new FeedbackFeature(answers, masking, ratings, keeper, metrics, clock),
                  new HealthFeature(readiness),
                  metrics));
      if (served instanceof ServedModel model) {
        features.add(new PageFeature(model, models, config.model().page().conversation()));
      }
      var listeners = new ArrayList<RequestListener>(telemetry.requests());
      listeners.add(metrics);
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
              ServerParts::errors,
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
      return new ServerParts(
          web,
          answering,
          batches,
          List.copyOf(routes),
          models,
          backends,
          shared,
          guards,
          readiness,
          metrics,
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
}

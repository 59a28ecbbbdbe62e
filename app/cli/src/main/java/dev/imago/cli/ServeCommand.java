package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.Binder;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Serves a model until it is stopped.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serve a model over an OpenAI-compatible API, with a chat page at /.",
    footer = {"", "Example:  imago serve weights/3f2a --port 8081"})
final class ServeCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description =
          "An artifact, a .gguf file or a Hugging Face folder (default: the one in service, by"
              + " `imago promote`, else the newest run's).")
  private @Nullable String model;

  @Option(names = "--host", description = "The address to listen on (default: 127.0.0.1).")
  private @Nullable String host;

  @Option(names = "--port", description = "The port; 0 for any free one (default: 8080).")
  private @Nullable Integer port;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private CacheOptions cache = new CacheOptions();

  @Option(
      names = "--prefix-cache",
      paramLabel = "WHO",
      description =
          "Who shares what prompts begin with: shared (default) by all callers, apart, or off.")
  private @Nullable String prefixCache;

  @Mixin private DraftOptions draft = new DraftOptions();

  @Mixin private ServeAccess access = new ServeAccess();

  @Mixin private ServeModels beside = new ServeModels();

  @Mixin private AlertOption alerts = new AlertOption();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "A gateway's settings: model, serve, state, organisations, prices, limits, masking,",
        "moderation, policy, provenance, otlp. SIGHUP has all but the first three, its accessLog",
        "and otlp read again."
      })
  private @Nullable Path config;

  @Option(
      names = "--dry-run",
      description = "Say whether the settings are right, and serve nothing.")
  private boolean dryRun;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      description = "What running answers get to end when the server stops (default: 10).")
  private int grace = 10;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description =
          "How long /readyz says 503 before that, while requests are still taken (default: 0).")
  private int drain;

  /// What --config says; read when the command begins.
  private Optional<GatewayFile> gateway = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (port != null) {
      Bounds.whole("--port", port, 0, 65_535, "0 takes any free one");
    }
    Bounds.whole("--threads", threads, 1, 1024);
    Bounds.whole("--grace", grace, 0, 86_400);
    Bounds.whole("--drain", drain, 0, 3_600);
    if (config != null) {
      gateway = Optional.of(GatewayFile.read(config));
      gateway.get().check();
      if (model == null && !gateway.get().model().isEmpty()) {
        model = gateway.get().model();
      }
    }
    Path file = model == null ? null : Path.of(model);
    if (file != null && Files.exists(file)) {
      return serve(file, String.valueOf(file.getFileName()), changed(ServeOptions.DEFAULTS));
    }
    Workspace workspace = new Workspace(imago.workspace());
    Optional<InService> service = model == null ? InService.read(workspace) : Optional.empty();
    String wanted = service.isPresent() ? service.get().model() : model;
    String named = wanted == null ? "" : workspace.find(wanted).ref().toString();
    RunSummary run = null;
    for (RunSummary record : workspace.runSummaries().reversed()) {
      if (record.status() == RunRecord.Status.DONE && served(workspace, record, named)) {
        run = record;
        break;
      }
    }
    if (run == null && model == null) {
      throw new ConfigException(
          "no model in %s yet; make one with `imago run`, or name a file"
              .formatted(imago.workspace()));
    }
    ServeOptions options = run == null ? ServeOptions.DEFAULTS : options(workspace, run);
    String reference =
        run == null || !named.isEmpty() ? named : run.outputs().getOrDefault(options.weights(), "");
    Artifact artifact = workspace.find(reference);
    if (!artifact.ref().kind().equals(Artifact.kind(Weights.class))) {
      throw new ConfigException(artifact.ref().brief() + " is no model; name one of kind weights");
    }
    return serve(
        artifact.folder(),
        artifact.ref().toString(),
        changed(options),
        model == null ? Optional.of(workspace) : Optional.empty());
  }

  /// Whether a run made the model that is asked for.
  ///
  /// @param named its reference; empty for what the run's recipe serves
  private static boolean served(Workspace workspace, RunSummary record, String named)
      throws Exception {
    if (!named.isEmpty()) {
      return record.outputs().containsValue(named);
    }
    boolean makes = record.stage().equals("compress") || record.stage().equals("tune");
    return makes && record.outputs().containsKey(options(workspace, record).weights());
  }

  /// What the recipe that made the model says of serving it.
  private static ServeOptions options(Workspace workspace, RunSummary run) throws Exception {
    Path recipe = workspace.runs().resolve(run.id()).resolve("recipe.json");
    if (JsonMapper.shared().readTree(Files.readAllBytes(recipe)).get("serve")
        instanceof ObjectNode serve) {
      return Binder.bind("serve", serve, ServeOptions.DEFAULTS);
    }
    return ServeOptions.DEFAULTS;
  }

  private ServeOptions changed(ServeOptions recipe) {
    ServeOptions o = gateway.map(file -> Binder.bind("serve", file.serve(), recipe)).orElse(recipe);
    return o.withCache(cache)
        .withReuse(prefixCache, draft)
        .withAddress(host == null ? o.host() : host, port == null ? o.port() : port);
  }

  private int serve(Path folder, String reference, ServeOptions options)
      throws InterruptedException {
    return serve(folder, reference, options, Optional.empty());
  }

  private int serve(
      Path folder, String reference, ServeOptions options, Optional<Workspace> watched)
      throws InterruptedException {
    if (dryRun) {
      access.listening(
          options,
          access.keepsAccounts(imago) || gateway.map(GatewayFile::hasAccounts).orElse(false));
      var _ = access.safeguards(gateway);
      var _ = access.keeping();
      var _ = alerts.rules();
      beside.check();
      System.out.printf(
          "%s would be served on %s, port %d; nothing is wrong with the settings%n",
          reference, options.host(), options.port());
      return 0;
    }
    return new ServeSession(
            imago,
            folder,
            reference,
            options,
            access,
            beside,
            threads,
            gateway,
            watched,
            new ServeSession.Ending(Duration.ofSeconds(grace), Duration.ofSeconds(drain)),
            Optional.ofNullable(config)
                .flatMap(path -> gateway.map(read -> new SettingsReload(path, read))),
            alerts.rules())
        .run();
  }
}

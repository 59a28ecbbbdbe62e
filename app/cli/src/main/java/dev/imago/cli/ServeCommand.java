package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Metering;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.core.Artifact;
import dev.imago.core.Binder;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.model.ModelCard;
import dev.imago.serve.Safeguards;
import dev.imago.serve.Server;
import dev.imago.serve.ServerConfig;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
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
  /// What a foreign file says may be of any length.
  private static final int LONGEST_NAME = 200;

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
        "moderation, policy, provenance. SIGHUP has all but the first three and its accessLog",
        "read again."
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
      var _ = alerts.rules();
      beside.check();
      System.out.printf(
          "%s would be served on %s, port %d; nothing is wrong with the settings%n",
          reference, options.host(), options.port());
      return 0;
    }
    var ending = new Ending(Duration.ofSeconds(grace), Duration.ofSeconds(drain));
    Optional<SettingsReload> reload = Optional.ofNullable(config).map(SettingsReload::new);
    return serve(
        imago,
        folder,
        reference,
        options,
        access,
        beside,
        threads,
        gateway,
        watched,
        ending,
        reload,
        alerts.rules());
  }

  /// How a server ends.
  ///
  /// @param grace what running answers get
  /// @param drain how long before that it says that it is not ready
  private record Ending(Duration grace, Duration drain) {
    static final Ending USUAL = new Ending(ServerConfig.Times.USUAL.grace(), Duration.ZERO);
  }

  /// Serves one model until the process is told to stop.
  ///
  /// @param folder a model's folder or file
  /// @param reference what ratings are bound to
  static int serve(
      Imago imago,
      Path folder,
      String reference,
      ServeOptions options,
      ServeAccess access,
      int threads)
      throws InterruptedException {
    return serve(
        imago,
        folder,
        reference,
        options,
        access,
        new ServeModels(),
        threads,
        Optional.empty(),
        Optional.empty(),
        Ending.USUAL,
        Optional.empty(),
        Optional.empty());
  }

  /// @param beside what is served beside it
  /// @param gateway what a file says of it
  /// @param watched whose model in service is swapped to as it changes; empty for none
  /// @param reload has the file read again when it is asked for
  /// @param rules that are looked at meanwhile; empty for none
  private static int serve(
      Imago imago,
      Path folder,
      String reference,
      ServeOptions options,
      ServeAccess access,
      ServeModels beside,
      int threads,
      Optional<GatewayFile> gateway,
      Optional<Workspace> watched,
      Ending ending,
      Optional<SettingsReload> reload,
      Optional<AlertRules> rules)
      throws InterruptedException {
    // First what may be wrong with settings: nothing is open or changed yet.
    Safeguards safeguards = access.safeguards(gateway);
    beside.check();
    if (watched.isPresent()) {
      beside.checkSwapped();
    }
    Optional<Accounts> accounts = access.accounts(imago, gateway);
    ServerConfig.Listening listening = access.listening(options, accounts.isPresent());
    accounts.ifPresent(open -> gateway.ifPresent(file -> file.apply(open)));
    Optional<Metering> metering = accounts.map(Accounts::serve);
    Logger helidon = Logger.getLogger("io.helidon");
    helidon.setLevel(Level.WARNING); // its greetings are not our user's business
    // The process ends by a signal: the hook stops the server gracefully and only then lets go.
    CountDownLatch stopped = new CountDownLatch(1);
    ServerConfig.Limits limits =
        ServerConfig.Limits.USUAL
            .withSequences(options.sequences())
            .withContext(options.context(), beside.part(options.cache()))
            .withReuse(options.reuse());
    Serving opened = Serving.open(folder, threads);
    Serving serving =
        options.draft().isBlank() ? opened : opened.guessedBy(options.draft(), imago, threads);
    if (beside.sleeps()) {
      serving = serving.sleeping(Serving.opening(folder, options.draft(), imago, threads));
    }
    var config =
        new ServerConfig(
                listening,
                new ServerConfig.Model(
                    name(options, serving.card(), folder),
                    reference,
                    new ServerConfig.Defaults(
                        options.maxTokens(),
                        options.temperature(),
                        options.topP(),
                        options.repetitionPenalty()),
                    new ServerConfig.Page(options.about(), options.hint(), options.conversation())),
                imago.workspace().resolve("ratings.jsonl"),
                limits,
                new ServerConfig.Times(ending.grace, ServerConfig.Times.USUAL.heartbeat()),
                access.accessLog.isEmpty()
                    ? gateway.map(GatewayFile::accessLog).orElse("")
                    : access.accessLog,
                metering)
            .withSafeguards(safeguards);
    ServeModels.Opened others;
    try {
      others = beside.open(imago, threads);
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
    Server server;
    try {
      beside.checkSleeping(serving, others);
      server = serving.start(config, others.models(), System.err);
    } catch (RuntimeException e) {
      others.close();
      serving.close();
      throw e;
    }
    AutoCloseable models =
        watched.isEmpty() ? serving : watch(watched.get(), server, serving, reference, threads);
    Optional<AlertWatch> alerts =
        rules.map(
            all ->
                AlertOption.watch(
                    new Workspace(imago.workspace()),
                    all,
                    "serve",
                    server.address(),
                    () -> PrometheusText.parse(server.measures())));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  drain(server, ending.drain);
                  alerts.ifPresent(AlertWatch::close);
                  server.close();
                  close(models);
                  others.close();
                  metering.ifPresent(Metering::close);
                  accounts.ifPresent(Accounts::close);
                  stopped.countDown();
                },
                "stop"));
    reload.ifPresent(each -> each.onHangUp(file -> apply(file, server, accounts, access)));
    System.out.printf("%nServing %s at %s  (Ctrl-C stops it)%n", reference, server.address());
    if (serving.hasPage()) {
      System.out.printf("  chat page   %s%n", server.address());
    }
    System.out.printf(
        "  API         %s%s%n  metrics     %smetrics%n",
        server.address(), serving.path(), server.address());
    remarks(listening);
    if (metering.isPresent() && !metering.get().hadKeys() && !listening.onLoopback()) {
      System.out.println("  nobody has a key yet: `imago keys create` makes one");
    }
    stopped.await();
    Reference.reachabilityFence(helidon); // the logging system lets go of loggers that nobody holds
    return 0;
  }

  /// Has settings of a file that was read again in force.
  private static void apply(
      GatewayFile file, Server server, Optional<Accounts> accounts, ServeAccess access) {
    file.check();
    Safeguards safeguards = access.safeguards(Optional.of(file));
    if (accounts.isEmpty() && file.hasAccounts()) {
      throw new ConfigException(
          "accounts begin with a start of the server: it keeps none, and the file has some now");
    }
    server.check(safeguards);
    accounts.ifPresent(file::apply); // before the rest: the state may refuse what a file says
    server.replace(safeguards);
  }

  /// A balancer sees that it is to send no more; then answers have their grace.
  private static void drain(Server server, Duration drain) {
    server.drain();
    try {
      Thread.sleep(drain);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ServiceWatch watch(
      Workspace workspace, Server server, Serving serving, String reference, int threads) {
    var watch =
        new ServiceWatch(
            workspace,
            server,
            serving,
            reference,
            threads,
            line -> System.out.println("  " + line));
    watch.start();
    return watch;
  }

  private static void close(AutoCloseable models) {
    try {
      models.close();
    } catch (Exception e) {
      System.err.println("imago: not closed well: " + e.getMessage());
    }
  }

  /// What somebody who opens a server to a network may not know.
  private static void remarks(ServerConfig.Listening listening) {
    if (listening.withoutKey()) {
      System.out.println("  anyone who reaches this address may use it: --no-api-key");
    }
    if (!listening.apiKeys().isEmpty()) {
      boolean inClear = listening.tls().isEmpty() && !listening.onLoopback();
      System.out.println(
          "  callers send the header  Authorization: Bearer KEY"
              + (inClear ? "  (in clear: --tls-cert and --tls-key encrypt it)" : ""));
    }
  }

  /// The name that was given, or the model's own, or that of its file.
  private static String name(ServeOptions options, ModelCard card, Path folder) {
    String name = options.name().isBlank() ? card.name() : options.name();
    if (name.isBlank()) {
      name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }
    String line = name.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME);
  }
}

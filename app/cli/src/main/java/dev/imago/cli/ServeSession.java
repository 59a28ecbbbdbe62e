package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Metering;
import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import dev.imago.data.AnswerKeeping;
import dev.imago.model.ModelCard;
import dev.imago.serve.OtlpSettings;
import dev.imago.serve.Safeguards;
import dev.imago.serve.Server;
import dev.imago.serve.ServerConfig;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/// One model, served until the process is told to stop.
///
/// @param folder a model's folder or file
/// @param reference what ratings are bound to
/// @param options of the address, the cache and answers
/// @param access who may reach it, and how
/// @param beside what is served beside it
/// @param threads that compute
/// @param gateway what a file says of it
/// @param watched whose model in service is swapped to as it changes; empty for none
/// @param ending how it ends
/// @param reload has the file read again when it is asked for
/// @param rules that are looked at meanwhile; empty for none
record ServeSession(
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
    Optional<AlertRules> rules) {
  /// What a foreign file says may be of any length.
  private static final int LONGEST_NAME = 200;

  /// How a server ends.
  ///
  /// @param grace what running answers get
  /// @param drain how long before that it says that it is not ready
  record Ending(Duration grace, Duration drain) {
    static final Ending USUAL = new Ending(ServerConfig.Times.USUAL.grace(), Duration.ZERO);
  }

  /// One model with nothing beside it, and no file of settings.
  static ServeSession of(
      Imago imago,
      Path folder,
      String reference,
      ServeOptions options,
      ServeAccess access,
      int threads) {
    return new ServeSession(
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

  /// Serves until the process is told to stop.
  ///
  /// @return the exit status
  int run() throws InterruptedException {
    // First what may be wrong with settings: nothing is open or changed yet.
    Safeguards safeguards = access.safeguards(gateway);
    AnswerKeeping keeping = access.keeping();
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
            .withSafeguards(safeguards)
            .withKeeping(keeping)
            .withOtlp(
                gateway.flatMap(GatewayFile::otlp).or(() -> OtlpSettings.of(System.getenv())));
    ServeModels.Opened others;
    try {
      others =
          beside.open(imago, folder, reference, name(options, serving.card(), folder), threads);
    } catch (RuntimeException e) {
      serving.close();
      throw e;
    }
    Server server;
    try {
      beside.checkSleeping(serving, others);
      server = serving.start(config, others.models().withChooser(chooser(accounts)), System.err);
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

  /// Picks by what was measured of the workspace's models, and by the accounts' prices.
  private CatalogueChooser chooser(Optional<Accounts> accounts) {
    var told = ConcurrentHashMap.<String>newKeySet(); // it is read each minute
    return new CatalogueChooser(
        () ->
            ModelsCatalogue.of(
                new Workspace(imago.workspace()),
                Chain.machine(),
                broken -> {
                  if (told.add(broken)) {
                    System.getLogger("dev.imago.serve")
                        .log(System.Logger.Level.WARNING, "passed over: " + broken);
                  }
                }),
        () -> accounts.map(open -> open.prices().all()).orElse(List.of()),
        Clock.systemUTC());
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

  /// A balancer sees that it is to send no more; then answers have their grace. Nothing tells that
  /// it has seen it, so only time can.
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

package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.alerts.AlertRules;
import dev.imago.console.ConsoleConfig;
import dev.imago.console.ConsoleServer;
import dev.imago.console.OpenIdConfig;
import dev.imago.core.Bounds;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Shows the workspace in a browser until it is stopped.
@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = "Show runs, artifacts and models in a browser, in English and Chinese.",
    footer = {
      "",
      "Example:  imago console",
      "Another trainer's runs:  imago console --logdir lightning_logs",
      "For others:  imago users invite anna --role owner",
      "             imago console --host 0.0.0.0 --tls-cert fullchain.pem --tls-key privkey.pem"
    })
final class ConsoleCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Option(names = "--port", description = "The port; 0 for any free one (default: 8090).")
  private int port = 8090;

  @Option(
      names = "--logdir",
      paramLabel = "DIR",
      description = "Show the runs of TensorBoard event files below a folder, too.")
  private @Nullable Path logdir;

  @Option(
      names = "--model",
      paramLabel = "URL",
      description =
          "The address of a server (`imago serve`, or any with OpenAI's API) that the playground"
              + " asks; may be given several times.")
  private List<URI> models = List.of();

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = {
        "The address to listen on (default: 127.0.0.1, for this machine's user alone). Elsewhere",
        "people sign in: see `imago users`."
      })
  private String host = "127.0.0.1";

  @Option(
      names = "--accounts",
      description = "Have people sign in on loopback, too (`imago users`).")
  private boolean withAccounts;

  @Mixin private TlsOptions tls = new TlsOptions();

  @Option(
      names = "--behind-proxy",
      description = {
        "A proxy before it speaks TLS, and appends the client's address to X-Forwarded-For; nobody",
        "else must reach this port."
      })
  private boolean behindProxy;

  @Option(
      names = "--public-address",
      paramLabel = "URL",
      description = "Under which browsers reach it, such as https://imago.example.org.")
  private @Nullable URI publicAddress;

  @Option(
      names = "--oidc",
      paramLabel = "ISSUER",
      description = "A provider of OpenID Connect that people may sign in by, once invited.")
  private @Nullable URI oidc;

  @Option(
      names = "--oidc-client",
      paramLabel = "ID",
      description = {
        "By which the provider knows this console; its redirect URI is /oidc/back below the",
        "console's address."
      })
  private String oidcClient = "";

  @Option(
      names = "--oidc-secret-file",
      paramLabel = "FILE",
      description =
          "Holds the secret of that client (default: none; PKCE is used with and without).")
  private @Nullable Path oidcSecret;

  @Mixin private AccountsOption accounts = new AccountsOption();

  @Mixin private AlertOption alerts = new AlertOption();

  private ConsoleConfig.Listening listening() {
    return new ConsoleConfig.Listening(
        host,
        port,
        tls.files(ConsoleConfig.TlsFiles::new),
        behindProxy,
        Optional.ofNullable(publicAddress),
        openId());
  }

  private Optional<OpenIdConfig> openId() {
    if (oidc == null) {
      if (!oidcClient.isEmpty() || oidcSecret != null) {
        throw new ConfigException("--oidc-client and --oidc-secret-file need --oidc, the issuer");
      }
      return Optional.empty();
    }
    String secret = "";
    if (oidcSecret != null) {
      try {
        secret = Files.readString(oidcSecret).strip();
      } catch (IOException e) {
        throw new ConfigException(
            "--oidc-secret-file = %s cannot be read: %s".formatted(oidcSecret, e.getMessage()), e);
      }
    }
    return Optional.of(new OpenIdConfig(oidc, oidcClient, secret));
  }

  private static void checkUnused(String option, boolean given) {
    if (given) {
      throw new ConfigException(
          option + " is for people who sign in, and here nobody does: add --accounts, or --host");
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--port", port, 0, 65_535, "0 takes any free one");
    Logger helidon = Logger.getLogger("io.helidon");
    helidon.setLevel(Level.WARNING); // its greetings are not our user's business
    var config =
        new ConsoleConfig(
            listening(),
            imago.workspace(),
            Optional.ofNullable(logdir),
            models,
            ZoneId.systemDefault());
    Optional<AlertRules> rules = alerts.rules();
    boolean signIn = withAccounts || !config.listening().isLocal();
    if (!signIn) {
      checkUnused("--oidc", oidc != null);
      checkUnused("--public-address", publicAddress != null);
      checkUnused("--state", accounts.isGiven());
    }
    Optional<Accounts> people = signIn ? Optional.of(accounts.open(imago)) : Optional.empty();
    ConsoleServer console =
        ConsoleServer.start(
            config,
            people,
            broken ->
                ModelsCatalogue.of(new Workspace(imago.workspace()), Chain.machine(), broken));
    Optional<AlertWatch> watch =
        rules.map(
            all ->
                AlertOption.watch(
                    new Workspace(imago.workspace()),
                    all,
                    "console",
                    console.address(),
                    () -> AlertOption.scraped(models)));
    // The process ends by a signal: the hook stops the server and only then lets go.
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  watch.ifPresent(AlertWatch::close);
                  console.close();
                  people.ifPresent(Accounts::close);
                  stopped.countDown();
                },
                "stop"));
    System.out.printf(
        "%nThe console of %s is at %s  (Ctrl-C stops it)%n", imago.workspace(), console.address());
    stopped.await();
    Reference.reachabilityFence(helidon); // the logging system lets go of loggers that nobody holds
    return 0;
  }
}

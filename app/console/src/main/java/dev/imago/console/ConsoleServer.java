package dev.imago.console;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Role;
import dev.imago.console.curves.CurveStore;
import dev.imago.console.pages.PageFrame;
import dev.imago.console.runs.RunCatalog;
import dev.imago.console.shelf.DocumentIndexes;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import dev.imago.data.MeasuredModel;
import dev.imago.http.Feature;
import dev.imago.http.PemTls;
import dev.imago.http.RequestListener;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// A console that listens: on loopback for this machine's user, elsewhere for people who sign in.
///
/// ```java
/// try (ConsoleServer console = ConsoleServer.start(config, Optional.empty(), _ -> List.of())) {
///   System.out.println(console.address());
///   …
/// }
/// ```
public final class ConsoleServer implements AutoCloseable {
  /// A form with a note and its tags, or a prompt.
  private static final int BODY_BYTES = 256 << 10;

  /// Nothing from elsewhere, no script and no style within a page: what a document says can never
  /// run. `Referrer-Policy` is not `no-referrer`: with that, browsers hide the origin of a form's
  /// own page, and the gate could not tell it from another site's.
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin");

  private final List<Route> routes;
  private final Map<Route, Optional<Role>> needs;
  private final RunCatalog catalog;
  private final WebListener web;
  private final CurvesAhead ahead;
  private final DocumentIndexes indexes;

  private ConsoleServer(
      List<Route> routes,
      Map<Route, Optional<Role>> needs,
      RunCatalog catalog,
      WebListener web,
      CurvesAhead ahead,
      DocumentIndexes indexes) {
    this.indexes = indexes;
    this.ahead = ahead;
    this.routes = routes;
    this.needs = needs;
    this.catalog = catalog;
    this.web = web;
  }

  /// Starts to listen, and to read the runs meanwhile.
  ///
  /// @param accounts whose people sign in, where the console does not listen on loopback alone; to
  ///   be closed after this
  /// @param models of the workspace, with what was measured of each; tells its argument what cannot
  ///   be read of it; asked again where something there has changed
  /// @throws dev.imago.core.EnvironmentException when the port is taken
  /// @throws ConfigException off loopback, or with accounts, when nobody could sign in
  public static ConsoleServer start(
      ConsoleConfig config,
      Optional<Accounts> accounts,
      Function<Consumer<String>, List<MeasuredModel>> models) {
    boolean signIn = accounts.isPresent() || !config.listening().isLocal();
    if (signIn && accounts.filter(open -> open.people().areThere()).isEmpty()) {
      throw new ConfigException(
          "people sign in to this console (--host, --behind-proxy or --accounts), and nobody has an"
              + " account: invite the first one with `imago users invite NAME --role owner`");
    }
    return start(config, accounts, models, Clock.systemUTC(), new SecureRandom(), List.of());
  }

  static ConsoleServer start(
      ConsoleConfig config,
      Optional<Accounts> accounts,
      Function<Consumer<String>, List<MeasuredModel>> models,
      Clock clock,
      RandomGenerator random,
      List<RequestListener> listeners) {
    ConsoleConfig.Listening listening = config.listening();
    var workspace = new Workspace(config.workspace());
    var catalog = new RunCatalog(workspace, config.logdir(), clock);
    var assets = new Assets();
    var frame = new PageFrame(assets.version());
    var sessions = new Sessions(random, listening.isSecure());
    var entrance =
        new Entrance(accounts, sessions, frame, clock, config.zone(), listening.behindProxy());
    var started = new AtomicReference<WebListener>();
    var features = new ArrayList<Feature>();
    accounts.ifPresent(
        open ->
            features.add(
                new PeopleFeature(
                    open,
                    entrance,
                    sessions,
                    listening.openId().map(openId -> new OpenIdProvider(openId, clock, random)),
                    () -> home(listening, started.get()),
                    frame)));
    features.add(new ProfilesFeature(workspace.root().resolve("profiles"), clock, entrance, frame));
    var curves = new CurveStore(workspace.root().resolve("console").resolve("curves"));
    var indexes = new DocumentIndexes(workspace.root().resolve("console").resolve("documents"));
    features.add(
        new ConsoleFeature(
            config, workspace, catalog, curves, entrance, assets, frame, indexes, models));
    List<Route> routes = features.stream().flatMap(each -> each.routes().stream()).toList();
    var router =
        new Router(
            listening.host(),
            List.of(),
            BODY_BYTES,
            "its first page is at /",
            listeners,
            HEADERS,
            listening.publicAddress());
    WebListener web =
        WebListener.start(
            listening.host(),
            listening.port(),
            listening.tls().map(files -> PemTls.context(files.certificates(), files.key())),
            Duration.ofSeconds(1),
            router,
            List.of(() -> routes));
    started.set(web);
    catalog.watch();
    return new ConsoleServer(
        routes, entrance.needs(), catalog, web, CurvesAhead.start(catalog, curves), indexes);
  }

  /// The address under which browsers reach it, without a slash at its end.
  private static String home(ConsoleConfig.Listening listening, WebListener web) {
    return listening.publicAddress().orElse(web.address()).toString().replaceFirst("/$", "");
  }

  /// What it answers to.
  List<Route> routes() {
    return routes;
  }

  /// Which role each route asks for; empty for those that are open to anybody.
  Map<Route, Optional<Role>> needs() {
    return needs;
  }

  /// Looks at the files now, and not only when the time comes.
  void look() {
    catalog.look();
  }

  /// Where a browser on this machine finds it.
  public URI address() {
    return web.address();
  }

  @Override
  public void close() {
    ahead.close();
    indexes.close();
    catalog.close(); // those that wait for news get an answer
    web.close();
  }
}

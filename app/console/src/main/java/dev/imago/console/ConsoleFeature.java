package dev.imago.console;

import dev.imago.console.curves.CurveDrawing;
import dev.imago.console.curves.CurveStore;
import dev.imago.console.html.Element;
import dev.imago.console.html.Link;
import dev.imago.console.pages.AlertsPage;
import dev.imago.console.pages.ArtifactPage;
import dev.imago.console.pages.ArtifactsPage;
import dev.imago.console.pages.ComparePage;
import dev.imago.console.pages.CurvesView;
import dev.imago.console.pages.DocumentsPage;
import dev.imago.console.pages.ModelsPage;
import dev.imago.console.pages.OverviewPage;
import dev.imago.console.pages.PageFrame;
import dev.imago.console.pages.PlaygroundPage;
import dev.imago.console.pages.RequestsPage;
import dev.imago.console.pages.RunPage;
import dev.imago.console.pages.RunsPage;
import dev.imago.console.pages.Visit;
import dev.imago.console.runs.Asked;
import dev.imago.console.runs.RunCatalog;
import dev.imago.console.runs.RunEntry;
import dev.imago.console.runs.RunMarks;
import dev.imago.console.runs.RunQuery;
import dev.imago.console.shelf.ArtifactShelf;
import dev.imago.console.shelf.DocumentSearch;
import dev.imago.console.words.Phrases;
import dev.imago.console.words.Tongue;
import dev.imago.core.ImagoException;
import dev.imago.core.Inventory;
import dev.imago.core.Workspace;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.http.Router;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The addresses of the console, and what stands behind each.
final class ConsoleFeature implements Feature {
  private static final String HTML = "text/html; charset=utf-8";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
  private static final Set<String> SCHEMES = Set.of("system", "light", "dark");

  private final RunCatalog catalog;
  private final RunMarks marks;
  private final ArtifactShelf shelf;
  private final CurvesView curves;
  private final Clock clock;
  private final Sessions sessions;
  private final Assets assets = new Assets();
  private final PageFrame frame = new PageFrame(assets.version());
  private final Map<Tongue, Phrases> phrases = new EnumMap<>(Tongue.class);
  private final AnsweringServers servers;
  private final OverviewPage overview;
  private final RunsPage runs;
  private final RunPage run;
  private final ComparePage compare;
  private final ArtifactsPage artifacts;
  private final ArtifactPage artifact;
  private final DocumentsPage documents;
  private final ModelsPage models;
  private final RequestsPage requests;
  private final AlertsPage alerts;
  private final PlaygroundPage playground;

  ConsoleFeature(
      ConsoleConfig config,
      Workspace workspace,
      RunCatalog catalog,
      Clock clock,
      RandomGenerator random) {
    this.catalog = catalog;
    this.marks = new RunMarks(workspace.root());
    this.shelf = new ArtifactShelf(workspace);
    this.curves = new CurvesView(new CurveStore());
    this.clock = clock;
    this.sessions = new Sessions(random);
    this.servers = new AnsweringServers(config.models());
    for (Tongue tongue : Tongue.values()) {
      phrases.put(tongue, Phrases.of(tongue, config.zone()));
    }
    overview = new OverviewPage(frame, catalog, workspace.root());
    runs = new RunsPage(frame, catalog, marks);
    run = new RunPage(frame, curves, marks);
    compare = new ComparePage(frame, curves);
    artifacts = new ArtifactsPage(frame, shelf);
    artifact = new ArtifactPage(frame, shelf);
    documents = new DocumentsPage(frame, shelf);
    models = new ModelsPage(frame, shelf);
    requests = new RequestsPage(frame, workspace.root().resolve("ratings.jsonl"));
    alerts = new AlertsPage(frame, workspace.root().resolve("alerts.json"));
    playground = new PlaygroundPage(frame, config.models());
  }

  /// What a page shows to a reader.
  @FunctionalInterface
  private interface Shown {
    Element page(Visit visit, Exchange exchange) throws InterruptedException;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        page("/", (visit, _) -> overview.page(visit)),
        page("/runs", (visit, _) -> runs.page(visit)),
        get("/runs.csv", this::runsCsv),
        get("/runs.json", this::runsJson),
        page("/runs/{key}", (visit, exchange) -> run.page(visit, entry(exchange))),
        change("/runs/{key}/pin", this::pin),
        change("/runs/{key}/mark", this::mark),
        page("/compare", (visit, _) -> compare.page(visit, chosen(visit.asked()))),
        get("/curves.json", this::curvesJson),
        get("/curves.csv", this::curvesCsv),
        get("/curves.svg", this::curvesSvg),
        page("/artifacts", (visit, _) -> artifacts.page(visit)),
        page("/artifacts/{kind}/{hash}", (visit, exchange) -> artifact.page(visit, item(exchange))),
        page("/artifacts/{kind}/{hash}/documents", this::documents),
        page("/models", (visit, _) -> models.page(visit)),
        page("/requests", (visit, _) -> requests.page(visit)),
        page("/alerts", (visit, _) -> alerts.page(visit)),
        page("/playground", (visit, _) -> playground.page(visit, "", List.of())),
        Route.post("/playground", Route.Access.OPEN, guarded(this::ask)),
        page("/keys", (visit, _) -> frame.keysPage(visit)),
        change("/preferences", this::prefer),
        get("/pulse", this::pulse),
        Route.get("/assets/{name}", Route.Access.OPEN, assets::send),
        page(
            "/{+rest}",
            (_, _) -> {
              throw missing();
            }));
  }

  private static ApiException missing() {
    return ApiException.of(404, "not_found", "");
  }

  private Route page(String path, Shown shown) {
    return Route.get(
        path,
        Route.Access.OPEN,
        guarded(
            exchange -> {
              Visit visit = visit(exchange, exchange.query());
              html(exchange, shown.page(visit, exchange));
            }));
  }

  private Route get(String path, Route.Action action) {
    return Route.get(path, Route.Access.OPEN, guarded(action));
  }

  private Route change(String path, Route.Action action) {
    return Route.post(path, Route.Access.OPEN, guarded(action));
  }

  /// What goes wrong is told as a page, in the reader's language as far as the words are ours.
  private Route.Action guarded(Route.Action action) {
    return exchange -> {
      try {
        exchange.header("Cache-Control", "no-store");
        action.run(exchange);
      } catch (ApiException e) {
        tell(exchange, e);
      } catch (ImagoException e) {
        tell(exchange, ApiException.of(500, "failed", String.valueOf(e.getMessage())));
      } catch (java.io.UncheckedIOException | IllegalStateException e) {
        tell(exchange, Router.failure(exchange.path(), e));
      }
    };
  }

  private void tell(Exchange exchange, ApiException e) {
    Visit visit = visit(exchange, Map.of());
    String message = String.valueOf(e.getMessage());
    exchange.status(e.status());
    html(
        exchange,
        frame.trouble(
            visit, e.status(), message.isEmpty() ? visit.words().of("trouble.nothing") : message));
  }

  /// A page is mostly tags that say the same: packed, it is a tenth.
  private static void html(Exchange exchange, Element page) {
    byte[] plain = page.page().getBytes(StandardCharsets.UTF_8);
    exchange.header("Vary", "Accept-Encoding, Cookie");
    if (Assets.takesPacked(exchange)) {
      exchange.header("Content-Encoding", "gzip");
      exchange.send(HTML, Assets.packed(plain));
    } else {
      exchange.send(HTML, plain);
    }
  }

  private Phrases words(Exchange exchange) {
    Tongue tongue =
        Tongue.of(
            Sessions.cookie(exchange, "lang"),
            exchange.requestHeader("Accept-Language").orElse(""));
    return java.util.Objects.requireNonNull(phrases.get(tongue));
  }

  private Visit visit(Exchange exchange, Map<String, List<String>> asked) {
    String scheme = Sessions.cookie(exchange, "scheme");
    return new Visit(
        here(exchange, asked),
        new Asked(asked),
        words(exchange),
        scheme.equals("light") || scheme.equals("dark") ? scheme : "",
        sessions.token(exchange),
        clock.instant());
  }

  private static Link here(Exchange exchange, Map<String, List<String>> asked) {
    List<String> path =
        Arrays.stream(exchange.path().split("/")).filter(s -> !s.isEmpty()).toList();
    var link = new Link(path, List.of());
    for (Map.Entry<String, List<String>> each : asked.entrySet()) {
      for (String value : each.getValue()) {
        if (!value.isEmpty() && !each.getKey().equals("token")) {
          link = link.with(each.getKey(), value);
        }
      }
    }
    return link;
  }

  private RunEntry entry(Exchange exchange) {
    return catalog
        .snapshot()
        .find(exchange.pathParameter("key"))
        .orElseThrow(ConsoleFeature::missing);
  }

  private Inventory.Item item(Exchange exchange) {
    return shelf
        .stock()
        .find(exchange.pathParameter("kind"), exchange.pathParameter("hash"))
        .orElseThrow(ConsoleFeature::missing);
  }

  private Element documents(Visit visit, Exchange exchange) {
    Inventory.Item item = item(exchange);
    List<String> parts = DocumentSearch.parts(shelf.folder(item.ref()));
    if (parts.isEmpty()) {
      throw missing();
    }
    return documents.page(visit, item, parts);
  }

  /// The runs that an address names, of those that are there.
  private List<RunEntry> chosen(Asked asked) {
    RunCatalog.Snapshot now = catalog.snapshot();
    return asked.all("run").stream()
        .distinct()
        .map(now::find)
        .flatMap(Optional::stream)
        .limit(ComparePage.MOST)
        .toList();
  }

  private void runsCsv(Exchange exchange) {
    Visit visit = visit(exchange, exchange.query());
    List<List<String>> rows = RunsPage.rows(runs.listing(visit), RunQuery.of(visit.asked()));
    file(exchange, "text/csv; charset=utf-8", "runs.csv", SentFiles.csv(rows));
  }

  private void runsJson(Exchange exchange) {
    Visit visit = visit(exchange, exchange.query());
    exchange.json(
        SentFiles.objects(RunsPage.rows(runs.listing(visit), RunQuery.of(visit.asked()))));
  }

  private static void file(Exchange exchange, String type, String name, String content) {
    exchange.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    exchange.send(type, content.getBytes(StandardCharsets.UTF_8));
  }

  private List<CurveDrawing.Series> series(Asked asked, CurveStore.Wish wish) {
    return curves.series(chosen(asked), asked.first("m"), wish);
  }

  private void curvesJson(Exchange exchange) {
    var asked = new Asked(exchange.query());
    exchange.json(SentFiles.lines(asked.first("m"), series(asked, CurvesView.wish(asked))));
  }

  private void curvesCsv(Exchange exchange) {
    var asked = new Asked(exchange.query());
    CurveStore.Wish wish = CurvesView.wish(asked);
    file(
        exchange,
        "text/csv; charset=utf-8",
        "curve.csv",
        SentFiles.csv(wish.along().word(), asked.first("m"), series(asked, wish)));
  }

  private void curvesSvg(Exchange exchange) {
    var asked = new Asked(exchange.query());
    Phrases words = words(exchange);
    file(
        exchange,
        "image/svg+xml",
        "curve.svg",
        CurveDrawing.file(
            asked.first("m"),
            series(asked, CurvesView.wish(asked)),
            words::mark,
            CurvesView.logarithmic(asked)));
  }

  /// Waits for news: the generation of what is known, once it is another than the reader's.
  private void pulse(Exchange exchange) throws InterruptedException {
    var asked = new Asked(exchange.query());
    long seen = asked.number("seen").orElse(-1.0).longValue();
    exchange.json(Map.of("generation", catalog.await(seen, LONGEST_WAIT)));
  }

  private Asked form(Exchange exchange) {
    var form = new Asked(exchange.form());
    sessions.check(exchange, form.first("token"));
    return form;
  }

  private void pin(Exchange exchange) {
    Asked form = form(exchange);
    RunEntry entry = entry(exchange);
    RunMarks.Mark mark = marks.of(entry.key());
    marks.put(
        new RunMarks.Mark(
            entry.key(), form.first("pinned").equals("1"), mark.group(), mark.tags(), mark.note()));
    catalog.touch();
    backTo(exchange, form.first("back"));
  }

  private void mark(Exchange exchange) {
    Asked form = form(exchange);
    RunEntry entry = entry(exchange);
    var tags = new ArrayList<>(Arrays.asList(form.first("tags").split("[,，、]")));
    marks.put(
        new RunMarks.Mark(
            entry.key(),
            marks.of(entry.key()).pinned(),
            form.first("group"),
            tags,
            form.first("note")));
    catalog.touch();
    backTo(exchange, form.first("back"));
  }

  private void prefer(Exchange exchange) {
    Asked form = form(exchange);
    for (Tongue tongue : Tongue.values()) {
      if (form.first("lang").equals(tongue.code())) {
        exchange.header("Set-Cookie", Sessions.kept("lang", tongue.code()));
      }
    }
    if (SCHEMES.contains(form.first("scheme"))) {
      exchange.header("Set-Cookie", Sessions.kept("scheme", form.first("scheme")));
    }
    backTo(exchange, form.first("back"));
  }

  /// Leads a reader back, to a place of this server and to no other.
  private static void backTo(Exchange exchange, String back) {
    boolean ours =
        back.startsWith("/") && !back.startsWith("//") && back.matches("[!-~&&[^\\\\\"<>]]*");
    exchange.status(303);
    exchange.header("Location", ours ? back : "/");
    exchange.send(HTML, new byte[0]);
  }

  private void ask(Exchange exchange) throws InterruptedException {
    Map<String, List<String>> sent = exchange.form();
    var form = new Asked(sent);
    sessions.check(exchange, form.first("token"));
    String prompt = form.first("prompt");
    List<PlaygroundPage.Answer> answers =
        prompt.isBlank() ? List.of() : servers.ask(prompt, form.whole("tokens", 128, 1, 2048));
    Visit visit = visit(exchange, Map.of("tokens", sent.getOrDefault("tokens", List.of())));
    html(exchange, playground.page(visit, prompt, answers));
  }
}

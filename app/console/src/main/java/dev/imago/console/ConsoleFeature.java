package dev.imago.console;

import dev.imago.accounts.Role;
import dev.imago.alerts.Silences;
import dev.imago.console.curves.CurveDrawing;
import dev.imago.console.curves.CurveStore;
import dev.imago.console.html.Element;
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
import dev.imago.console.pages.Reader;
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
import dev.imago.console.shelf.DocumentIndexes;
import dev.imago.console.shelf.DocumentSearch;
import dev.imago.console.words.Phrases;
import dev.imago.console.words.Tongue;
import dev.imago.core.ConfigException;
import dev.imago.core.Inventory;
import dev.imago.core.Workspace;
import dev.imago.data.KeptAnswers;
import dev.imago.data.MeasuredModel;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// The addresses of the console, and what stands behind each.
final class ConsoleFeature implements Feature {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
  private static final Set<String> SCHEMES = Set.of("system", "light", "dark");

  private final RunCatalog catalog;
  private final RunMarks marks;
  private final ArtifactShelf shelf;
  private final CurvesView curves;
  private final Entrance entrance;
  private final Assets assets;
  private final PageFrame frame;
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
  private final Silences silences;
  private final PlaygroundPage playground;

  ConsoleFeature(
      ConsoleConfig config,
      Workspace workspace,
      RunCatalog catalog,
      CurveStore store,
      Entrance entrance,
      Assets assets,
      PageFrame frame,
      DocumentIndexes indexes,
      Function<Consumer<String>, List<MeasuredModel>> catalogue) {
    this.catalog = catalog;
    this.marks = new RunMarks(workspace.root());
    this.shelf = new ArtifactShelf(workspace);
    this.curves = new CurvesView(store);
    this.entrance = entrance;
    this.assets = assets;
    this.frame = frame;
    this.servers = new AnsweringServers(config.models());
    overview = new OverviewPage(frame, catalog, workspace.root());
    runs = new RunsPage(frame, catalog, marks);
    run = new RunPage(frame, curves, marks, shelf);
    compare = new ComparePage(frame, curves);
    artifacts = new ArtifactsPage(frame, shelf);
    artifact = new ArtifactPage(frame, shelf);
    documents = new DocumentsPage(frame, shelf, indexes);
    models = new ModelsPage(frame, shelf, catalogue);
    requests =
        new RequestsPage(
            frame,
            workspace.root().resolve("ratings.jsonl"),
            workspace.root().resolve(KeptAnswers.FILE));
    silences = new Silences(workspace.root().resolve("silences.json"));
    alerts = new AlertsPage(frame, workspace.root().resolve("alerts.json"), silences);
    playground = new PlaygroundPage(frame, config.models());
  }

  @Override
  public List<Route> routes() {
    return List.of(
        page("/", (visit, _) -> overview.page(visit)),
        page("/runs", (visit, _) -> runs.page(visit)),
        get("/runs.csv", this::runsCsv),
        get("/runs.json", this::runsJson),
        page("/runs/{key}", (visit, exchange) -> run.page(visit, entry(exchange))),
        entrance.change("/runs/{key}/pin", Role.MEMBER, "run.pin", this::pin),
        entrance.change("/runs/{key}/mark", Role.MEMBER, "run.mark", this::mark),
        page("/compare", (visit, _) -> compare.page(visit, chosen(visit.asked()))),
        get("/curves.json", (exchange, _) -> curvesJson(exchange)),
        get("/curves.csv", (exchange, _) -> curvesCsv(exchange)),
        get("/curves.svg", (exchange, _) -> curvesSvg(exchange)),
        page("/artifacts", (visit, _) -> artifacts.page(visit)),
        page("/artifacts/{kind}/{hash}", (visit, exchange) -> artifact.page(visit, item(exchange))),
        page("/artifacts/{kind}/{hash}/documents", this::documents),
        page("/models", (visit, _) -> models.page(visit)),
        // What others asked and were answered: more than what is offered.
        entrance.page("/requests", Role.OPERATOR, (visit, _) -> requests.page(visit)),
        page("/alerts", (visit, _) -> alerts.page(visit, "")),
        entrance.post("/alerts/silences", Role.OPERATOR, this::silence),
        entrance.change(
            "/alerts/silences/{id}/end",
            Role.OPERATOR,
            "alerts.unsilence",
            (visit, _, exchange) -> {
              String id = exchange.pathParameter("id");
              silences.end(id, visit.now().toEpochMilli() / 1000.0);
              return id;
            }),
        entrance.page(
            "/playground", Role.MEMBER, (visit, _) -> playground.page(visit, "", List.of())),
        entrance.post("/playground", Role.MEMBER, this::ask),
        entrance.page("/keys", null, (visit, _) -> frame.keysPage(visit)),
        entrance.change("/preferences", null, "", this::prefer),
        get("/pulse", (exchange, _) -> pulse(exchange)),
        entrance.asset("/assets/{name}", assets::send),
        page(
            "/{+rest}",
            (_, _) -> {
              throw Entrance.missing();
            }));
  }

  private Route page(String path, Entrance.Shown shown) {
    return entrance.page(path, Role.VIEWER, shown);
  }

  private Route get(String path, Entrance.Deed action) {
    return entrance.get(path, Role.VIEWER, action);
  }

  private RunEntry entry(Exchange exchange) {
    return catalog.snapshot().find(exchange.pathParameter("key")).orElseThrow(Entrance::missing);
  }

  private Inventory.Item item(Exchange exchange) {
    return shelf
        .stock()
        .find(exchange.pathParameter("kind"), exchange.pathParameter("hash"))
        .orElseThrow(Entrance::missing);
  }

  private Element documents(Visit visit, Exchange exchange) {
    Inventory.Item item = item(exchange);
    List<String> parts = DocumentSearch.parts(shelf.folder(item.ref()));
    if (parts.isEmpty()) {
      throw Entrance.missing();
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

  private void runsCsv(Exchange exchange, Reader reader) {
    Visit visit = entrance.visit(exchange, reader, exchange.query());
    List<List<String>> rows = RunsPage.rows(runs.listing(visit), RunQuery.of(visit.asked()));
    SentFiles.send(exchange, "text/csv; charset=utf-8", "runs.csv", SentFiles.csv(rows));
  }

  private void runsJson(Exchange exchange, Reader reader) {
    Visit visit = entrance.visit(exchange, reader, exchange.query());
    exchange.json(
        SentFiles.objects(RunsPage.rows(runs.listing(visit), RunQuery.of(visit.asked()))));
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
    SentFiles.send(
        exchange,
        "text/csv; charset=utf-8",
        "curve.csv",
        SentFiles.csv(wish.along().word(), asked.first("m"), series(asked, wish)));
  }

  private void curvesSvg(Exchange exchange) {
    var asked = new Asked(exchange.query());
    Phrases words = entrance.words(exchange);
    SentFiles.send(
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

  private String pin(Visit visit, Asked form, Exchange exchange) {
    RunEntry entry = entry(exchange);
    RunMarks.Mark mark = marks.of(entry.key());
    marks.put(
        new RunMarks.Mark(
            entry.key(), form.first("pinned").equals("1"), mark.group(), mark.tags(), mark.note()));
    catalog.touch();
    return entry.key();
  }

  private String mark(Visit visit, Asked form, Exchange exchange) {
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
    return entry.key();
  }

  private String prefer(Visit visit, Asked form, Exchange exchange) {
    for (Tongue tongue : Tongue.values()) {
      if (form.first("lang").equals(tongue.code())) {
        entrance.keep(exchange, "lang", tongue.code());
      }
    }
    if (SCHEMES.contains(form.first("scheme"))) {
      entrance.keep(exchange, "scheme", form.first("scheme"));
    }
    return "";
  }

  private void silence(Visit visit, Asked form, Exchange exchange) {
    try {
      Silences.Silence made =
          silences.begin(
              Arrays.asList(form.first("matchers").strip().split("\\s+")),
              visit.now().toEpochMilli() / 1000.0,
              Duration.ofHours(form.whole("hours", 2, 1, 24 * 366)),
              visit.reader().name().isEmpty()
                  ? System.getProperty("user.name", "")
                  : visit.reader().name(),
              form.first("comment"));
      entrance.note(visit.reader(), "alerts.silence", String.join(" ", made.matchers()));
      Entrance.backTo(exchange, form.first("back"));
    } catch (ConfigException e) {
      exchange.status(400);
      Entrance.html(exchange, alerts.page(visit, String.valueOf(e.getMessage())));
    }
  }

  private void ask(Visit visit, Asked form, Exchange exchange) throws InterruptedException {
    String prompt = form.first("prompt");
    List<PlaygroundPage.Answer> answers =
        prompt.isBlank() ? List.of() : servers.ask(prompt, form.whole("tokens", 128, 1, 2048));
    Visit asked = entrance.visit(exchange, visit.reader(), Map.of("tokens", form.all("tokens")));
    Entrance.html(exchange, playground.page(asked, prompt, answers));
  }
}

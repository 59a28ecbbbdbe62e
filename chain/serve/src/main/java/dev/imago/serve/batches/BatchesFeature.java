package dev.imago.serve.batches;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.files.FileStore;
import dev.imago.serve.files.ListPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/batches`: begun, told of, listed and cancelled, each by its own tenant alone. Those that a
/// stopped server left unfinished go on when it is back.
public final class BatchesFeature implements Feature, AutoCloseable {
  private static final String PATH = "/v1/batches";
  private static final String ONE = PATH + "/{id}";
  private static final String CANCEL = ONE + "/cancel";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long DAY = Duration.ofDays(1).toSeconds();

  public static final List<RouteFields> FIELDS =
      List.of(
          RouteFields.of(PATH)
              .honoured(
                  "input_file_id",
                  "endpoint",
                  "completion_window",
                  "metadata",
                  "output_expires_after"),
          RouteFields.of(CANCEL));

  private final Path folder;
  private final BatchRun.Means means;
  private final FileStore files;
  private final Clock clock;
  private final UnaryOperator<String> newId;
  private final Map<String, BatchRun> runs = new ConcurrentHashMap<>();

  /// @param folder where batches lie, each in its own folder
  /// @param endpoints whose requests a batch may have, by path
  /// @param together requests of a batch that are answered at a time
  /// @param newId makes an id from its prefix
  public BatchesFeature(
      Path folder,
      FileStore files,
      Map<String, BatchEndpoint> endpoints,
      int together,
      Clock clock,
      UnaryOperator<String> newId) {
    this.folder = folder;
    this.files = files;
    this.clock = clock;
    this.newId = newId;
    this.means = new BatchRun.Means(Map.copyOf(endpoints), files, clock, together);
  }

  /// Goes on with what is unfinished.
  public void resume() {
    for (BatchState state : read()) {
      var run = new BatchRun(state, means);
      runs.put(state.id(), run);
      if (state.open()) {
        Thread.ofVirtual().name("imago-batches").start(run);
      }
    }
  }

  private List<BatchState> read() {
    var states = new ArrayList<BatchState>();
    if (!Files.isDirectory(folder)) {
      return states;
    }
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.filter(Files::isDirectory).toList()) {
        try {
          states.add(BatchState.open(path));
        } catch (IOException | JacksonException | ClassCastException e) {
          System.getLogger("dev.imago.serve")
              .log(System.Logger.Level.WARNING, "%s is no batch: %s".formatted(path, e));
        }
      }
    } catch (IOException e) {
      System.getLogger("dev.imago.serve")
          .log(System.Logger.Level.WARNING, "batches in %s cannot be read".formatted(folder), e);
    }
    return states;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Route.Access.KEY, this::create),
        Route.get(PATH, Route.Access.KEY, this::list),
        Route.get(ONE, Route.Access.KEY, exchange -> exchange.json(found(exchange).state().told())),
        Route.post(CANCEL, Route.Access.KEY, this::cancel));
  }

  private void create(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.getFirst().check(fields);
    String tenant = exchange.caller().tenant();
    String input = fields.requiredString("input_file_id");
    if (files.find(input, tenant).isEmpty()) {
      throw ApiException.notFound(
          "input_file_id",
          "file_not_found",
          "input_file_id = «%s» is no file of yours; send it to /v1/files first"
              .formatted(input.length() > 80 ? "…" : input));
    }
    String endpoint = fields.requiredString("endpoint");
    if (!means.endpoints().containsKey(endpoint)) {
      throw ApiException.invalid(
          "endpoint",
          "endpoint = «%s» is none of %s"
              .formatted(
                  endpoint.length() > 80 ? "…" : endpoint,
                  String.join(", ", means.endpoints().keySet().stream().sorted().toList())));
    }
    if (!fields.requiredString("completion_window").equals("24h")) {
      throw ApiException.invalid("completion_window", "completion_window is 24h, and nothing else");
    }
    long now = clock.instant().getEpochSecond();
    String id = newId.apply("batch_");
    ObjectNode told = JSON.createObjectNode().put("id", id).put("object", "batch");
    told.put("endpoint", endpoint).put("input_file_id", input).put("completion_window", "24h");
    told.put("status", "validating").put("created_at", now).put("expires_at", now + DAY);
    told.putObject("request_counts").put("total", 0).put("completed", 0).put("failed", 0);
    JsonNode metadata = fields.object("metadata").map(JsonFields::json).orElse(null);
    told.set("metadata", metadata == null ? JSON.nullNode() : metadata);
    fields
        .object("output_expires_after")
        .ifPresent(
            after -> {
              if (!after.requiredString("anchor").equals("created_at")) {
                throw ApiException.invalid(
                    "output_expires_after.anchor", "output_expires_after.anchor is created_at");
              }
              told.put(
                  "output_expires_after", after.integer("seconds", 3600, 2_592_000).orElse(DAY));
            });
    var run = new BatchRun(BatchState.create(folder.resolve(id), tenant, told), means);
    runs.put(id, run);
    ObjectNode begun = run.state().told();
    Thread.ofVirtual().name("imago-batches").start(run);
    exchange.json(begun);
  }

  private void list(Exchange exchange) {
    List<ObjectNode> all =
        runs.values().stream()
            .filter(run -> run.state().tenant().equals(exchange.caller().tenant()))
            .map(run -> run.state().told())
            .sorted(
                Comparator.comparingLong((ObjectNode told) -> told.path("created_at").asLong())
                    .reversed()
                    .thenComparing(told -> told.path("id").asString()))
            .toList();
    exchange.json(ListPage.of(exchange, all, 20, told -> told.path("id").asString(), told -> told));
  }

  private BatchRun found(Exchange exchange) {
    String id = exchange.pathParameter("id");
    BatchRun run = runs.get(id);
    if (run == null || !run.state().tenant().equals(exchange.caller().tenant())) {
      throw ApiException.notFound(
          "batch_id",
          "batch_not_found",
          "there is no batch «%s»; GET %s lists those that there are"
              .formatted(id.length() > 80 ? id.substring(0, 80) + "…" : id, PATH));
    }
    return run;
  }

  private void cancel(Exchange exchange) {
    BatchRun run = found(exchange);
    long now = clock.instant().getEpochSecond();
    run.state()
        .change(
            told -> {
              String status = told.path("status").asString("");
              if (!status.equals("validating") && !status.equals("in_progress")) {
                throw ApiException.of(
                    409,
                    "batch_not_running",
                    "the batch is %s, and only one that runs can be cancelled".formatted(status));
              }
              told.put("status", "cancelling").put("cancelling_at", now);
            });
    ObjectNode told = run.state().told(); // before it is over
    run.cancel();
    exchange.json(told);
  }

  /// Stops those that run, for now: before the server refuses what is new, which would be told as
  /// their answers.
  public void stop() {
    runs.values().forEach(BatchRun::stop);
  }

  /// Stops those that run, and waits until they have.
  @Override
  public void close() throws InterruptedException {
    stop();
    for (BatchRun run : runs.values()) {
      if (run.state().open()) {
        run.await();
      }
    }
  }
}

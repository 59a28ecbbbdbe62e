package dev.imago.serve.batches;

import dev.imago.core.EnvironmentException;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.completions.KeptOutlet;
import dev.imago.serve.files.FileStore;
import dev.imago.serve.files.StoredFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A batch while it runs: checks its requests, has those answered that have no answer yet, a few at
/// a time and after everybody else's, and makes files of what came. What a run does not finish, the
/// next one does: the answers so far are in its folder, line by line.
final class BatchRun implements Runnable {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");
  private static final JsonMapper JSON = JsonMapper.shared();

  /// Lower than whatever a client asks for.
  private static final int LAST = 1 << 20;

  /// What all batches run with.
  ///
  /// @param endpoints by path
  /// @param together requests of a batch that are answered at a time
  record Means(Map<String, BatchEndpoint> endpoints, FileStore files, Clock clock, int together) {}

  private final BatchState state;
  private final Means means;
  private final Set<KeptOutlet> running = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean failedToWrite;

  BatchRun(BatchState state, Means means) {
    this.state = state;
    this.means = means;
  }

  BatchState state() {
    return state;
  }

  /// Ends it for now; it goes on when the server is back.
  void stop() {
    stop.countDown();
    running.forEach(KeptOutlet::cancel);
  }

  /// Ends it for good, with the answers that it has.
  void cancel() {
    running.forEach(KeptOutlet::cancel);
  }

  void await() throws InterruptedException {
    over.await();
  }

  @Override
  public void run() {
    try {
      if (state.text("status").equals("validating") && !validate()) {
        return;
      }
      answerAll();
      if (stop.getCount() > 0 && (cancelled() || expired() || !unanswered())) {
        finish();
      }
    } catch (IOException | EnvironmentException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "batch %s stands still until the server starts again: %s"
              .formatted(state.id(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.countDown();
    }
  }

  private long now() {
    return means.clock.instant().getEpochSecond();
  }

  private Path input() {
    return means.files.content(state.text("input_file_id"));
  }

  private boolean validate() throws IOException {
    ArrayNode errors = JSON.createArrayNode();
    int count =
        Files.exists(input()) ? BatchInput.check(input(), state.text("endpoint"), errors) : 0;
    if (count == 0 && errors.isEmpty()) {
      errors
          .addObject()
          .put("code", "file_not_found")
          .put("line", 1)
          .put("message", "the input file is gone")
          .putNull("param");
    }
    if (!errors.isEmpty()) {
      state.change(
          told -> {
            told.put("status", "failed").put("failed_at", now());
            told.putObject("errors").put("object", "list").set("data", errors);
          });
      return false;
    }
    state.change(
        told -> {
          if (told.path("status").asString("").equals("validating")) { // not cancelled meanwhile
            told.put("status", "in_progress").put("in_progress_at", now());
          }
          counts(told).put("total", count);
        });
    return true;
  }

  private static ObjectNode counts(ObjectNode told) {
    return told.path("request_counts") instanceof ObjectNode counts
        ? counts
        : told.putObject("request_counts").put("total", 0).put("completed", 0).put("failed", 0);
  }

  private boolean cancelled() {
    return state.text("status").equals("cancelling");
  }

  private boolean expired() {
    return now() >= state.number("expires_at");
  }

  private void answerAll() throws IOException, InterruptedException {
    Set<String> good = new HashSet<>();
    Set<String> bad = new HashSet<>();
    try (var output = BatchOutput.open(state.output(), good);
        var errors = BatchOutput.open(state.errors(), bad)) {
      state.changeForNow(
          told -> counts(told).put("completed", good.size()).put("failed", bad.size()));
      var room = new Semaphore(means.together);
      List<Thread> threads = new ArrayList<>();
      try (BufferedReader in = Files.newBufferedReader(input(), StandardCharsets.UTF_8)) {
        for (String text = in.readLine(); text != null; text = in.readLine()) {
          if (text.isBlank()) {
            continue;
          }
          BatchInput.Line line = BatchInput.line(text);
          if (good.contains(line.customId()) || bad.contains(line.customId())) {
            continue;
          }
          room.acquire();
          if (stop.getCount() == 0 || cancelled() || expired() || failedToWrite) {
            break;
          }
          threads.removeIf(thread -> !thread.isAlive());
          threads.add(
              Thread.ofVirtual()
                  .name("imago-batch")
                  .start(
                      () -> {
                        try {
                          answer(line, output, errors);
                        } finally {
                          room.release();
                        }
                      }));
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
      if (failedToWrite) {
        throw new IOException("its answers cannot be written");
      }
    }
  }

  private void answer(BatchInput.Line line, BatchOutput output, BatchOutput errors) {
    BatchEndpoint endpoint = means.endpoints.get(state.text("endpoint"));
    if (endpoint == null) {
      return; // of another version of this server
    }
    var outlet = new KeptOutlet(state.tenant());
    running.add(outlet);
    try {
      if (stop.getCount() == 0 || cancelled()) {
        return;
      }
      JsonNode body;
      int status = 200;
      try {
        waited(() -> endpoint.answer(fields(line), outlet));
        body = JSON.readTree(outlet.body());
      } catch (ApiException e) {
        if (outlet.cancelled() || stop.getCount() == 0) {
          return;
        }
        status = e.status();
        body = JSON.valueToTree(e.body());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a request of a batch failed", e);
        status = 500;
        body =
            JSON.valueToTree(
                ApiException.of(500, "internal_error", "the server failed to answer").body());
      }
      record(line, status, body, output, errors);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running.remove(outlet);
    }
  }

  /// What a request says, asked for after everybody else's.
  private JsonFields fields(BatchInput.Line line) {
    ObjectNode body = line.body();
    if (body.path("stream").asBoolean(false)) {
      throw ApiException.invalid("stream", "stream = true is of single requests; leave it out");
    }
    if (!state.text("endpoint").matches("/v1/(embeddings|moderations)")) {
      JsonNode priority = body.path("priority");
      body.put(
          "priority", LAST + (priority.isInt() ? Math.clamp(priority.intValue(), 0, LAST) : 0));
    }
    return JsonFields.of(body);
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws InterruptedException;
  }

  /// Tries again while the server is full, or a limit by the minute. What is used up for days or
  /// months is told as it is: to ask for it each second helps nobody.
  private void waited(Attempt attempt) throws InterruptedException {
    while (true) {
      try {
        attempt.run();
        return;
      } catch (ApiException e) {
        boolean soon = e.status() == 429 && !"insufficient_quota".equals(e.code());
        if (!soon || cancelled() || expired() || stop.await(1, TimeUnit.SECONDS)) {
          throw e;
        }
      }
    }
  }

  private void record(
      BatchInput.Line line, int status, JsonNode body, BatchOutput output, BatchOutput errors) {
    ObjectNode told = JSON.createObjectNode();
    String id = "batch_req_" + UUID.randomUUID().toString().replace("-", "");
    told.put("id", id).put("custom_id", line.customId());
    told.putObject("response").put("status_code", status).put("request_id", id).set("body", body);
    told.putNull("error");
    try {
      (status == 200 ? output : errors).append(told);
    } catch (IOException e) {
      failedToWrite = true;
      return;
    }
    state.changeForNow(
        all -> {
          String which = status == 200 ? "completed" : "failed";
          ObjectNode counts = counts(all);
          counts.put(which, counts.path(which).asInt() + 1);
        });
  }

  private void finish() throws IOException {
    String end = cancelled() ? "cancelled" : expired() && unanswered() ? "expired" : "completed";
    if (end.equals("completed")) {
      state.change(told -> told.put("status", "finalizing").put("finalizing_at", now()));
    }
    String output = file(state.output(), "output");
    String errors = file(state.errors(), "errors");
    state.change(
        told -> {
          if (!output.isEmpty()) {
            told.put("output_file_id", output);
          }
          if (!errors.isEmpty()) {
            told.put("error_file_id", errors);
          }
          told.put("status", end).put(end + "_at", now());
        });
  }

  private boolean unanswered() {
    JsonNode counts = state.told().path("request_counts");
    return counts.path("completed").asInt() + counts.path("failed").asInt()
        < counts.path("total").asInt();
  }

  /// Makes a file of answers; none where there are none.
  private String file(Path answers, String kind) throws IOException {
    if (!Files.exists(answers) || Files.size(answers) == 0) {
      return "";
    }
    Path draft = means.files.draft();
    Files.copy(answers, draft, StandardCopyOption.REPLACE_EXISTING);
    StoredFile made =
        means.files.add(
            draft,
            state.tenant(),
            "%s_%s.jsonl".formatted(state.id(), kind),
            "batch_output",
            expiry());
    return made.id();
  }

  private OptionalLong expiry() {
    long seconds = state.number("output_expires_after");
    return seconds > 0 ? OptionalLong.of(seconds) : OptionalLong.empty();
  }
}

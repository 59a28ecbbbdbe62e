package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Metering;
import dev.imago.accounts.Role;
import dev.imago.http.ApiException;
import dev.imago.http.KeyCheck;
import dev.imago.http.Route;
import dev.imago.serve.metering.AccountKeys;
import dev.imago.state.StateAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Which route opens to which role, and what of one tenant another finds: a row for each route that
/// the server has, held against the server itself.
class AccessTableTest {
  /// Of each route the least role (`open`: none, nor a key), and what it has of a tenant's own: `-`
  /// for nothing, `listed` where it lists what its caller made, else the body with which another
  /// tenant is told that there is no such thing. `$file`, `$batch`, `$response` and `$answer` are
  /// what a tenant made; so is `{id}` in a path.
  private static final String TABLE =
      """
      GET    /                              open      -
      GET    /words.js                      open      -
      GET    /api.js                        open      -
      GET    /chat.css                      open      -
      GET    /chat.js                       open      -
      GET    /exchange.js                   open      -
      GET    /icon.svg                      open      -
      GET    /health                        open      -
      GET    /healthz                       open      -
      GET    /readyz                        open      -
      GET    /chat.json                     viewer    -
      GET    /v1/models                     viewer    -
      GET    /v1/models/{+id}               viewer    -
      GET    /api/tags                      viewer    -
      GET    /api/version                   viewer    -
      POST   /api/show                      member    -
      POST   /v1/chat/completions           member    -
      POST   /v1/completions                member    -
      POST   /v1/messages                   member    -
      POST   /v1/messages/count_tokens      member    -
      POST   /api/chat                      member    -
      POST   /api/generate                  member    -
      POST   /v1/responses                  member    {"model":"tiny","input":"a","previous_response_id":"$response"}
      POST   /v1/responses/input_tokens     member    {"model":"tiny","input":"a","previous_response_id":"$response"}
      GET    /v1/responses/{id}             viewer    {}
      GET    /v1/responses/{id}/input_items viewer    {}
      POST   /v1/responses/{id}/cancel      member    {}
      DELETE /v1/responses/{id}             member    {}
      POST   /v1/files                      member    -
      GET    /v1/files                      viewer    listed
      GET    /v1/files/{id}                 viewer    {}
      GET    /v1/files/{id}/content         viewer    {}
      DELETE /v1/files/{id}                 member    {}
      POST   /v1/batches                    member    {"input_file_id":"$file","endpoint":"/v1/chat/completions","completion_window":"24h"}
      GET    /v1/batches                    viewer    listed
      GET    /v1/batches/{id}               viewer    {}
      POST   /v1/batches/{id}/cancel        member    {}
      POST   /v1/feedback                   member    {"completion_id":"$answer","rating":"up"}
      POST   /v1/moderations                member    -
      POST   /v1/embeddings                 member    -
      POST   /rerank                        member    -
      POST   /v1/rerank                     member    -
      POST   /score                         member    -
      POST   /v1/score                      member    -
      POST   /classify                      member    -
      POST   /tag                           member    -
      POST   /parse                         member    -
      POST   /question-answering            member    -
      POST   /tokenize                      member    -
      POST   /detokenize                    member    -
      POST   /apply-template                member    -
      GET    /metrics                       operator  -
      POST   /v1/load_lora_adapter          operator  -
      POST   /v1/unload_lora_adapter        operator  -
      """;

  private record Row(String method, String path, String role, String own) {
    static List<Row> all() {
      return TABLE
          .lines()
          .map(line -> line.split(" +", 4))
          .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3]))
          .toList();
    }

    String name() {
      return method + " " + path;
    }

    /// With the id of a thing.
    String path(String id) {
      return path.replaceAll("\\{\\+?id}", id.isEmpty() ? "none" : id);
    }

    boolean isOpen() {
      return role.equals("open");
    }

    boolean opensTo(Role caller) {
      return isOpen() || caller.covers(Role.parse(role));
    }
  }

  @TempDir static Path folder;
  private static Accounts accounts;
  private static Metering metering;
  private static Running running;

  @BeforeAll
  static void open() {
    accounts = Accounts.open(StateAddress.in(folder), folder.resolve("state"));
    metering = accounts.serve();
    running =
        new Running(
            Running.config(folder).withMetering(Optional.of(metering)),
            new ScriptedBackend(100, "Hi"));
  }

  @AfterAll
  static void close() {
    running.close();
    metering.close();
    accounts.close();
  }

  private static ApiKeyStore.Made key(String organisation, Role role) {
    ApiKeyStore.Made made =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "a", organisation, "", "", role, List.of("*"), List.of("*"), null));
    metering.refresh();
    return made;
  }

  private static HttpResponse<String> sent(
      String method, String path, String body, Consumer<HttpRequest.Builder> more)
      throws Exception {
    HttpRequest.Builder request = running.request(path);
    more.accept(request);
    return running.client.send(
        request
            .method(
                method,
                method.equals("POST") ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> sent(String method, String path, String body, String key)
      throws Exception {
    return sent(method, path, body, with(key));
  }

  private static Consumer<HttpRequest.Builder> with(String key) {
    return request -> request.header("Authorization", "Bearer " + key);
  }

  @Test
  void everyRouteHasItsRow() {
    var there =
        running.server.routes().stream()
            .map(route -> route.method().text() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));
    var rows = Row.all().stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(rows, there, "a route without a row here, or a row without its route");
    var open =
        running.server.routes().stream()
            .filter(route -> route.access() == Route.Access.OPEN)
            .map(route -> route.method().text() + " " + route.path())
            .collect(Collectors.toSet());
    assertEquals(
        open, Row.all().stream().filter(Row::isOpen).map(Row::name).collect(Collectors.toSet()));
  }

  @Test
  void everyRouteOpensToItsRolesAlone() throws Exception {
    var keys = new EnumMap<Role, ApiKeyStore.Made>(Role.class);
    for (Role role : Role.values()) {
      keys.put(role, key("acme", role));
    }
    KeyCheck door = new AccountKeys(KeyCheck.of(List.of()), metering, true);
    for (Row row : Row.all()) {
      assertEquals(
          !row.isOpen(),
          sent(row.method, row.path(""), "{}", _ -> {}).statusCode() == 401,
          row.name() + " without a key");
      var asked = new HashSet<Boolean>();
      for (Role role : Role.values()) {
        boolean opens = row.opensTo(role);
        String what = row.name() + " to " + role;
        if (!row.isOpen()) {
          assertEquals(opens, opens(door, keys.get(role), row), what);
        }
        if (asked.add(opens)) { // over the wire the first that may, and the first that may not
          HttpResponse<String> answer = sent(row.method, row.path(""), "{}", keys.get(role).key());
          boolean refused = answer.body().contains("this key's role is");
          assertEquals(opens, !refused, what + ": " + answer.body());
          assertEquals(refused, answer.statusCode() == 403 && !answer.body().contains("--allow"));
          assertTrue(answer.statusCode() != 401 && answer.statusCode() < 500, what);
        }
      }
    }
  }

  private static boolean opens(KeyCheck door, ApiKeyStore.Made key, Row row) {
    try {
      door.checkOpens(key.account().key(), row.method, row.path);
      return true;
    } catch (ApiException e) {
      assertEquals("role_not_allowed", e.code());
      return false;
    }
  }

  @Test
  void whatOneTenantMadeIsNotThereForAnother() throws Exception {
    String ann = key("acme", Role.OWNER).key();
    String bob = key("other", Role.OWNER).key();
    Map<String, String> made = made(ann);
    var left = new ArrayList<>(Row.all());
    left.removeIf(row -> row.own.equals("-"));
    // What is deleted comes last, so that its owner finds all before.
    left.sort((one, two) -> Boolean.compare(isLast(one), isLast(two)));
    for (Row row : left) {
      String path = filled(row.path("\\$" + kind(row.path)), made);
      String body = filled(row.own, made);
      HttpResponse<String> others = sent(row.method, path, body, bob);
      HttpResponse<String> own = sent(row.method, path, body, ann);
      if (row.own.equals("listed")) {
        assertEquals(200, others.statusCode(), row.name());
        made.values()
            .forEach(id -> assertFalse(others.body().contains(id), row.name() + others.body()));
        assertTrue(made.values().stream().anyMatch(own.body()::contains), row.name());
      } else {
        assertEquals(404, others.statusCode(), row.name() + " " + others.body());
        // Those that are over are not cancelled; that is told of what is there alone.
        assertTrue(own.statusCode() != 404, row.name() + " " + own.body());
      }
    }
  }

  /// What an id in a path is of.
  private static String kind(String path) {
    return path.contains("batch") ? "batch" : path.contains("file") ? "file" : "response";
  }

  private static boolean isLast(Row row) {
    return row.method.equals("DELETE");
  }

  private static String filled(String text, Map<String, String> made) {
    String filled = text;
    for (Map.Entry<String, String> each : made.entrySet()) {
      filled = filled.replace("$" + each.getKey(), each.getValue());
    }
    assertFalse(filled.contains("$"), filled);
    return filled;
  }

  /// A file, a batch, a response and an answer of a tenant's.
  private static Map<String, String> made(String key) throws Exception {
    String line =
        "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}"
            .formatted(Running.hello(""));
    String file =
        id(
            sent(
                "POST",
                "/v1/files",
                BatchesTest.form("batch", line),
                with(key)
                    .andThen(r -> r.header("Content-Type", "multipart/form-data; boundary=XX"))));
    String batch =
        id(
            sent(
                "POST",
                "/v1/batches",
                "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}"
                    .formatted(file),
                key));
    return Map.of(
        "file",
        file,
        "batch",
        batch,
        "response",
        id(sent("POST", "/v1/responses", "{\"model\":\"tiny\",\"input\":\"a\"}", key)),
        "answer",
        id(sent("POST", "/v1/chat/completions", Running.hello(""), key)));
  }

  private static String id(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode id = Running.json(answer).path("id");
    return id.asString();
  }
}

package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.console.pages.PageFrame;
import dev.imago.core.ConfigException;
import dev.imago.http.Route;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import dev.imago.state.StateAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what, where people sign in.
class PeopleRoutesTest {
  private static final String PASSWORD = "a horse under a bridge";
  private static final String COOKIE = "imago-session=";
  private static final Duration INVITED = Duration.ofDays(1);

  /// What each route that is not for viewers asks for, beside the routing table: a change there
  /// must be meant.
  private static final Map<String, Role> MORE =
      Map.ofEntries(
          Map.entry("POST /runs/{key}/pin", Role.MEMBER),
          Map.entry("POST /runs/{key}/mark", Role.MEMBER),
          Map.entry("GET /requests", Role.OPERATOR),
          Map.entry("POST /alerts/silences", Role.OPERATOR),
          Map.entry("POST /alerts/silences/{id}/end", Role.OPERATOR),
          Map.entry("GET /profiles", Role.OPERATOR),
          Map.entry("POST /profiles/start", Role.OPERATOR),
          Map.entry("GET /profiles/{id}", Role.OPERATOR),
          Map.entry("GET /profiles/{id}/file", Role.OPERATOR),
          Map.entry("POST /profiles/{id}/stop", Role.OPERATOR),
          Map.entry("POST /profiles/{id}/remove", Role.OPERATOR),
          Map.entry("GET /playground", Role.MEMBER),
          Map.entry("POST /playground", Role.MEMBER),
          Map.entry("GET /usage", Role.OWNER),
          Map.entry("GET /people", Role.OWNER),
          Map.entry("POST /people/invite", Role.OWNER),
          Map.entry("POST /people/{name}/role", Role.OWNER),
          Map.entry("POST /people/{name}/remove", Role.OWNER),
          Map.entry("POST /people/{name}/sign-out", Role.OWNER));

  private static final List<String> OPEN =
      List.of(
          "GET /sign-in",
          "POST /sign-in",
          "GET /invitation/{secret}",
          "POST /invitation/{secret}",
          "GET /keys",
          "POST /preferences",
          "GET /assets/{name}");

  private static final Optional<URI> PROXY = Optional.of(URI.create("https://imago.example.org"));

  @TempDir private Path root;
  private final HttpClient client = HttpClient.newHttpClient();
  private Accounts accounts;
  private RunningConsole console;

  @BeforeEach
  void open() {
    var files = new WrittenWorkspace(root);
    files.record("run-a", Map.of()).curve("run-a", 5);
    accounts = Accounts.open(StateAddress.in(root), root.resolve("state"));
    console = new RunningConsole(root, accounts, Optional.empty());
    console.server.look();
  }

  @AfterEach
  void close() {
    client.close();
    console.close();
    accounts.close();
  }

  private String invite(String name, Role role) {
    return accounts.people().invite("root", new People.Invited("acme", name, role), INVITED);
  }

  /// The session of somebody of a role, without the work of a password.
  private String session(Role role) {
    accounts.people().joinFrom(invite(role.word(), role), "https://id.example " + role);
    return accounts.people().signInFrom("https://id.example " + role).orElseThrow();
  }

  private HttpResponse<String> send(String method, String path, String header, String value) {
    try {
      var request = console.request(path).method(method, HttpRequest.BodyPublishers.noBody());
      if (!value.isEmpty()) {
        request.header(header, value);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(Route route) {
    return route.method().text() + " " + route.path();
  }

  private static String filled(Route route) {
    return route
        .path()
        .replace("{key}", "run-a")
        .replace("{kind}", "corpus")
        .replace("{hash}", "1".repeat(64))
        .replace("{name}", route.path().startsWith("/assets") ? "console.css" : "nobody")
        .replace("{id}", "key_none")
        .replace("{secret}", "none")
        .replace("{+rest}", "nothing/here");
  }

  @Test
  void everyRouteLetsInWhoHasItsRoleAndNobodyElseByEveryMethod() {
    var sessions = new HashMap<Role, String>();
    for (Role role : Role.values()) {
      sessions.put(role, COOKIE + session(role));
    }
    for (Route route : console.routes()) {
      Optional<Role> needed =
          OPEN.contains(name(route))
              ? Optional.empty()
              : Optional.of(MORE.getOrDefault(name(route), Role.VIEWER));
      assertEquals(needed, console.server.needs().get(route), () -> name(route));
      if (route.path().equals("/pulse")) {
        continue; // it waits; the same guard stands before it
      }
      String path = filled(route);
      boolean get = route.method().text().equals("GET");
      for (String method : get ? List.of("GET", "HEAD") : List.of("POST")) {
        int nobody = send(method, path, "Cookie", "").statusCode();
        if (needed.isEmpty()) {
          assertFalse(List.of(401, 303).contains(nobody), () -> method + " " + path);
        } else {
          boolean page = get && !path.matches(".*\\.(csv|json|svg)|.*/file");
          assertEquals(page ? 303 : 401, nobody, () -> method + " " + path + " by nobody");
        }
        for (Role role : Role.values()) {
          HttpResponse<String> answer =
              send(method, path, "Cookie", String.valueOf(sessions.get(role)));
          boolean may = needed.isEmpty() || role.covers(needed.get());
          String what = method + " " + path + " by " + role + " → " + answer.statusCode();
          if (!may) {
            assertEquals(403, answer.statusCode(), what);
            assertFalse(answer.body().contains("this form was not sent"), what);
          } else if (!get) {
            // Let in, and stopped by the missing token of the form.
            assertEquals(403, answer.statusCode(), what);
            assertTrue(answer.body().contains("this form was not sent"), what);
          } else {
            assertTrue(List.of(200, 404).contains(answer.statusCode()), what);
          }
        }
      }
    }
  }

  @Test
  void somebodyComesInByALinkLeavesAndSignsInAgain() {
    String link = "/invitation/" + invite("anna", Role.OWNER);
    assertTrue(console.get(link).body().contains("anna"));
    String token = console.token();
    HttpResponse<String> weak = console.post(link, Map.of("token", token, "password", "short"));
    assertEquals(400, weak.statusCode());
    HttpResponse<String> joined = console.post(link, Map.of("token", token, "password", PASSWORD));
    assertEquals(303, joined.statusCode());
    String cookie = joined.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("; SameSite=Strict; HttpOnly"), cookie);
    assertTrue(console.get("/people").body().contains("user.join"));
    assertEquals(404, console.get(link).statusCode(), "once");
    assertEquals(403, console.post("/sign-out", Map.of("token", token)).statusCode());
    String own = console.token();
    assertEquals(
        200,
        console
            .post("/people/invite", Map.of("token", own, "name", "bela", "role", "viewer"))
            .statusCode());
    HttpResponse<String> last =
        console.post("/people/anna/role", Map.of("token", own, "role", "viewer"));
    assertEquals(400, last.statusCode());
    assertTrue(last.body().contains("the only owner"), last.body());
    assertEquals(303, console.post("/sign-out", Map.of("token", own)).statusCode());
    HttpResponse<String> out = console.get("/runs?q=a");
    assertEquals("/sign-in?back=%2Fruns%3Fq%3Da", out.headers().firstValue("Location").orElse(""));
    String anew = console.token();
    HttpResponse<String> wrong =
        console.post("/sign-in", Map.of("token", anew, "name", "anna", "password", "wrong"));
    assertEquals(401, wrong.statusCode());
    HttpResponse<String> in =
        console.post(
            "/sign-in",
            Map.of("token", anew, "name", "anna", "password", PASSWORD, "back", "/runs"));
    assertEquals("/runs", in.headers().firstValue("Location").orElse(""));
    assertEquals(200, console.get("/runs").statusCode());
  }

  @Test
  void aTokenDoesWhatItsScopeSaysAndMakesNoOther() {
    String cookie = COOKIE + session(Role.MEMBER);
    String page = send("GET", "/account", "Cookie", cookie).body();
    String form = formToken(page);
    String body = "token=" + form + "&name=ci&role=member&routes=/runs*&days=7";
    HttpRequest made =
        console
            .request("/account/tokens")
            .header("Cookie", cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String key;
    try {
      String answer = client.send(made, HttpResponse.BodyHandlers.ofString()).body();
      int at = answer.indexOf(">imago_") + 1;
      key = "Bearer " + answer.substring(at, answer.indexOf('<', at));
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertEquals(200, send("GET", "/runs.json", "Authorization", key).statusCode());
    assertEquals(303, send("POST", "/runs/run-a/pin", "Authorization", key).statusCode());
    assertEquals(401, send("GET", "/models", "Authorization", key).statusCode());
    assertEquals(401, send("GET", "/runs.json", "Authorization", key + "x").statusCode());
    ApiKeyStore.Made wide =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "robot", "acme", "", "", Role.OWNER, List.of("*"), List.of("*"), null));
    ApiKeyStore.Made customer =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "c", "customer", "", "", Role.OWNER, List.of("*"), List.of("*"), null));
    assertEquals(
        401, send("GET", "/runs.json", "Authorization", "Bearer " + customer.key()).statusCode());
    for (String path : List.of("/account/tokens", "/account/password", "/people/invite")) {
      assertEquals(
          403, send("POST", path, "Authorization", "Bearer " + wide.key()).statusCode(), path);
    }
    assertTrue(
        accounts.audit().newest(9).stream().anyMatch(change -> change.action().equals("run.pin")));
  }

  @Test
  void ownersSeeAndChangeTheirOwnOrganisationsPeople() throws Exception {
    session(Role.OWNER);
    accounts
        .people()
        .joinFrom(
            accounts
                .people()
                .invite("root", new People.Invited("other", "bela", Role.OWNER), INVITED),
            "https://id.example bela");
    String cookie = COOKIE + accounts.people().signInFrom("https://id.example bela").orElseThrow();
    String page = send("GET", "/people", "Cookie", cookie).body();
    assertTrue(page.contains("/people/bela/remove") && !page.contains("/people/owner/remove"));
    assertFalse(page.contains("acme"), "nor in the changes");
    for (String deed : List.of("remove", "role", "sign-out")) {
      HttpRequest.Builder form =
          console
              .request("/people/owner/" + deed)
              .header("Cookie", cookie)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("role=viewer&token=" + formToken(page)));
      assertEquals(
          404, client.send(form.build(), HttpResponse.BodyHandlers.ofString()).statusCode(), deed);
    }
  }

  private static String formToken(String page) {
    int at = page.indexOf("name=\"token\" value=\"") + 20;
    return page.substring(at, page.indexOf('"', at));
  }

  @Test
  void behindAProxyItIsCalledByThatsNameAndKnowsWhoAsks() throws Exception {
    accounts.people().joinFrom(invite("anna", Role.OWNER), "https://id.example anna");
    // With its scheme's own port, which browsers leave out.
    Optional<URI> called = PROXY.map(address -> URI.create(address + ":443"));
    var listening =
        new ConsoleConfig.Listening(
            "127.0.0.1", 0, Optional.empty(), true, called, Optional.empty());
    var config =
        new ConsoleConfig(listening, root, Optional.empty(), List.of(), java.time.ZoneId.of("UTC"));
    try (var proxied = ConsoleServer.start(config, Optional.of(accounts), _ -> List.of())) {
      String found = raw(proxied, "GET /sign-in", "Host: imago.example.org");
      assertTrue(found.startsWith("HTTP/1.1 200"), found);
      assertTrue(found.contains("__Host-imago-console="), found);
      assertTrue(found.contains("SameSite=Strict; HttpOnly; Secure"), found);
      String rebound = raw(proxied, "GET /sign-in", "Host: evil.example");
      assertTrue(rebound.startsWith("HTTP/1.1 403"), rebound);
      String own = raw(proxied, "POST /sign-in", "Host: 127.0.0.1\r\nOrigin: " + PROXY.get());
      assertTrue(own.contains("this form was not sent"), "past the gate, and no token: " + own);
      String other =
          raw(proxied, "POST /sign-in", "Host: 127.0.0.1\r\nOrigin: https://evil.example");
      assertTrue(other.contains("forbidden_origin"), other);
    }
    var entrance =
        new Entrance(
            Optional.of(accounts),
            new Sessions(new Random(1), true),
            new PageFrame("1"),
            Clock.systemUTC(),
            java.time.ZoneId.of("UTC"),
            true);
    var router = new Router("127.0.0.1", List.of(), 1 << 10, "", List.of());
    Route told =
        Route.get(
            "/who",
            Route.Access.OPEN,
            exchange -> exchange.json(Map.of("who", entrance.address(exchange))));
    try (var web =
        WebListener.start(
            "127.0.0.1",
            0,
            Optional.empty(),
            Duration.ofSeconds(1),
            router,
            List.of(() -> List.of(told)))) {
      var request =
          HttpRequest.newBuilder(web.address().resolve("/who"))
              .header("X-Forwarded-For", "203.0.113.1")
              .header("X-Forwarded-For", "203.0.113.2, 198.51.100.7");
      assertEquals(
          "{\"who\":\"198.51.100.7\"}",
          client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }
  }

  /// What is answered to a request with a `Host` that the client of the JDK sends to no one.
  private static String raw(ConsoleServer server, String request, String headers)
      throws java.io.IOException {
    try (var socket = new Socket("127.0.0.1", server.address().getPort())) {
      String text =
          request
              + " HTTP/1.1\r\n"
              + headers
              + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void offLoopbackSomebodyMustBeThereAndTheNetworkIsEncrypted() {
    assertThrows(
        ConfigException.class,
        () ->
            new ConsoleConfig.Listening(
                "0.0.0.0", 0, Optional.empty(), false, Optional.empty(), Optional.empty()));
    assertThrows(
        ConfigException.class,
        () ->
            new ConsoleConfig.Listening(
                "0.0.0.0", 0, Optional.empty(), true, Optional.empty(), Optional.empty()),
        "links would lead nowhere");
    var config =
        new ConsoleConfig(
            new ConsoleConfig.Listening(
                "0.0.0.0", 0, Optional.empty(), true, PROXY, Optional.empty()),
            root,
            Optional.empty(),
            List.of(),
            java.time.ZoneId.of("UTC"));
    String none =
        assertThrows(
                ConfigException.class,
                () -> ConsoleServer.start(config, Optional.of(accounts), _ -> List.of()))
            .getMessage();
    assertTrue(none.contains("imago users invite"), none);
  }
}

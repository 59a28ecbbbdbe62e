package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.core.ConfigException;
import dev.imago.http.Route;
import dev.imago.state.StateAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what, where people sign in.
class PeopleRoutesTest {
  private static final String PASSWORD = "a horse under a bridge";
  private static final String COOKIE = "imago-session=";

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
    return accounts
        .people()
        .invite("root", new People.Invited("acme", name, role), Duration.ofDays(1));
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
    int at = page.indexOf("name=\"token\" value=\"") + 20;
    String form = page.substring(at, page.indexOf('"', at));
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
      at = answer.indexOf(">imago_") + 1;
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
    for (String path : List.of("/account/tokens", "/account/password", "/people/invite")) {
      assertEquals(
          403, send("POST", path, "Authorization", "Bearer " + wide.key()).statusCode(), path);
    }
    assertTrue(
        accounts.audit().newest(9).stream().anyMatch(change -> change.action().equals("run.pin")));
  }

  @Test
  void offLoopbackSomebodyMustBeThereAndTheNetworkIsEncrypted() {
    assertThrows(
        ConfigException.class,
        () ->
            new ConsoleConfig.Listening(
                "0.0.0.0", 0, Optional.empty(), false, Optional.empty(), Optional.empty()));
    var config =
        new ConsoleConfig(
            new ConsoleConfig.Listening(
                "0.0.0.0", 0, Optional.empty(), true, Optional.empty(), Optional.empty()),
            root,
            Optional.empty(),
            List.of(),
            java.time.ZoneId.of("UTC"));
    String none =
        assertThrows(
                ConfigException.class, () -> ConsoleServer.start(config, Optional.of(accounts)))
            .getMessage();
    assertTrue(none.contains("imago users invite"), none);
  }
}

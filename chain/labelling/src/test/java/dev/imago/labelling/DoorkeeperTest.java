package dev.imago.labelling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.labelling.LabelProject.Member;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who comes in where, by a link, by a key and by a password.
class DoorkeeperTest {
  private static final Settings PLAIN = new Settings(Duration.ofMinutes(30), 0, 0, 0);
  private static final String PASSWORD = "a horse under a bridge";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private record Reply(int status, JsonNode json) {}

  /// @param body null to ask without one
  private Reply ask(LabelServer server, String path, String key, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(server.address() + path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json");
    HttpResponse<String> reply =
        client.send(
            (body == null ? request.GET() : request.POST(HttpRequest.BodyPublishers.ofString(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Reply(reply.statusCode(), JsonMapper.shared().readTree(reply.body()));
  }

  private static LabelServer serve(ScriptedProject p, Optional<Accounts> accounts) {
    return LabelServer.start(
        p.project,
        accounts,
        new LabelServer.Listening("127.0.0.1", 0, Optional.empty()),
        List.of());
  }

  private static String key(ScriptedProject p, String person) {
    return LabelServer.key(p.project, person);
  }

  @Test
  void a_link_opens_what_its_role_covers_and_shows_no_label_before_all_have_answered()
      throws Exception {
    try (State state = ScriptedProject.open(folder.resolve("state"))) {
      ScriptedProject p =
          new ScriptedProject(
                  state, folder, "task: choice\nlabels: [good, bad]\noverlap: 4\n", PLAIN)
              .people("ann", "bob", "cem", "dan")
              .items(2);
      p.project.member(new Member("rita", Role.REVIEWER));
      for (String person : List.of("ann", "bob", "cem")) {
        for (int i = 0; i < 2; i++) {
          p.save(person, p.next(person), person.equals("cem") ? "bad" : "good");
        }
      }
      p.save("dan", p.next("dan"), "good");
      assertEquals(2, ProjectAgreement.of(p.project).doubts().size());
      String act = "{\"client\":\"a\",\"item\":0,\"seen\":\"\",\"accept\":\"ann\"}";
      try (LabelServer server = serve(p, Optional.empty())) {
        assertEquals(401, ask(server, "review/next", "x", "{}").status);
        for (String path : List.of("review/next", "review/item", "review/act")) {
          assertEquals(403, ask(server, path, key(p, "ann"), act).status, path);
        }
        assertEquals(403, ask(server, "review/doubts", key(p, "ann"), null).status);
        assertEquals(403, ask(server, "review/status", key(p, "ann"), null).status);
        assertFalse(ask(server, "label/door", "", null).json.path("sign_in").asBoolean(true));
        assertEquals(
            404, ask(server, "label/sign-in", "", "{\"name\":\"a\",\"password\":\"b\"}").status);
        JsonNode doubts = ask(server, "review/doubts", key(p, "rita"), null).json.path("doubts");
        assertEquals(1, doubts.size(), doubts::toString);
        assertEquals(0, doubts.get(0).path("item").asInt());
        assertEquals("cem", doubts.get(0).path("person").asString());
        assertTrue(
            ask(server, "review/act", key(p, "rita"), act).json.has("refused"), "seen nothing");
        p.project.remove("rita");
        for (String path : List.of("review/doubts", "review/status")) {
          assertEquals(403, ask(server, path, key(p, "rita"), null).status, path);
        }
        assertEquals(403, ask(server, "review/next", key(p, "rita"), "{}").status);
      }
    }
  }

  private static String made(Accounts accounts, String person, Role role, String... routes) {
    return accounts
        .keys()
        .create(
            "root",
            new ApiKeyStore.Wanted(
                "key", "acme", "", person, role, List.of(routes), List.of("*"), null))
        .key();
  }

  @Test
  void people_of_the_accounts_come_in_by_their_role_until_their_session_ends() throws Exception {
    Path at = folder.resolve("accounts");
    try (State state = ScriptedProject.open(folder.resolve("state"));
        Accounts accounts = Accounts.open(StateAddress.in(at), at.resolve("state"))) {
      ScriptedProject p =
          new ScriptedProject(state, folder, "task: choice\nlabels: [good]\n", PLAIN).items(1);
      for (Role role : List.of(Role.REVIEWER, Role.VIEWER)) {
        String invited =
            accounts
                .people()
                .invite("root", new People.Invited("acme", role.word(), role), Duration.ofDays(1));
        assertTrue(accounts.people().join(invited, PASSWORD).isPresent());
      }
      String body = "{\"name\":\"%s\",\"password\":\"%s\"}";
      try (LabelServer server = serve(p, Optional.of(accounts))) {
        Reply viewer = ask(server, "label/sign-in", "", body.formatted("viewer", PASSWORD));
        assertEquals(403, viewer.status, viewer.json::toString);
        assertEquals(
            401, ask(server, "label/sign-in", "", body.formatted("reviewer", "wrong")).status);
        String session =
            ask(server, "label/sign-in", "", body.formatted("reviewer", PASSWORD))
                .json
                .path("key")
                .asString();
        assertEquals(200, ask(server, "review/next", session, "{}").status);
        accounts.people().signOut(session);
        assertEquals(401, ask(server, "review/next", session, "{}").status);

        String wide = made(accounts, "rita", Role.REVIEWER, "*");
        assertTrue(ask(server, "label/task", wide, null).json.path("reviews").asBoolean());
        assertEquals(200, ask(server, "review/status", wide, null).status);
        String narrow = made(accounts, "bob", Role.REVIEWER, "/label/next");
        assertEquals(200, ask(server, "label/task", narrow, null).status);
        assertEquals(403, ask(server, "review/status", narrow, null).status);
        String other = made(accounts, "eve", Role.REVIEWER, "/v1/*");
        assertEquals(401, ask(server, "label/task", other, null).status);
      }
    }
  }
}

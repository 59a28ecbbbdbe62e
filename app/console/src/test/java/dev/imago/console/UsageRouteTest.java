package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.Metering;
import dev.imago.accounts.People;
import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.Role;
import dev.imago.accounts.TokenUse;
import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.state.StateAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an organisation used, as its owner sees it.
class UsageRouteTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path root;
  private final HttpClient client = HttpClient.newHttpClient();

  private static void use(Accounts accounts, Metering metering, String organisation, int tokens) {
    var key =
        accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    organisation,
                    organisation,
                    "",
                    "",
                    Role.MEMBER,
                    List.of("*"),
                    List.of("*"),
                    DAY));
    metering
        .reserve(
            key.account(),
            new Metering.Use("req_" + organisation, "/v1/completions", "tiny", 7, tokens, 1))
        .settle(RequestOutcome.ANSWERED, new TokenUse(7, 2, tokens, 0));
  }

  @Test
  void anOwnerSeesTheirOwnOrganisationsMonthAndTakesItAlong() {
    try (Accounts accounts = Accounts.open(StateAddress.in(root), root.resolve("state"));
        var console = new RunningConsole(root, accounts, Optional.empty())) {
      try (Metering metering = accounts.serve()) {
        use(accounts, metering, "acme", 1_234);
        use(accounts, metering, "other", 99);
      }
      People people = accounts.people();
      var anna = new People.Invited("acme", "anna", Role.OWNER);
      people.joinFrom(people.invite("root", anna, DAY), "anna");
      String session = "imago-session=" + people.signInFrom("anna").orElseThrow();
      String page = get(console, session, "/usage").body();
      assertTrue(page.contains("1,234") && page.contains("tiny"), page);
      HttpResponse<String> csv = get(console, session, "/usage?by=key&table=1");
      List<String> lines = csv.body().lines().toList();
      assertEquals(2, lines.size(), csv.body());
      assertTrue(lines.getLast().contains(",1,7,2,1234,0,"), csv.body());
      for (String wrong : List.of("/usage?month=2026-13", "/usage?by=%3Cb%3E")) {
        HttpResponse<String> told = get(console, session, wrong);
        assertEquals(200, told.statusCode());
        assertTrue(told.body().contains("class=\"problem\""), told.body());
      }
      assertTrue(get(console, session, "/usage?month=2001-01").body().contains("Nothing was used"));
      requests();
      String asked = get(console, session, "/requests").body();
      for (String kind : List.of("rated", "kept")) {
        assertTrue(asked.contains(kind + " of acme") && asked.contains(kind + " of null"), asked);
        assertFalse(asked.contains(kind + " of other"), asked);
      }
    }
  }

  /// What servers were asked by two organisations, and by somebody without one.
  private void requests() {
    try (RatingLog ratings = RatingLog.open(root.resolve("ratings.jsonl"));
        KeptAnswers kept = KeptAnswers.open(root.resolve(KeptAnswers.FILE))) {
      for (String of : Arrays.asList("acme", "other", null)) {
        List<Rating.Message> said = List.of(new Rating.Message("user", "?"));
        String answer = " of " + of;
        ratings.append(
            new Rating(
                Instant.EPOCH,
                "r" + of,
                Rating.Vote.UP,
                null,
                said,
                "rated" + answer,
                "m",
                null,
                null,
                null,
                null,
                of));
        kept.append(
            new KeptAnswer(
                Instant.EPOCH,
                "k" + of,
                List.of(),
                null,
                null,
                said,
                "kept" + answer,
                "m",
                null,
                of));
      }
    }
  }

  private HttpResponse<String> get(RunningConsole console, String session, String path) {
    try {
      return client.send(
          console.request(path).header("Cookie", session).header("Accept-Language", "en").build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

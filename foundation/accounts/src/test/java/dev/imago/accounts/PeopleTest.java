package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeopleTest {
  private static final String PASSWORD = "a horse under a bridge";
  private static final PasswordHash CHEAP = new PasswordHash(64, 1);
  private static final Duration DAYS = Duration.ofDays(3);

  @TempDir Path folder;
  private Office office;
  private People people;

  Office office() {
    return new Office(folder);
  }

  @BeforeEach
  void open() {
    office = office();
    people = office.accounts.people(CHEAP);
  }

  @AfterEach
  void close() {
    office.close();
  }

  private String invite(String name, Role role) {
    return people.invite("root", new People.Invited("acme", name, role), DAYS);
  }

  private void join(String name, Role role) {
    assertTrue(people.join(invite(name, role), PASSWORD).isPresent());
  }

  @Test
  void anInvitationHoldsOnceAndNotForEver() {
    assertFalse(people.areThere());
    String link = invite("anna", Role.OWNER);
    assertTrue(people.areThere());
    String newer = invite("anna", Role.REVIEWER);
    assertTrue(people.invitation(link).isEmpty(), "the newer one counts");
    assertThrows(ConfigException.class, () -> people.join(newer, "short"));
    assertThrows(ConfigException.class, () -> people.join(newer, "anna".repeat(4)));
    assertEquals(Role.REVIEWER, people.join(newer, PASSWORD).orElseThrow().role());
    assertTrue(people.join(newer, PASSWORD).isEmpty());
    String late = invite("bela", Role.VIEWER);
    office.time.pass(DAYS);
    assertTrue(people.join(late, PASSWORD).isEmpty());
    assertTrue(people.pending().isEmpty());
    assertThrows(
        ConfigException.class,
        () -> people.invite("root", new People.Invited("other", "anna", Role.OWNER), DAYS),
        "a name signs in for one organisation");
  }

  @Test
  void aSessionEndsWhenItIsIdleWhenItIsOldAndWhenSomebodyEndsIt() throws Exception {
    join("anna", Role.OWNER);
    assertEquals(0, people.all().getFirst().seen());
    String session = people.signIn("anna", PASSWORD, "10.0.0.1");
    assertEquals(Role.OWNER, people.session(session).orElseThrow().role());
    assertTrue(people.session(session + "x").isEmpty());
    for (int hours = 0; hours < 7 * 24 - 7; hours += 7) {
      office.time.pass(Duration.ofHours(7));
      assertTrue(people.session(session).isPresent(), hours + " h, in use");
    }
    office.time.pass(Duration.ofHours(7));
    assertTrue(people.session(session).isEmpty(), "a week");
    String idle = people.signIn("anna", PASSWORD, "10.0.0.1");
    office.time.pass(People.IDLE);
    assertTrue(people.session(idle).isEmpty());
    String left = people.signIn("anna", PASSWORD, "10.0.0.1");
    people.signOut(left);
    assertTrue(people.session(left).isEmpty());
    assertEquals(office.time.millis(), people.all().getFirst().seen(), "when there is none, too");
    String other = people.signIn("anna", PASSWORD, "10.0.0.1");
    String own = people.signIn("anna", PASSWORD, "10.0.0.1");
    people.changePassword("anna", PASSWORD, "another horse, another bridge", own, "10.0.0.1");
    assertTrue(people.session(own).isPresent());
    assertTrue(people.session(other).isEmpty());
    assertThrows(SignInRefusedException.class, () -> people.signIn("anna", PASSWORD, "10.0.0.1"));
  }

  @Test
  void whoeverGuessesWaitsLongerAndLongerAndOthersDoNot() throws Exception {
    join("anna", Role.OWNER);
    for (int i = 0; i < 5; i++) {
      var wrong =
          assertThrows(
              SignInRefusedException.class, () -> people.signIn("anna", "wrong", "10.0.0.9"));
      assertTrue(wrong.waitingTime().isZero());
    }
    var early =
        assertThrows(
            SignInRefusedException.class, () -> people.signIn("anna", PASSWORD, "10.0.0.9"));
    assertTrue(early.waitingTime().isPositive(), "the right one is not looked at, either");
    assertTrue(people.signIn("anna", PASSWORD, "10.0.0.1").length() > 40);
    office.time.pass(Duration.ofSeconds(2));
    assertTrue(people.signIn("anna", PASSWORD, "10.0.0.9").length() > 40);
    var nobody =
        assertThrows(
            SignInRefusedException.class, () -> people.signIn("nobody", PASSWORD, "10.0.0.1"));
    assertEquals("name and password do not belong together", nobody.getMessage());
    assertThrows(SignInRefusedException.class, () -> people.signIn("an\0na", "x", "10.0.0.2"));
    for (int i = 0; i < 30; i++) {
      errs("nobody-" + i);
      office.time.pass(Duration.ofMinutes(20));
    }
    errs("somebody behind the same address");
    errs("another, in the same minute");
  }

  @Test
  void ofManyGuessesAtOnceNoMoreAreLookedAtThanOneAfterTheOther() throws Exception {
    join("anna", Role.OWNER);
    var looked = new AtomicInteger();
    try (var guesses = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        guesses.submit(
            () -> {
              var refused =
                  assertThrows(
                      SignInRefusedException.class,
                      () -> people.signIn("anna", "wrong", "2001:db8::1"));
              return refused.waitingTime().isZero() ? looked.incrementAndGet() : 0;
            });
      }
    }
    assertEquals(5, looked.get());
    assertThrows(
        SignInRefusedException.class,
        () -> people.signIn("anna", PASSWORD, "2001:db8::2:7"),
        "whoever has one address of a network has all");
    assertEquals("192.0.2.7", LoginThrottle.place("192.0.2.7:40123"));
    assertEquals(LoginThrottle.place("2001:db8::5"), LoginThrottle.place("[2001:db8::6]:443"));
    people.signIn("anna", PASSWORD, "2001:db8:0:1::1");
  }

  private void errs(String name) {
    var wrong =
        assertThrows(SignInRefusedException.class, () -> people.signIn(name, "wrong", "10.0.0.1"));
    assertTrue(wrong.waitingTime().isZero(), name);
  }

  @Test
  void theLastOwnerStaysAndWhoGoesTakesSessionsAndKeysAlong() throws Exception {
    join("anna", Role.OWNER);
    join("bela", Role.OPERATOR);
    assertThrows(ConfigException.class, () -> people.remove("root", "anna"));
    assertThrows(ConfigException.class, () -> people.setRole("root", "anna", Role.VIEWER));
    assertThrows(ConfigException.class, () -> people.remove("root", "nobody"));
    assertThrows(ConfigException.class, () -> people.signOutEverywhere("anna", "nobody"));
    assertThrows(ConfigException.class, () -> invite("anna", Role.VIEWER));
    people.setRole("root", "bela", Role.OWNER);
    String lower = invite("anna", Role.VIEWER);
    people.setRole("root", "bela", Role.OPERATOR);
    assertThrows(ConfigException.class, () -> people.join(lower, PASSWORD), "nor by a link");
    assertTrue(people.invitation(lower).isPresent());
    String session = people.signIn("bela", PASSWORD, "10.0.0.1");
    List<String> all = List.of("*");
    ApiKeyStore.Made strong =
        office
            .accounts
            .keys()
            .create(
                "bela",
                new ApiKeyStore.Wanted("s", "acme", "", "bela", Role.OPERATOR, all, all, null));
    ApiKeyStore.Made weak =
        office
            .accounts
            .keys()
            .create(
                "bela",
                new ApiKeyStore.Wanted("w", "acme", "", "bela", Role.VIEWER, all, all, null));
    people.setRole("root", "bela", Role.REVIEWER);
    assertEquals(Role.REVIEWER, people.session(session).orElseThrow().role());
    assertTrue(office.accounts.keys().holder(strong.key()).isEmpty(), "it could do more");
    assertEquals("w", office.accounts.keys().holder(weak.key()).orElseThrow().name());
    people.remove("anna", "bela");
    assertTrue(people.session(session).isEmpty());
    assertTrue(office.accounts.keys().holder(weak.key()).isEmpty());
    assertEquals(List.of("anna"), people.all().stream().map(People.Person::name).toList());
    assertTrue(office.accounts.audit().verify().defect().isEmpty());
  }

  @Test
  void ofOwnersWhoRemoveEachOtherAtOnceOneStays() throws Exception {
    join("anna", Role.OWNER);
    join("bela", Role.OWNER);
    try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
      both.submit(() -> people.remove("anna", "bela"));
      both.submit(() -> people.setRole("bela", "anna", Role.VIEWER));
    }
    assertEquals(1, people.all().stream().filter(person -> person.role() == Role.OWNER).count());
  }

  @Test
  void whomAProviderKnowsHasTakenUpAnInvitation() {
    String outside = "https://id.example subject-1";
    assertTrue(people.signInFrom(outside).isEmpty());
    people.joinFrom(invite("anna", Role.OWNER), outside);
    String session = people.signInFrom(outside).orElseThrow();
    assertEquals("anna", people.session(session).orElseThrow().name());
    String other = invite("bela", Role.VIEWER);
    assertThrows(ConfigException.class, () -> people.joinFrom(other, outside));
    assertThrows(SignInRefusedException.class, () -> people.signIn("anna", "", "10.0.0.1"));
  }

  @Test
  void noSecretIsInTheDatabase() throws Exception {
    String link = invite("anna", Role.OWNER);
    people.join(link, PASSWORD);
    String session = people.signIn("anna", PASSWORD, "10.0.0.1");
    office.accounts.close();
    Path file = folder.resolve("state/imago.mv.db");
    Assumptions.assumeTrue(Files.exists(file), "skipped: the database is a server's");
    String database = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertTrue(database.contains("$argon2id$v=19$m=64,t=1,p=1$"));
    assertFalse(database.contains(PASSWORD));
    assertFalse(database.contains(link) || database.contains(session));
  }
}

package dev.imago.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  @TempDir Path folder;
  private Office office;

  @BeforeEach
  void open() {
    office = new Office(folder);
  }

  @AfterEach
  void close() {
    office.close();
  }

  @Test
  void aKeyLeadsToItsAccountAndIsKeptNowhere() throws Exception {
    ApiKeyStore.Made made = office.key();
    assertTrue(made.key().matches("imago_[A-Za-z0-9_-]{43}"), made.key());
    assertFalse(made.toString().contains(made.key()));
    try (Metering metering = office.accounts.metering()) {
      assertEquals("acme", metering.account(made.key()).orElseThrow().organisation());
      assertTrue(metering.account(made.key() + "x").isEmpty());
      assertTrue(metering.account("imago_").isEmpty());
    }
    office.accounts.close();
    String database =
        Files.readString(
            folder.resolve("state/imago.mv.db"), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertTrue(database.contains(made.account().key()));
    assertFalse(database.contains(made.key().substring(12)));
  }

  @Test
  void aRevokedKeyIsNoneAtTheNextBeatOfEveryServer() {
    ApiKeyStore.Made made = office.key();
    try (Metering one = office.accounts.metering();
        Metering other = office.accounts.metering()) {
      office.accounts.keys().revoke("root", made.account().key());
      one.tick();
      other.tick();
      assertTrue(one.account(made.key()).isEmpty());
      assertTrue(other.account(made.key()).isEmpty());
    }
  }

  @Test
  void whoeverAsksShowsAKeyFromTheFirstOneOn() {
    try (Metering metering = office.accounts.metering()) {
      assertFalse(metering.hadKeys());
      ApiKeyStore.Made made = office.key();
      metering.tick();
      assertTrue(metering.hadKeys());
      office.accounts.keys().revoke("root", made.account().key());
      metering.tick();
      assertTrue(metering.hadKeys(), "that the last is revoked opens nothing");
    }
  }

  @Test
  void aKeyOfMoreRoutesThanARecordHoldsIsMade() {
    String many = "a,".repeat(999) + "a";
    var wanted =
        new ApiKeyStore.Wanted(
            "wide",
            "acme",
            "",
            "",
            Role.MEMBER,
            List.of(many.split(",")),
            List.of(many.split(",")),
            null);
    office.accounts.keys().create("root", wanted);
    assertTrue(office.accounts.audit().verify().defect().isEmpty());
    assertTrue(office.accounts.audit().newest(1).getFirst().detail().endsWith("…"));
  }

  @Test
  void aKeyExpiresByTheClock() {
    ApiKeyStore.Made made = office.key("short", Duration.ofHours(1));
    try (Metering metering = office.accounts.metering()) {
      office.time.pass(Duration.ofMinutes(59));
      assertTrue(metering.account(made.key()).isPresent());
      office.time.pass(Duration.ofMinutes(1));
      assertTrue(metering.account(made.key()).isEmpty());
    }
  }

  @Test
  void aRotatedKeyGoesOnForItsGrace() {
    ApiKeyStore.Made old = office.key();
    ApiKeyStore.Made next =
        office.accounts.keys().rotate("root", old.account().key(), Duration.ofDays(1));
    try (Metering metering = office.accounts.metering()) {
      assertTrue(metering.account(old.key()).isPresent());
      assertEquals("anna's", metering.account(next.key()).orElseThrow().name());
      // What is rotated twice would leave a key that ends with the first one's grace.
      ConfigException again =
          assertThrows(
              ConfigException.class,
              () -> office.accounts.keys().rotate("root", old.account().key(), Duration.ofDays(7)));
      assertTrue(String.valueOf(again.getMessage()).contains(next.account().key()));
      office.time.pass(Duration.ofDays(1));
      assertTrue(metering.account(old.key()).isEmpty());
      assertTrue(metering.account(next.key()).isPresent());
    }
    assertThrows(
        ConfigException.class,
        () -> office.accounts.keys().rotate("root", old.account().key(), Duration.ZERO));
  }

  @Test
  void aKeyOpensItsRoutesAndModelsOnly() {
    ApiKeyStore.Made made =
        office
            .accounts
            .keys()
            .create(
                "root",
                new ApiKeyStore.Wanted(
                    "narrow",
                    "acme",
                    "",
                    "",
                    Role.MEMBER,
                    List.of("/v1/models*", "/v1/embeddings"),
                    List.of("tiny"),
                    null));
    Account account = made.account();
    assertTrue(account.opensRoute("/v1/models/tiny"));
    assertTrue(account.opensRoute("/v1/embeddings"));
    assertFalse(account.opensRoute("/v1/embeddings/x"));
    assertFalse(account.opensRoute("/v1/chat/completions"));
    assertTrue(account.opensModel("tiny"));
    assertFalse(account.opensModel("tiny2"));
    assertTrue(Role.OWNER.covers(Role.MEMBER));
    assertFalse(Role.VIEWER.covers(Role.MEMBER));
  }

  @Test
  void whoLabelsAsksNoModelAndWhoAsksDecidesNoLabel() {
    for (Role role : Role.values()) {
      assertTrue(role.covers(role) && role.covers(Role.VIEWER) && Role.OWNER.covers(role));
      assertEquals(role, Role.parse(role.word()));
      for (Role other : Role.values()) {
        assertFalse(role != other && role.covers(other) && other.covers(role));
      }
    }
    assertTrue(Role.REVIEWER.covers(Role.ANNOTATOR));
    assertFalse(Role.ANNOTATOR.covers(Role.REVIEWER));
    assertFalse(Role.REVIEWER.covers(Role.MEMBER));
    assertFalse(Role.OPERATOR.covers(Role.ANNOTATOR));
  }

  @Test
  void theSecretIsItsOwnersAloneAndNoOtherOpensTheState() throws Exception {
    office.key();
    Path secret = folder.resolve("state/secret");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    Files.writeString(secret, "ab".repeat(32));
    var other = assertThrows(EnvironmentException.class, () -> new Office(folder));
    assertTrue(other.getMessage().contains("is not the secret"), other.getMessage());
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    var open = assertThrows(EnvironmentException.class, () -> new Office(folder));
    assertTrue(open.getMessage().contains("chmod 600"), open.getMessage());
  }

  @Test
  void theAuditLogSeesWhatWasChangedCutOrLeftOut() {
    office.key();
    office.price();
    office.limit("team", "research", "money", "month", "10");
    office.price(); // said again: no change
    office.limit("team", "research", "money", "month", "10");
    assertEquals(3, office.accounts.audit().verify().changes());
    assertTrue(office.accounts.audit().verify().defect().isEmpty());
    try (State state = State.open(StateAddress.in(folder))) {
      state.durably(
          tx -> tx.update("update accounts.audit set actor = 'mallory' where number = 2"));
      assertEquals("record 2 was changed", office.accounts.audit().verify().defect().orElseThrow());
      state.durably(tx -> tx.update("delete from accounts.audit where number = 2"));
      assertEquals("record 2 is missing", office.accounts.audit().verify().defect().orElseThrow());
      state.durably(tx -> tx.update("delete from accounts.audit where number > 1"));
      assertEquals(
          "3 records were written, and 1 are there",
          office.accounts.audit().verify().defect().orElseThrow());
    }
  }
}

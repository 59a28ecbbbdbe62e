package dev.imago.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateOnH2Test extends StateContract {
  @TempDir Path folder;

  @Override
  StateAddress address() {
    return StateAddress.in(folder);
  }

  /// Fills a shop until it is killed; says each good once it is on disk.
  static final class Filling {
    public static void main(String[] args) {
      try (State state = State.open(new StateAddress.Embedded(Path.of(args[0])), SHOP)) {
        for (int i = 0; ; i++) {
          long stock = i;
          state.durably(
              tx ->
                  tx.update("insert into shop.good (id, stock) values (?, ?)", "g" + stock, stock));
          System.out.println(i);
        }
      }
    }
  }

  /// As H2 does where it cannot write; what was under way in it must not go on.
  @Test
  void aDatabaseThatClosesItselfInMidTransactionIsOpenedAnew() {
    try (State state = State.open(address(), SHOP)) {
      String insert = "insert into shop.good (id, stock) values (?, 1)";
      assertEquals(1, (int) state.durably(tx -> tx.update(insert, "a")));
      long failures = state.failures();
      assertThrows(
          EnvironmentException.class,
          () ->
              state.transaction(
                  tx -> {
                    tx.update(insert, "b");
                    assertThrows(
                        EnvironmentException.class,
                        () -> state.transaction(other -> other.update("shutdown immediately")));
                    // Somebody opens it anew before this one finds out.
                    var _ = state.transaction(other -> other.number("select 1"));
                    return tx.update(insert, "c");
                  }));
      assertTrue(state.failures() > failures);
      String count = "select count(*) from shop.good";
      // Two at once: the second needs a connection of its own.
      assertEquals(
          1L, (long) state.transaction(tx -> state.transaction(other -> other.number(count))));
    }
  }

  @Test
  void whatWasSaidToBeOnDiskOutlivesAKill() throws Exception {
    Path state = folder.resolve("state");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Filling.class.getName(),
                state.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long said = -1;
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < 50; i++) {
        said = Long.parseLong(out.readLine());
      }
      // A command beside it reaches the same database.
      try (State beside = State.open(address(), SHOP)) {
        assertEquals(1, count(beside, "select count(*) from shop.good where stock = ?", said));
        process.toHandle().destroyForcibly(); // the process itself would close its output, too
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          said = Long.parseLong(line);
        }
        process.waitFor();
        // And does not need that process for a copy.
        beside.copyTo(Files.createDirectory(folder.resolve("copy")).resolve("imago.mv.db"));
      }
    } finally {
      process.destroyForcibly();
    }
    try (State after = State.open(address(), SHOP)) {
      long goods = count(after, "select count(*) from shop.good");
      assertTrue(goods >= said + 1, goods + " of " + (said + 1));
    }
    try (State copy = State.open(new StateAddress.Embedded(folder.resolve("copy")), SHOP)) {
      assertTrue(count(copy, "select count(*) from shop.good") >= said + 1);
    }
  }

  @Test
  void itsFolderIsItsOwnersAlone() throws Exception {
    State.open(address(), SHOP).close();
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))));
  }

  @Test
  void aBrokenFileIsToldAndLeftAlone() throws Exception {
    Path file = Files.createDirectories(folder.resolve("state")).resolve("imago.mv.db");
    Files.writeString(file, "no database\n".repeat(1_000));
    var told = assertThrows(EnvironmentException.class, () -> State.open(address(), SHOP));
    assertTrue(told.getMessage().contains("broken"), told.getMessage());
    assertTrue(Files.readString(file).startsWith("no database"));
  }

  @Test
  void anAddressIsAFolderOrPostgres() {
    assertEquals(new StateAddress.Embedded(Path.of("/a/b")), StateAddress.parse("/a/b"));
    assertEquals(
        new StateAddress.PostgreSql("jdbc:postgresql://db:5433/imago?ssl=true", "an na", "p:w"),
        StateAddress.parse("postgresql://an%20na:p:w@db:5433/imago?ssl=true"));
    for (String wrong :
        new String[] {"", "mysql://u:secret@h/d", "postgresql://u:secret@h", "postgresql://"}) {
      var refusal = assertThrows(ConfigException.class, () -> StateAddress.parse(wrong));
      assertTrue(!refusal.getMessage().contains("secret"), refusal.getMessage());
    }
  }

  @Test
  void aDatabaseOutOfReachIsToldWithoutItsPassword() {
    var address = StateAddress.parse("postgresql://anna:secret@127.0.0.1:1/imago");
    var told = assertThrows(EnvironmentException.class, () -> State.open(address));
    assertTrue(told.getMessage().contains("127.0.0.1:1/imago"), told.getMessage());
    assertTrue(!told.getMessage().contains("secret"), told.getMessage());
  }
}

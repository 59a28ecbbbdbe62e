package dev.imago.accounts;

import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Accounts in a folder, with a clock that is set by hand and keys that come from a seed.
final class Office implements AutoCloseable {
  final Time time = new Time();
  final Accounts accounts;
  final Path folder;
  final StateAddress address;
  private final AtomicLong requests = new AtomicLong();

  Office(Path folder) {
    this(folder, StateAddress.in(folder));
  }

  Office(Path folder, StateAddress address) {
    this.folder = folder;
    this.address = address;
    if (address instanceof StateAddress.Embedded(Path state)) {
      Tables.copyTo(state);
    }
    this.accounts = Accounts.open(address, folder.resolve("state"), time, new Random(7));
  }

  /// An empty database, made once: to make it anew takes each test a while.
  private static final class Tables {
    private static final byte[] FILE = made();

    private static byte[] made() {
      try {
        Path folder = Files.createTempDirectory("imago-tables");
        State.open(new StateAddress.Embedded(folder), AccountsSchema.schema()).close();
        byte[] file = Files.readAllBytes(folder.resolve("imago.mv.db"));
        Files.delete(folder.resolve("imago.mv.db"));
        Files.delete(folder);
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static void copyTo(Path folder) {
      Path file = folder.resolve("imago.mv.db");
      try {
        if (!Files.exists(file)) {
          Files.createDirectories(folder);
          Files.write(file, FILE);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// A clock that is set by hand.
  static final class Time extends Clock {
    private volatile Instant now = Instant.parse("2026-11-15T10:00:00Z");

    void set(String instant) {
      now = Instant.parse(instant);
    }

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /// A key of the team `research` of `acme`.
  ApiKeyStore.Made key() {
    return key("anna's", null);
  }

  ApiKeyStore.Made key(String name, @Nullable Duration lifetime) {
    return accounts
        .keys()
        .create(
            "root",
            new ApiKeyStore.Wanted(
                name,
                "acme",
                "research",
                "anna",
                Role.MEMBER,
                List.of("*"),
                List.of("*"),
                lifetime));
  }

  void limit(String scope, String subject, String measure, String period, String amount) {
    accounts
        .limits()
        .set("root", new Limits.Wanted(scope, "acme", subject, measure, period, amount, true));
  }

  /// One unit a million tokens of input, two of output.
  void price() {
    accounts
        .prices()
        .set(
            "root",
            new Prices.Entry(
                "*",
                java.time.LocalDate.of(2026, 1, 1),
                new TokenPrice("EUR", 1_000_000, 100_000, 2_000_000, 4_000_000)));
  }

  Metering.Use use(long prompt, long answer) {
    return new Metering.Use(
        "req_" + requests.incrementAndGet(), "/v1/chat/completions", "tiny", prompt, answer, 1);
  }

  UsageReports.Row november() {
    return accounts
        .usage()
        .report(
            UsageReports.By.ORGANISATION,
            UsageReports.Span.month("acme", "2026-11", ZoneOffset.UTC))
        .getFirst();
  }

  Limits.Standing standing() {
    return accounts.limits().all().getFirst();
  }

  @Override
  public void close() {
    accounts.close();
  }
}

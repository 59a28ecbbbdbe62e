package dev.imago.serve.metering;

import dev.imago.accounts.Account;
import dev.imago.accounts.LimitMeasure;
import dev.imago.accounts.LimitPeriod;
import dev.imago.accounts.LimitReachedException;
import dev.imago.accounts.Metering;
import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.Reservation;
import dev.imago.accounts.TokenUse;
import dev.imago.core.EnvironmentException;
import dev.imago.http.ApiException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/// The meter of a server whose callers have accounts. Who shows one of the server's own keys, or
/// none where none is asked for, has no account and no limit.
public final class AccountMeter implements RequestMeter {
  private final Metering metering;
  private final Clock clock;

  public AccountMeter(Metering metering, Clock clock) {
    this.metering = metering;
    this.clock = clock;
  }

  @Override
  public Running begin(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    Optional<Account> account = metering.byId(tenant);
    if (account.isEmpty()) {
      if (AccountKeys.isOfAccount(tenant)) {
        throw ApiException.of(401, "invalid_api_key", "the key has just been revoked");
      }
      return NONE.begin(tenant, wanted, headers);
    }
    AccountKeys.checkRoute(account.get(), wanted.path());
    if (!account.get().opensModel(wanted.asked()) && !account.get().opensModel(wanted.model())) {
      throw RequestMeter.notOpen(wanted.asked());
    }
    try {
      String id = "req_" + UUID.randomUUID();
      Reservation kept =
          metering.reserve(
              account.get(),
              new Metering.Use(
                  id,
                  wanted.path(),
                  wanted.model(),
                  wanted.prompt(),
                  wanted.answer(),
                  wanted.answers()));
      tell(kept, headers);
      headers.accept("x-imago-entry", id);
      return running(kept);
    } catch (LimitReachedException e) {
      throw refusal(e, headers);
    } catch (EnvironmentException e) {
      throw unavailable(e);
    }
  }

  private static ApiException unavailable(EnvironmentException e) {
    return ApiException.of(503, "budget_unavailable", String.valueOf(e.getMessage()));
  }

  private static Running running(Reservation kept) {
    return new Running() {
      @Override
      public void settle(RequestOutcome outcome, TokenUse tokens) {
        try {
          kept.settle(outcome, tokens);
        } catch (EnvironmentException e) {
          throw unavailable(e);
        }
      }

      @Override
      public void release() {
        kept.release();
      }
    };
  }

  @Override
  public Running passing(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    if (metering.byId(tenant).filter(metering::countsTokens).isPresent()) {
      throw ApiException.of(
          403,
          "model_not_metered",
          "model «%s» is another server's, which tells its tokens only in the end, and this key has a limit on tokens or money: ask another model"
              .formatted(wanted.model()));
    }
    return RequestMeter.super.passing(tenant, wanted, headers);
  }

  @Override
  public List<String> names(String tenant) {
    return metering
        .byId(tenant)
        .map(account -> List.of(tenant, account.organisation()))
        .orElse(List.of(tenant));
  }

  @Override
  public Set<String> keysBeside(String tenant) {
    try {
      return metering
          .byId(tenant)
          .map(account -> metering.keysOf(account.organisation()))
          .orElseGet(() -> RequestMeter.super.keysBeside(tenant));
    } catch (EnvironmentException e) {
      throw unavailable(e);
    }
  }

  @Override
  public boolean holds(String tenant) {
    return metering.byId(tenant).isPresent();
  }

  @Override
  public ZoneId zone(String tenant) {
    return metering
        .byId(tenant)
        .map(metering::zone)
        .orElseGet(() -> RequestMeter.super.zone(tenant));
  }

  @Override
  public boolean opens(String tenant, String model) {
    return metering
        .byId(tenant)
        .map(account -> account.opensModel(model))
        .orElse(!AccountKeys.isOfAccount(tenant));
  }

  private void tell(Reservation kept, BiConsumer<String, String> headers) {
    tell(kept, LimitMeasure.REQUESTS, headers);
    tell(kept, LimitMeasure.TOKENS, headers);
    if (!kept.passed().isEmpty()) {
      headers.accept(
          "x-imago-budget-warning",
          kept.passed().stream().map(AccountMeter::ascii).collect(Collectors.joining("; ")));
    }
  }

  /// Names are anybody's, and a header has ASCII only.
  private static String ascii(dev.imago.accounts.UsageLimit limit) {
    return limit.words().replaceAll("[^ -~]", "?");
  }

  /// In the headers that OpenAI's clients know.
  private void tell(Reservation kept, LimitMeasure measure, BiConsumer<String, String> headers) {
    kept.byTheMinute(measure)
        .ifPresent(
            room -> {
              String of = measure.word();
              headers.accept("x-ratelimit-limit-" + of, String.valueOf(room.limit().amount()));
              headers.accept(
                  "x-ratelimit-remaining-" + of, String.valueOf(Math.max(0, room.left())));
              headers.accept("x-ratelimit-reset-" + of, seconds(room.resetsMillis()) + "s");
            });
  }

  private long seconds(long until) {
    return Math.max(1, Math.ceilDiv(until - clock.millis(), 1_000L));
  }

  private ApiException refusal(LimitReachedException e, BiConsumer<String, String> headers) {
    boolean soon =
        e.limit().period() == LimitPeriod.MINUTE || e.limit().period() == LimitPeriod.NOW;
    if (soon) {
      headers.accept("Retry-After", String.valueOf(seconds(e.resetsMillis())));
      if (e.limit().period() == LimitPeriod.MINUTE) {
        String of = e.limit().measure().word();
        headers.accept("x-ratelimit-limit-" + of, String.valueOf(e.limit().amount()));
        headers.accept("x-ratelimit-remaining-" + of, String.valueOf(e.left()));
        headers.accept("x-ratelimit-reset-" + of, seconds(e.resetsMillis()) + "s");
      }
    } else {
      headers.accept("x-should-retry", "false"); // OpenAI's clients would, a second later
    }
    return ApiException.of(
        429, soon ? "rate_limit_exceeded" : "insufficient_quota", String.valueOf(e.getMessage()));
  }
}

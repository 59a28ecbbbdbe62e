package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// The stretches of time that a limit counts in, as a clock on the wall of its organisation shows
/// them.
public enum LimitPeriod {
  MINUTE,
  DAY,
  MONTH,
  /// No stretch: what is under way now.
  NOW;

  /// When the stretch of an instant began; 0 for now.
  long begins(long millis, ZoneId zone) {
    ZonedDateTime at = Instant.ofEpochMilli(millis).atZone(zone);
    return switch (this) {
      case MINUTE -> millis - Math.floorMod(millis, 60_000L);
      case DAY -> at.toLocalDate().atStartOfDay(zone).toInstant().toEpochMilli();
      case MONTH ->
          at.toLocalDate().withDayOfMonth(1).atStartOfDay(zone).toInstant().toEpochMilli();
      case NOW -> 0;
    };
  }

  /// When it ends, and its count begins anew; an instant from now for now.
  long ends(long millis, ZoneId zone) {
    ZonedDateTime at = Instant.ofEpochMilli(millis).atZone(zone);
    return switch (this) {
      case MINUTE -> begins(millis, zone) + 60_000;
      case DAY -> at.toLocalDate().plusDays(1).atStartOfDay(zone).toInstant().toEpochMilli();
      case MONTH ->
          at.toLocalDate()
              .withDayOfMonth(1)
              .plus(1, ChronoUnit.MONTHS)
              .atStartOfDay(zone)
              .toInstant()
              .toEpochMilli();
      case NOW -> millis + 1_000;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static LimitPeriod parse(String text) {
    for (LimitPeriod period : values()) {
      if (period.word().equals(text)) {
        return period;
      }
    }
    throw new ConfigException("per = %s is none of minute, day, month".formatted(text));
  }
}

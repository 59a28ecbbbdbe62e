package dev.imago.accounts;

import dev.imago.core.ConfigException;
import dev.imago.state.SqlRow;
import java.sql.SQLException;

/// How much of something may be used in a stretch of time, by whom.
///
/// @param id names its counters
/// @param organisation whose it is; its zone tells when days and months begin
/// @param subject the organisation's, team's or user's name, or the key's id
/// @param amount the most; money in millionths
/// @param hard whether what would pass it is refused; else it is told, and goes on
public record UsageLimit(
    String id,
    LimitScope scope,
    String organisation,
    String subject,
    LimitMeasure measure,
    LimitPeriod period,
    long amount,
    boolean hard) {
  public UsageLimit {
    if ((measure == LimitMeasure.ANSWERS) != (period == LimitPeriod.NOW)) {
      throw new ConfigException(
          "answers are counted as they are under way, and nothing else is: leave the period out for"
              + " answers, and give minute, day or month for %s".formatted(measure.word()));
    }
    if (amount < 0) {
      throw new ConfigException("a limit of %d is negative; give 0 or more".formatted(amount));
    }
  }

  static UsageLimit read(SqlRow row) throws SQLException {
    return new UsageLimit(
        row.text("id"),
        LimitScope.parse(row.text("scope")),
        row.text("organisation"),
        row.text("subject"),
        LimitMeasure.parse(row.text("measure")),
        LimitPeriod.parse(row.text("period")),
        row.number("amount"),
        row.flag("hard"));
  }

  /// Such as `10.00 EUR of money per month of team research`.
  public String words() {
    return "%s %s%s of %s %s"
        .formatted(
            measure.text(amount),
            measure.word(),
            period == LimitPeriod.NOW ? " at a time" : " per " + period.word(),
            scope.word(),
            subject);
  }
}

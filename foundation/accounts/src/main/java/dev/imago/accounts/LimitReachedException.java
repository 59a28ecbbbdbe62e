package dev.imago.accounts;

/// A request that a hard limit has no room for.
public final class LimitReachedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient UsageLimit limit;
  private final long left;
  private final long resetsMillis;

  LimitReachedException(UsageLimit limit, long wanted, long left, long resetsMillis) {
    super(
        "%s: %s are left, and this request may take %s; it %s"
            .formatted(
                limit.words(),
                limit.measure().text(left),
                limit.measure().text(wanted),
                limit.period() == LimitPeriod.NOW
                    ? "is free again when an answer ends"
                    : "begins anew at " + java.time.Instant.ofEpochMilli(resetsMillis)),
        null,
        false,
        false);
    this.limit = limit;
    this.left = left;
    this.resetsMillis = resetsMillis;
  }

  public UsageLimit limit() {
    return limit;
  }

  /// What is left: not used, and not kept for requests under way.
  public long left() {
    return left;
  }

  /// When the limit's count begins anew, in milliseconds since 1970.
  public long resetsMillis() {
    return resetsMillis;
  }
}

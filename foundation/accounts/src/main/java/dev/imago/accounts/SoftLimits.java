package dev.imago.accounts;

import dev.imago.state.State;
import java.util.List;
import java.util.stream.Collectors;

/// Tells of the soft limits that requests have passed: once for each stretch of time, whoever books
/// them.
final class SoftLimits {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");

  private final State state;
  private final BudgetWebhooks webhooks;

  SoftLimits(State state, BudgetWebhooks webhooks) {
    this.state = state;
    this.webhooks = webhooks;
  }

  /// Looks at the limits that count what was booked.
  void warn(AccountsView view, List<Settlement> booked) {
    var counters =
        booked.stream()
            .flatMap(each -> each.hold().shares().stream())
            .map(share -> share.limit() + "@" + share.begins())
            .collect(Collectors.toSet());
    for (String counter : counters) {
      int at = counter.indexOf('@');
      view.limit(counter.substring(0, at))
          .filter(limit -> !limit.hard())
          .ifPresent(limit -> warn(limit, Long.parseLong(counter.substring(at + 1))));
    }
  }

  private void warn(UsageLimit limit, long begins) {
    boolean first =
        state.transaction(
            tx -> {
              long used =
                  tx.number(
                      "select used from accounts.counter where usage_limit = ? and begins = ?",
                      limit.id(),
                      begins);
              boolean now =
                  used > limit.amount()
                      && tx.update(
                              "insert into accounts.setting (name, content) values (?, '') on"
                                  + " conflict do nothing",
                              "warned " + limit.id().replace("limit_", "") + " " + begins)
                          > 0;
              if (now) {
                webhooks.passed(tx, limit, begins, used);
              }
              return now;
            });
    if (first) {
      state.sync();
      LOG.log(System.Logger.Level.WARNING, "a budget is used up: " + limit.words());
    }
  }
}

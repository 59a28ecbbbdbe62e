package dev.imago.cli.sweep;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// How far trials are taken: all of them to a small budget, the best of them to the next, and so
/// on. Successive halving: Jamieson & Talwalkar 2016, arXiv:1502.07943. A random search is one rung
/// without a budget of its own.
///
/// @param setting that is the budget, such as `pretrain.tokens`; empty for the recipe's own
/// @param budgets of the rungs, ascending, as the recipe says them; one, empty, for the recipe's
/// @param eta how many trials of a rung there are for one of the next
public record Halving(String setting, List<String> budgets, int eta) {
  /// Every trial to its end.
  public static final Halving NONE = new Halving("", List.of(""), 1);

  public Halving {
    budgets = List.copyOf(budgets);
  }

  /// Rungs whose budgets are each `eta` times the one before, the last one `high`.
  ///
  /// @param range `low..high`
  /// @param whole whether the setting is a whole number
  public static Halving of(String setting, String range, int eta, boolean whole) {
    Bounds.whole("--eta", eta, 2, 100, "3 is usual");
    if (!(SearchRange.parse(setting, range, whole)
        instanceof SearchRange.Between(double low, double high, boolean _, boolean _))) {
      throw new ConfigException(
          "--budget %s=%s takes two ends, such as %s=200000..1600000"
              .formatted(setting, range, setting));
    }
    if (low <= 0) {
      throw new ConfigException("--budget %s=%s begins above 0".formatted(setting, range));
    }
    var budgets = new ArrayList<String>();
    for (double budget = high; budget >= low * (1 - 1e-9); budget /= eta) {
      budgets.addFirst(
          whole
              ? Long.toString(Math.round(budget))
              : new BigDecimal(budget).round(SearchRange.DIGITS).toPlainString());
    }
    if (budgets.size() == 1) {
      throw new ConfigException(
          "--budget %s=%s is less than a factor of --eta %d wide: one rung, and nothing to halve; begin lower"
              .formatted(setting, range, eta));
    }
    return new Halving(setting, budgets, eta);
  }

  public int rungs() {
    return budgets.size();
  }

  /// How many of so many trials reach a rung, from 0.
  public int reach(int rung, int trials) {
    int reach = trials;
    for (int r = 0; r < rung; r++) {
      reach = Math.max(1, reach / eta);
    }
    return reach;
  }
}

package dev.imago.accounts;

import dev.imago.core.ConfigException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What of an invoice is whose: the owners of what a model was made of, each with a part of what
/// the model's use was charged. A report; nothing is booked by it.
///
/// Each line of the invoice is divided by itself. What is charged of it is its part of the
/// invoice's net, which is rounded to coins: net × cost ÷ the costs of all lines. Of that an owner
/// gets his part in hundredths of a per cent, and the rest is the operator's. All divisions are of
/// whole millionths: each is rounded down, and the millionths that are left go one each to those
/// whose rounding lost most, by name where two lost as much. So the shares' sum is the net.
public final class RevenueShares {
  /// Hundredths of a per cent in a whole.
  public static final int WHOLE = 10_000;

  private RevenueShares() {}

  /// A part of what a model's use is charged.
  ///
  /// @param owner whom it belongs to
  /// @param of what he owns of it, such as an artifact
  /// @param part in hundredths of a per cent
  public record Part(String owner, String of, int part) {}

  /// A share.
  ///
  /// @param model of the invoice's line
  /// @param of what is owned; empty for the operator's rest
  /// @param amount in millionths
  public record Share(String owner, String model, String of, int part, long amount) {
    public String amountText() {
      return Money.text(amount);
    }
  }

  /// Divides an invoice, or a credit note.
  ///
  /// @param parts of each model those who own of it; of others all is the operator's
  /// @param operator who has the rest
  /// @throws ConfigException for parts that are more than the whole
  public static List<Share> of(Invoice invoice, Map<String, List<Part>> parts, String operator) {
    long[] costs = invoice.lines().stream().mapToLong(line -> Math.abs(line.cost())).toArray();
    long sign = invoice.net() < 0 ? -1 : 1;
    long[] nets = divided(Math.abs(invoice.net()), costs);
    var shares = new ArrayList<Share>();
    for (int i = 0; i < nets.length; i++) {
      String model = invoice.lines().get(i).model();
      List<Part> all = new ArrayList<>(parts.getOrDefault(model, List.of()));
      all.sort(Comparator.comparing(Part::owner).thenComparing(Part::of));
      int rest = WHOLE - all.stream().mapToInt(Part::part).sum();
      if (rest < 0) {
        throw new ConfigException(
            "the parts of model %s are %d.%02d %%, more than all of it"
                .formatted(model, (WHOLE - rest) / 100, (WHOLE - rest) % 100));
      }
      all.add(new Part(operator, "", rest));
      long[] amounts = divided(nets[i], all.stream().mapToLong(Part::part).toArray());
      for (int j = 0; j < amounts.length; j++) {
        Part each = all.get(j);
        shares.add(new Share(each.owner(), model, each.of(), each.part(), sign * amounts[j]));
      }
    }
    return shares;
  }

  /// What each owner has in all.
  public static Map<String, Long> byOwner(List<Share> shares) {
    var sums = new TreeMap<String, Long>();
    shares.forEach(share -> sums.merge(share.owner(), share.amount(), Math::addExact));
    return new LinkedHashMap<>(sums);
  }

  /// An amount of millionths as people read it.
  public static String text(long amount) {
    return Money.text(amount);
  }

  /// An amount divided by weights, to the last millionth; all to the last where no weight is.
  private static long[] divided(long amount, long[] weights) {
    var out = new long[weights.length];
    BigInteger all = BigInteger.ZERO;
    for (long weight : weights) {
      all = all.add(BigInteger.valueOf(weight));
    }
    if (all.signum() == 0) {
      out[out.length - 1] = amount;
      return out;
    }
    var lost = new BigInteger[weights.length];
    long left = amount;
    for (int i = 0; i < weights.length; i++) {
      BigInteger[] part =
          BigInteger.valueOf(amount)
              .multiply(BigInteger.valueOf(weights[i]))
              .divideAndRemainder(all);
      out[i] = part[0].longValueExact();
      lost[i] = part[1];
      left -= out[i];
    }
    var order = new ArrayList<Integer>();
    for (int i = 0; i < weights.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing((Integer i) -> lost[i]).reversed()); // stable: by name
    for (int i = 0; i < left; i++) {
      out[order.get(i)]++;
    }
    return out;
  }
}

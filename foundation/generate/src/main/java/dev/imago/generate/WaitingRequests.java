package dev.imago.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who waits, and whose turn it is: the lowest priority number first, among equals the tenant that
/// has had the fewest tokens so far, among its requests the oldest. Who comes back after a pause
/// has no claim to what it did not use meanwhile. Sheng et al. 2024, «Fairness in Serving Large
/// Language Models», arXiv:2401.00588: a virtual token counter for each tenant.
///
/// Guarded by who has it.
final class WaitingRequests {
  /// Tenants that are remembered beside those who wait or run.
  private static final int REMEMBERED = 1024;

  private final List<ActiveSequence> waiting = new ArrayList<>();
  private final Map<String, Long> served = new HashMap<>();

  /// How many requests of a tenant wait or run.
  private final Map<String, Integer> active = new HashMap<>();

  int size() {
    return waiting.size();
  }

  List<ActiveSequence> all() {
    return List.copyOf(waiting);
  }

  void add(ActiveSequence sequence) {
    String tenant = sequence.origin().tenant();
    if (!active.containsKey(tenant)) {
      long least = active.keySet().stream().mapToLong(this::served).min().orElse(0);
      if (served.size() >= REMEMBERED) {
        served.keySet().retainAll(active.keySet());
      }
      served.merge(tenant, least, Math::max);
    }
    active.merge(tenant, 1, Integer::sum);
    waiting.add(sequence);
  }

  /// Takes one out that is to run.
  void begin(ActiveSequence sequence) {
    waiting.remove(sequence);
  }

  /// Takes note that one has ended, whether it ran or not.
  void end(ActiveSequence sequence) {
    waiting.remove(sequence);
    active.computeIfPresent(sequence.origin().tenant(), (_, n) -> n == 1 ? null : n - 1);
  }

  void clear() {
    waiting.clear();
  }

  /// Who is next; null where nobody waits.
  @Nullable ActiveSequence first() {
    return waiting.isEmpty() ? null : waiting.stream().min(turn()).orElse(null);
  }

  /// Whose turn comes before whose; equals in the order that they have.
  Comparator<ActiveSequence> turn() {
    return Comparator.<ActiveSequence>comparingInt(s -> s.origin().priority())
        .thenComparingLong(s -> served(s.origin().tenant()));
  }

  /// Takes note of tokens that went through the model for a tenant.
  void serve(String tenant, int tokens) {
    served.merge(tenant, (long) tokens, Long::sum);
  }

  private long served(String tenant) {
    return served.getOrDefault(tenant, 0L);
  }
}

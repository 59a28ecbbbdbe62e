package dev.imago.serve.metering;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/// Tells listeners of whatever a meter counts: each request that a model works on, with what it
/// used. A request that is refused before is none.
public final class WatchedMeter implements RequestMeter {
  private final RequestMeter meter;
  private final List<InferenceListener> listeners;

  /// @param listeners may grow until the first request comes
  public WatchedMeter(RequestMeter meter, List<InferenceListener> listeners) {
    this.meter = meter;
    this.listeners = listeners;
  }

  @Override
  public Running begin(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    return watched(meter.begin(tenant, wanted, headers), wanted, false);
  }

  @Override
  public Running passing(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    return watched(meter.passing(tenant, wanted, headers), wanted, true);
  }

  private Running watched(Running running, Wanted wanted, boolean elsewhere) {
    List<InferenceListener.Inference> told =
        listeners.stream().map(listener -> listener.begun(wanted, elsewhere)).toList();
    return new Running() {
      private final AtomicBoolean over = new AtomicBoolean();
      private volatile Optional<AnswerFacts> known = Optional.empty();

      @Override
      public void note(AnswerFacts facts) {
        known = Optional.of(facts);
      }

      @Override
      public void settle(RequestOutcome outcome, TokenUse tokens) {
        try {
          running.settle(outcome, tokens);
        } finally {
          if (!over.getAndSet(true)) {
            told.reversed().forEach(each -> each.ended(outcome, tokens, known));
          }
        }
      }

      @Override
      public void release() {
        running.release();
        if (!over.getAndSet(true)) {
          told.reversed().forEach(InferenceListener.Inference::released);
        }
      }
    };
  }

  @Override
  public List<String> names(String tenant) {
    return meter.names(tenant);
  }

  @Override
  public Set<String> keysBeside(String tenant) {
    return meter.keysBeside(tenant);
  }

  @Override
  public boolean holds(String tenant) {
    return meter.holds(tenant);
  }

  @Override
  public ZoneId zone(String tenant) {
    return meter.zone(tenant);
  }

  @Override
  public boolean opens(String tenant, String model) {
    return meter.opens(tenant, model);
  }
}

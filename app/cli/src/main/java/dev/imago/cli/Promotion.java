package dev.imago.cli;

import dev.imago.core.InService;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A decision whether a model comes into service, written down whatever it is.
final class Promotion {
  /// Of the table of a gate's measures.
  static final List<String> HEADER =
      List.of("measure", "difference", "interval", "verdict", "passes");

  private Promotion() {}

  /// The head of a decision.
  static ObjectNode decision(String act, String model, Optional<InService> service) {
    ObjectNode decision = JsonMapper.shared().createObjectNode();
    decision.put("time", Clock.systemUTC().instant().toString());
    decision.put("act", act).put("model", model);
    service.ifPresent(s -> decision.put("before", s.model()));
    return decision;
  }

  /// Puts a model into service, unless something speaks against it that is not overruled.
  ///
  /// @param gate null where nothing was measured
  /// @param decision gets what decided
  /// @param force why it is promoted in any case; null where it is not
  /// @return whether it came into service
  static boolean decide(
      Workspace workspace,
      Ref ref,
      Optional<InService> service,
      @Nullable PromotionGate gate,
      ObjectNode decision,
      @Nullable String force) {
    if (gate != null) {
      decision.set("measures", gate.measures());
    }
    List<String> against = gate == null ? List.of() : gate.against();
    against.forEach(decision.putArray("against")::add);
    if (!against.isEmpty() && force == null) {
      decision.put("promoted", false);
      InService.decide(workspace, decision);
      return false;
    }
    if (force != null) {
      decision.put("forced", force);
    }
    decision.put("promoted", true);
    InService.promoted(service.orElse(null), ref.toString(), Clock.systemUTC().instant())
        .write(workspace, decision);
    return true;
  }
}

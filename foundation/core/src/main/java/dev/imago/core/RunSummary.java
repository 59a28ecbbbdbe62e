package dev.imago.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What lists need of a run: its record without the settings, small enough that ten thousand are
/// read at once.
///
/// @param seconds from start to end; of a resumed run, its last part
/// @param error the message, where it failed
/// @param energy that it took; null where it is not known
public record RunSummary(
    String id,
    String recipe,
    String step,
    String stage,
    String key,
    RunRecord.Status status,
    Map<String, String> inputs,
    Map<String, String> outputs,
    String started,
    double seconds,
    String error,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EnergyUse energy) {
  public RunSummary {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  static RunSummary of(RunRecord run) {
    return new RunSummary(
        run.id(),
        run.recipe(),
        run.step(),
        run.stage(),
        run.key(),
        run.status(),
        run.inputs(),
        run.outputs(),
        run.started(),
        run.seconds(),
        run.error(),
        run.energy());
  }
}

package dev.imago.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of one stage, as kept in `runs/<id>/run.json`.
///
/// @param id the run's folder, `<time>-<step>`
/// @param step the step's name in its recipe
/// @param stage the stage's name
/// @param key under which its result is reused
/// @param status what became of it
/// @param inputs references by input name
/// @param outputs references by output name; empty unless done
/// @param config the resolved settings
/// @param codeVersion of Imago
/// @param machine processor architecture, system and JDK
/// @param started ISO-8601, UTC
/// @param seconds from start to end; of a resumed run, its last part
/// @param error the message, where it failed
/// @param energy that it took, with the parts that it went on from; of a killed one at its last
///   word; null where it is not known, and of a run that goes on
public record RunRecord(
    String id,
    String recipe,
    String step,
    String stage,
    int stageVersion,
    String key,
    Status status,
    Map<String, String> inputs,
    Map<String, String> outputs,
    Map<String, Object> config,
    long seed,
    int threads,
    String codeVersion,
    String machine,
    String started,
    double seconds,
    String error,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable EnergyUse energy) {
  /// What became of a run. A killed one stays RUNNING in its record until the next run finds it.
  public enum Status {
    RUNNING,
    DONE,
    FAILED,
    KILLED
  }

  /// A table that the stage printed, as kept in `runs/<id>/tables.json`.
  public record Table(String title, List<String> header, List<List<String>> rows) {
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  public RunRecord {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  RunRecord ended(
      Status how,
      Map<String, String> refs,
      double after,
      String message,
      @Nullable EnergyUse took) {
    return new RunRecord(
        id,
        recipe,
        step,
        stage,
        stageVersion,
        key,
        how,
        inputs,
        refs,
        config,
        seed,
        threads,
        codeVersion,
        machine,
        started,
        after,
        message,
        took);
  }
}

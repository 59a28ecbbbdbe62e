package dev.imago.core;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a stage is given while it runs.
public interface Run extends Reporter {
  /// A folder of this run's key that outlives a kill: checkpoints, partial results. Removed once
  /// the stage has finished.
  Path scratch();

  /// The seed of all randomness in the stage.
  long seed();

  /// Compute threads that the stage may use, at least 1.
  int threads();

  /// All that the stage may compute with.
  default Compute compute() {
    return Compute.ofThreads(threads());
  }

  /// Tells that the stage computes on a GPU of NVIDIA's: from now on its energy counts.
  ///
  /// @param gpu its number, as CUDA counts
  default void computesOn(int gpu) {}

  /// How many examples of what it is about to learn from a stage shows before it begins.
  default int shown() {
    return 0;
  }

  /// Starts an artifact. `name` is the output's component name, such as `corpus`.
  Draft draft(Class<? extends Artifact> kind, String name);

  /// Starts a step that reports progress.
  ///
  /// @param total how many units in all; 0 where that is not known beforehand
  /// @param unit what is counted, in plural: `files`, `tokens`, `bytes`
  Progress progress(String step, long total, String unit);

  /// Appends one point to the run's `metrics.jsonl`, such as `{"step": 10, "loss": 3.2}`.
  void metric(Map<String, ? extends Number> values);

  /// What a model wrote while it learned: a line of the run's `metrics.jsonl`, and of its page.
  ///
  /// @param prompt what it went on from
  void sample(long step, String prompt, String text);

  /// The points that the run which left an artifact here has told of itself ([#metric]), in their
  /// order: how fast it trained, say. They differ from run to run, so nothing of them belongs in an
  /// artifact. None where that is not known: it was imported, or its run's folder is gone.
  default List<Map<String, Double>> metricsOf(Artifact made) {
    return List.of();
  }

  /// A file for people that is kept with the run, outside every artifact (`loss.svg`, say): whole
  /// at once, replacing what the run had under that name.
  void attach(String name, byte[] content);
}

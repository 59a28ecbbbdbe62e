package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Task;
import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Examples in rows of several, none of which sees another: by best fit, the longest first. Ding et
/// al. 2024, arXiv:2404.10830.
final class PackedExamples {
  private PackedExamples() {}

  /// Refuses packing of what has no meaning in a row beside others.
  ///
  /// @param pairs whether pairs of answers are compared
  static void refuse(Tune.Config config, Task task, boolean pairs, ModelShape shape) {
    String why =
        pairs
            ? "tune.beta = %s compares answers row by row".formatted(config.beta())
            : !(task.output() instanceof Output.NextToken)
                ? "these labels are for %s".formatted(task.pipelineTag())
                : shape.decoderStart().isPresent() || !shape.keepsTextsApart()
                    ? "a %s reads a row as one text".formatted(shape.architecture())
                    : "";
    if (config.packing() && !why.isEmpty()) {
      throw new ConfigException(
          "tune.packing puts several answers into a row, and %s; set it to false".formatted(why));
    }
  }

  /// @param examples none of which is longer than a row
  /// @param longest ids of a row, at most; rows are as long as the fullest of them
  /// @param padding the id behind a row's last example
  static Batch batch(List<Sequence> examples, int longest, int padding) {
    List<List<Sequence>> rows = rows(examples, longest);
    int length = rows.stream().mapToInt(PackedExamples::held).max().orElse(1);
    int[] ids = new int[rows.size() * length];
    int[] targets = new int[ids.length];
    int[] begins = new int[ids.length];
    Arrays.fill(ids, padding);
    Arrays.fill(targets, Batch.IGNORED);
    for (int r = 0; r < rows.size(); r++) {
      int at = 0;
      for (Sequence one : rows.get(r)) {
        int from = r * length + at;
        System.arraycopy(one.ids(), 0, ids, from, one.length());
        for (int i = 0; i < one.length(); i++) {
          int target = one.targets()[i];
          targets[from + i] = target == Sequence.IGNORED ? Batch.IGNORED : target;
        }
        Arrays.fill(begins, from, from + one.length(), at);
        at += one.length();
      }
      Arrays.fill(begins, r * length + at, (r + 1) * length, at);
    }
    return Batch.of(rows.size(), length, ids, targets).withBegins(begins);
  }

  private static List<List<Sequence>> rows(List<Sequence> examples, int longest) {
    var rows = new ArrayList<List<Sequence>>();
    examples.stream()
        .sorted(Comparator.comparingInt(Sequence::length).reversed())
        .forEach(
            one -> {
              List<Sequence> fit =
                  rows.stream()
                      .filter(row -> held(row) + one.length() <= longest)
                      .max(Comparator.comparingInt(PackedExamples::held))
                      .orElseGet(
                          () -> {
                            var row = new ArrayList<Sequence>();
                            rows.add(row);
                            return row;
                          });
              fit.add(one);
            });
    return rows;
  }

  private static int held(List<Sequence> row) {
    return row.stream().mapToInt(Sequence::length).sum();
  }
}

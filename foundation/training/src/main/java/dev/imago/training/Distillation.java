package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.model.ModelShape;
import java.util.Map;
import java.util.TreeMap;

/// How a student learns from a teacher, where one is bound: from the probabilities that it gives to
/// every choice, beside the targets, and from its hidden states. Hinton et al. 2015,
/// arXiv:1503.02531; Jiao et al. 2020, arXiv:1909.10351.
///
/// @param alpha share of the loss that is T² · KL(teacher ‖ student); the rest is the targets' own
/// @param temperature T, which divides the scores of both
/// @param hidden times the mean squared difference of hidden states, added to the loss; 0 for none
/// @param layers whose hidden states are compared: the student's block, from 1, and the teacher's;
///   where none is named, all of the student's, evenly spread over the teacher's
public record Distillation(
    double alpha, double temperature, double hidden, Map<String, Integer> layers) {
  public static final Distillation USUAL = new Distillation(0.5, 1, 0, Map.of());

  public Distillation {
    Bounds.number("alpha", alpha, 0, 1, "0.5 is usual, 1 for the teacher alone");
    Bounds.number("temperature", temperature, 0.1, 100, "1 … 4 are usual");
    Bounds.number("hidden", hidden, 0, 1000, "0.1 … 1 are usual, 0 for none");
    if (alpha == 0 && hidden == 0) {
      throw new ConfigException(
          "alpha = 0 and hidden = 0 take nothing from a teacher; give alpha = 0.5, say");
    }
    if (hidden == 0 && !layers.isEmpty()) {
      throw new ConfigException(
          "layers is of hidden states, and hidden = 0 compares none; give hidden = 1, say");
    }
    layers = Map.copyOf(layers);
    for (Map.Entry<String, Integer> pair : layers.entrySet()) {
      if (!pair.getKey().matches("[1-9][0-9]{0,3}") || pair.getValue() < 1) {
        throw new ConfigException(
            "layers.%s = %d is no pair of blocks, the student's and the teacher's, from 1 on; give layers.2 = 4, say"
                .formatted(pair.getKey(), pair.getValue()));
      }
    }
  }

  /// The blocks that are compared: the student's, and the teacher's of each.
  ///
  /// @throws IllegalArgumentException where shapes do not allow it
  Map<Integer, Integer> pairs(ModelShape student, ModelShape teacher) {
    var pairs = new TreeMap<Integer, Integer>();
    if (hidden == 0) {
      return pairs;
    }
    if (student.width() != teacher.width()) {
      throw new IllegalArgumentException(
          "distillation.hidden = %s compares hidden states of one width, and the student's are %d wide, the teacher's %d; set it to 0"
              .formatted(hidden, student.width(), teacher.width()));
    }
    if (!student.oneStack() || !teacher.oneStack()) {
      throw new IllegalArgumentException(
          "distillation.hidden = %s is of models with one stack of blocks, and a %s of %s has an encoder and a decoder; set it to 0"
              .formatted(
                  hidden,
                  (student.oneStack() ? teacher : student).architecture(),
                  (student.oneStack() ? teacher : student).output().words()));
    }
    if (student.blocks() == 0 || teacher.blocks() == 0) {
      throw new IllegalArgumentException(
          "distillation.hidden = %s compares what blocks give, and a %s has none; set it to 0"
              .formatted(hidden, (student.blocks() == 0 ? student : teacher).architecture()));
    }
    if (layers.isEmpty()) {
      for (int block = 1; block <= student.blocks(); block++) {
        pairs.put(block, Math.ceilDiv(block * teacher.blocks(), student.blocks()));
      }
      return pairs;
    }
    layers.forEach(
        (own, theirs) -> {
          int block = Integer.parseInt(own);
          if (block > student.blocks() || theirs > teacher.blocks()) {
            throw new IllegalArgumentException(
                "distillation.layers.%d = %d: the student has %d blocks, the teacher %d"
                    .formatted(block, theirs, student.blocks(), teacher.blocks()));
          }
          pairs.put(block, theirs);
        });
    return pairs;
  }
}

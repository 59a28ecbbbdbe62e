package dev.imago.sequences;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A linear-chain conditional random field: the logarithm of a sequence of tags' probability is the
/// sum of the weights of its rows' features and of its steps, up to a constant. Lafferty, McCallum
/// & Pereira 2001. Immutable.
public final class CrfModel implements SequenceTagger {
  private final FeatureTemplates templates;
  private final List<String> tags;
  private final List<String> features;
  private final Map<String, Integer> ids;

  /// Of each feature where its tags and weights begin; the last is their end.
  private final int[] starts;

  private final int[] featureTags;

  /// Weights of features with tags, then of steps.
  private final double[] weights;

  private final double[] steps;

  CrfModel(
      FeatureTemplates templates,
      List<String> tags,
      List<String> features,
      int[] starts,
      int[] featureTags,
      double[] weights) {
    this.templates = templates;
    this.tags = List.copyOf(tags);
    this.features = features;
    this.starts = starts;
    this.featureTags = featureTags;
    this.weights = weights;
    this.ids = HashMap.newHashMap(features.size());
    for (int id = 0; id < features.size(); id++) {
      ids.put(features.get(id), id);
    }
    this.steps =
        templates.steps()
            ? Arrays.copyOfRange(weights, featureTags.length, weights.length)
            : new double[tags.size() * tags.size()];
  }

  @Override
  public List<String> tags() {
    return tags;
  }

  @Override
  public int columns() {
    return templates.columns();
  }

  @Override
  public TagLattice lattice(List<List<String>> rows) {
    double[][] scores = new double[rows.size()][tags.size()];
    for (int t = 0; t < scores.length; t++) {
      double[] of = scores[t];
      templates.each(
          rows,
          t,
          feature -> {
            Integer id = ids.get(feature);
            if (id != null) {
              for (int i = starts[id]; i < starts[id + 1]; i++) {
                of[featureTags[i]] += weights[i];
              }
            }
          });
    }
    return new TagLattice(scores, steps, tags.size());
  }

  /// How many weights there are.
  public int size() {
    return weights.length;
  }

  FeatureTemplates templates() {
    return templates;
  }

  List<String> features() {
    return features;
  }

  int[] starts() {
    return starts;
  }

  int[] featureTags() {
    return featureTags;
  }

  double[] weights() {
    return weights;
  }

  double[] steps() {
    return steps;
  }
}

package dev.imago.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The scorers of a dependency parser: of each word every other one as its head, and of a word and
/// its head each relation. Dozat & Manning 2017, arXiv:1611.01734.
///
/// The last layer makes four stretches of numbers of a word: it as a dependent and as a head of an
/// arc, and the same of a relation, each through a leaky ReLU. An arc scores [d;1]ᵀ U h, a relation
/// [d;1]ᵀ Uᵣ [h;1]. The root, which no token stands for, has numbers of its own as a head. In a
/// model's file all names begin with `parser`; transformers, which knows no parser, loads the rest.
///
/// *N words, A and R numbers of a word for arcs and for relations, L relations.*
///
/// @param root [A+R], as a head of arcs, and of relations
/// @param arcs [(A+1)·A], row by row
/// @param relations [L·(R+1)·(R+1)]
public record Biaffine(Output.Dependencies output, float[] root, float[] arcs, float[] relations) {
  /// What is left of a number below 0.
  public static final float LEAK = 0.1f;

  /// The score of what cannot be: a word as its own head.
  public static final float NEVER = -1e30f;

  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  /// The last layer.
  ///
  /// @param width D of a token
  public static Affine.Parameters projections(Output.Dependencies output, int width) {
    return Affine.Parameters.stacked(
        Stream.of("arc_dependent", "arc_head", "relation_dependent", "relation_head")
            .map(
                name ->
                    Affine.Parameters.linear(
                        "parser." + name,
                        name.startsWith("arc") ? output.arcWidth() : output.relationWidth(),
                        width,
                        USUAL))
            .toList());
  }

  /// Those of a model's table beside the last layer: root, arcs, relations.
  public static List<Parameter> parameters(Output.Dependencies output) {
    int a = output.arcWidth();
    int r = output.relationWidth();
    return List.of(
        Parameter.vector("parser.root", a + r, USUAL),
        matrix("parser.arc.weight", a + 1, a),
        matrix("parser.relation.weight", output.relations().size() * (r + 1), r + 1));
  }

  /// Begins at 0: every head, and every relation, is as likely as another.
  private static Parameter matrix(String name, int rows, int columns) {
    return new Parameter(
        name,
        List.of(rows, columns),
        false,
        Optional.empty(),
        Initialisation.ZEROS,
        true,
        Optional.empty());
  }

  /// @param tensors of a model with this output
  public static Biaffine of(Output.Dependencies output, ModelTensors tensors) {
    List<float[]> flat = parameters(output).stream().map(p -> tensors.get(p).toFloats()).toList();
    return new Biaffine(output, flat.get(0), flat.get(1), flat.get(2));
  }

  /// What a word's head and relation are in a batch's targets.
  ///
  /// @param headRow the head's token in the sequence; −1 of the root, −2 where it is not known
  public static int target(int headRow, int relation, int relations) {
    return (headRow + 2) * relations + relation;
  }

  /// How likely each head is to be a word's: scores before the softmax.
  ///
  /// @param words [N], the last layer's scores of each word's first token
  /// @return [N][N+1]: the root, then each word
  public float[][] heads(float[][] words) {
    int a = output.arcWidth();
    var scores = new float[words.length][words.length + 1];
    for (int i = 0; i < words.length; i++) {
      float[] mixed = Arrays.copyOfRange(arcs, a * a, a * a + a); // the bias's row
      for (int d = 0; d < a; d++) {
        float value = leaky(words[i][d]);
        for (int h = 0; h < a; h++) {
          mixed[h] += value * arcs[d * a + h];
        }
      }
      scores[i][0] = dot(mixed, root, 0, false);
      for (int j = 0; j < words.length; j++) {
        scores[i][j + 1] = i == j ? NEVER : dot(mixed, words[j], a, true);
      }
    }
    return scores;
  }

  /// How likely each relation is: scores before the softmax.
  ///
  /// @param dependent the last layer's scores of the word
  /// @param head those of its head; empty of the root
  /// @return [L]
  public float[] relations(float[] dependent, Optional<float[]> head) {
    int a = output.arcWidth();
    int r = output.relationWidth();
    float[] d = new float[r + 1];
    float[] h = new float[r + 1];
    for (int i = 0; i < r; i++) {
      d[i] = leaky(dependent[2 * a + i]);
      h[i] = head.isPresent() ? leaky(head.get()[2 * a + r + i]) : root[a + i];
    }
    d[r] = 1;
    h[r] = 1;
    float[] scores = new float[output.relations().size()];
    for (int l = 0; l < scores.length; l++) {
      int at = l * (r + 1) * (r + 1);
      for (int i = 0; i <= r; i++) {
        float row = 0;
        for (int j = 0; j <= r; j++) {
          row += relations[at + i * (r + 1) + j] * h[j];
        }
        scores[l] += d[i] * row;
      }
    }
    return scores;
  }

  private static float dot(float[] mixed, float[] of, int from, boolean leaks) {
    float sum = 0;
    for (int h = 0; h < mixed.length; h++) {
      sum += mixed[h] * (leaks ? leaky(of[from + h]) : of[from + h]);
    }
    return sum;
  }

  private static float leaky(float value) {
    return value < 0 ? LEAK * value : value;
  }
}

package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Goes on from prompts of ids with a model in training, all rows together. What it draws of a
/// prompt follows from the seed and the prompt's place alone, and from no randomness of the
/// training's.
///
/// *B prompts, V vocabulary.*
///
/// @param stops ids that end an answer, and belong to it
/// @param most ids of an answer
/// @param temperature of the scores; 0 takes the likeliest
/// @param padding the id that fills shorter rows
public record AnswerSampler(List<Integer> stops, int most, double temperature, int padding) {
  private static final int TOGETHER = 64;

  public AnswerSampler {
    stops = List.copyOf(stops);
    if (most < 1 || !(temperature >= 0)) {
      throw new IllegalArgumentException(
          "most = %d is at least 1, temperature = %s not below 0".formatted(most, temperature));
    }
  }

  /// An answer to each prompt, in order: its ids, with what ends it where it ended.
  ///
  /// @param prompts at least one id each
  public List<int[]> answers(TrainableModel model, List<int[]> prompts, long seed) {
    var answers = new ArrayList<int[]>();
    for (int from = 0; from < prompts.size(); from += TOGETHER) {
      answers.addAll(
          some(
              model, prompts.subList(from, Math.min(prompts.size(), from + TOGETHER)), seed, from));
    }
    return answers;
  }

  private List<int[]> some(TrainableModel model, List<int[]> prompts, long seed, int first) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      int room = Math.max(0, model.config().context() - prompt.length);
      rows.add(
          new Row(
              prompt,
              Math.min(most, room),
              new Random(seed + 0x9E3779B97F4A7C15L * (first + i + 1))));
    }
    while (true) {
      List<Row> open = rows.stream().filter(row -> !row.done).toList();
      if (open.isEmpty()) {
        return rows.stream().map(Row::answer).toList();
      }
      float[] scores = model.next(batch(open));
      int vocabulary = scores.length / open.size();
      for (int r = 0; r < open.size(); r++) {
        Row row = open.get(r);
        row.add(drawn(scores, r * vocabulary, vocabulary, temperature, row.random));
        row.done |= stops.contains(row.ids[row.length - 1]);
      }
    }
  }

  /// One prompt, and what has been written behind it.
  private static final class Row {
    private final int[] ids;
    private final int given;
    private final Random random;
    private int length;
    private boolean done;

    Row(int[] prompt, int room, Random random) {
      this.ids = Arrays.copyOf(prompt, prompt.length + room);
      this.given = prompt.length;
      this.length = prompt.length;
      this.random = random;
      this.done = room == 0;
    }

    void add(int id) {
      ids[length++] = id;
      done = length == ids.length;
    }

    int[] answer() {
      return Arrays.copyOfRange(ids, given, length);
    }
  }

  private Batch batch(List<Row> rows) {
    int longest = rows.stream().mapToInt(row -> row.length).max().orElse(1);
    int[] ids = new int[rows.size() * longest];
    int[] lengths = new int[rows.size()];
    int[] none = new int[rows.size()];
    Arrays.fill(ids, padding);
    Arrays.fill(none, Batch.IGNORED);
    for (int r = 0; r < lengths.length; r++) {
      lengths[r] = rows.get(r).length;
      System.arraycopy(rows.get(r).ids, 0, ids, r * longest, lengths[r]);
    }
    return Batch.of(rows.size(), longest, ids, none).withLengths(lengths);
  }

  /// An id by its score's share of the softmax at a temperature; the likeliest at 0.
  static int drawn(float[] scores, int from, int vocabulary, double temperature, Random random) {
    int best = 0;
    for (int v = 1; v < vocabulary; v++) {
      best = scores[from + v] > scores[from + best] ? v : best;
    }
    if (temperature == 0) {
      return best;
    }
    double[] shares = new double[vocabulary];
    double sum = 0;
    for (int v = 0; v < vocabulary; v++) {
      shares[v] = Math.exp((scores[from + v] - scores[from + best]) / temperature);
      sum += shares[v];
    }
    double left = random.nextDouble() * sum;
    for (int v = 0; v < vocabulary; v++) {
      left -= shares[v];
      if (left < 0) {
        return v;
      }
    }
    return best;
  }
}

package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.generate.Predictor;
import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/// An encoder that fills masked places, by pseudo-likelihood: the sum of ln p of each token of the
/// continuation, that one masked and all others seen. Salazar et al. 2020, arXiv:1910.14659.
///
/// Its numbers are no likelihoods of texts: they are compared with each other alone.
final class EncoderSuiteModel implements SuiteModel {
  /// Copies of a text, a masked place in each, that are computed together.
  private static final int TOGETHER = 16;

  private final String name;
  private final String identity;
  private final double atWork;
  private final Predictor model;
  private final Tokenizer tokenizer;
  private final int mask;
  private final Set<String> notes = new LinkedHashSet<>();

  EncoderSuiteModel(String name, String identity, double atWork, Predictor model) {
    this.name = name;
    this.identity = identity;
    this.atWork = atWork;
    this.model = model;
    this.tokenizer = model.tokenizer();
    this.mask =
        Stream.of("[MASK]", "<mask>")
            .map(tokenizer::id)
            .filter(OptionalInt::isPresent)
            .mapToInt(OptionalInt::getAsInt)
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "the encoder's vocabulary has neither [MASK] nor <mask>, so that no place"
                            + " can be hidden"));
    notes.add("an encoder is measured by pseudo-likelihood: each token masked in turn");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public ConversationForm conversation() {
    throw new InputException("an encoder has no turns; leave the chat template out");
  }

  @Override
  public void replies(List<ModelRequest> requests, Told told) {
    for (int i = 0; i < requests.size(); i++) {
      told.of(
          i,
          switch (requests.get(i)) {
            case ModelRequest.Continuation(String context, String continuation) -> {
              int[] all = tokenizer.encode(context + continuation);
              yield likelihood(
                  all, Math.min(tokenizer.encode(context.stripTrailing()).length, all.length));
            }
            case ModelRequest.Rolling(String text) -> rolling(tokenizer.encode(text));
            case ModelRequest.Generation _ ->
                throw new InputException(
                    "an encoder fills masked places, and writes no answers; evaluate generate_until"
                        + " on a decoder");
          });
    }
  }

  private ModelReply.Likelihood likelihood(int[] ids, int from) {
    if (from == ids.length) {
      throw new InputException(
          "a choice is no token of its own after its context, so that it cannot be scored; give"
              + " choices that are not empty");
    }
    int room = room();
    int cut = Math.max(0, ids.length - room);
    if (cut > from) {
      throw new InputException(
          "a continuation of %,d tokens does not fit the encoder's context of %,d"
              .formatted(ids.length - from, model.shape().context()));
    }
    if (cut > 0) {
      notes.add(
          "a context is longer than the encoder's %,d tokens: it was cut from the left"
              .formatted(model.shape().context()));
    }
    return masked(Arrays.copyOfRange(ids, cut, ids.length), from - cut);
  }

  private ModelReply rolling(int[] ids) {
    double sum = 0;
    for (int from = 0; from < ids.length; from += room()) {
      int[] window = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + room()));
      sum += masked(window, 0).logProbability();
    }
    return new ModelReply.Total(sum, ids.length);
  }

  private int room() {
    return model.shape().context() - 2;
  }

  /// @param from the first place that is masked
  private ModelReply.Likelihood masked(int[] ids, int from) {
    int[] before = tokenizer.beginning();
    int[] around = tokenizer.encoding("").ids();
    int[] after = Arrays.copyOfRange(around, Math.min(before.length, around.length), around.length);
    int[] whole = Stream.of(before, ids, after).flatMapToInt(Arrays::stream).toArray();
    double sum = 0;
    boolean greedy = true;
    for (int first = from; first < ids.length; first += TOGETHER) {
      var copies = new ArrayList<int[]>();
      int last = Math.min(ids.length, first + TOGETHER);
      for (int i = first; i < last; i++) {
        int[] copy = whole.clone();
        copy[before.length + i] = mask;
        copies.add(copy);
      }
      List<float[][]> scores = model.scores(copies);
      for (int i = first; i < last; i++) {
        float[] row = scores.get(i - first)[before.length + i];
        sum += logProbability(row, ids[i]);
        greedy &= best(row) == ids[i];
      }
    }
    return new ModelReply.Likelihood(sum, greedy, ids.length - from);
  }

  private static double logProbability(float[] row, int token) {
    double most = row[best(row)];
    double sum = 0;
    for (float score : row) {
      sum += Math.exp(score - most);
    }
    return row[token] - most - Math.log(sum);
  }

  private static int best(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  @Override
  public double atWork() {
    return atWork;
  }

  @Override
  public Set<String> notes() {
    return notes;
  }

  @Override
  public void close() {
    model.close();
  }
}

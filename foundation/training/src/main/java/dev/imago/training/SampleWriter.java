package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/// Goes on from prompts with a model in training. What it draws follows from the seed, the step and
/// the prompt alone, and from no randomness of the training's.
public final class SampleWriter {
  private final TrainableModel model;
  private final SampleSettings settings;
  private final Function<String, int[]> ids;
  private final Function<int[], String> text;
  private final int endOfText;
  private final long seed;

  /// @param ids of a text
  /// @param text of ids
  /// @param endOfText at which an answer ends, and from which an empty prompt begins
  public SampleWriter(
      TrainableModel model,
      SampleSettings settings,
      Function<String, int[]> ids,
      Function<int[], String> text,
      int endOfText,
      long seed) {
    this.model = model;
    this.settings = settings;
    this.ids = ids;
    this.text = text;
    this.endOfText = endOfText;
    this.seed = seed;
  }

  boolean due(long step, long steps) {
    return !settings.prompts().isEmpty() && (step % settings.every() == 0 || step == steps);
  }

  /// An answer to each prompt, in order.
  List<Curve.Sample> write(long step) {
    var samples = new ArrayList<Curve.Sample>();
    for (int p = 0; p < settings.prompts().size(); p++) {
      String prompt = settings.prompts().get(p);
      var random = new Random(seed + 0x9E3779B97F4A7C15L * (step * 31 + p));
      samples.add(
          new Curve.Sample(
              step, System.currentTimeMillis() / 1e3, prompt, text.apply(answer(prompt, random))));
    }
    return samples;
  }

  private int[] answer(String prompt, Random random) {
    int[] begins = ids.apply(prompt);
    int[] all = begins.length == 0 ? new int[] {endOfText} : begins;
    int given = all.length;
    int[] written = Arrays.copyOf(all, given + settings.tokens());
    int n = given;
    for (; n < written.length; n++) {
      int next = next(Arrays.copyOfRange(written, Math.max(0, n - context()), n), random);
      if (next == endOfText) {
        break;
      }
      written[n] = next;
    }
    return Arrays.copyOfRange(written, given, n);
  }

  private int context() {
    return Math.max(1, model.config().context());
  }

  private int next(int[] window, Random random) {
    int[] none = new int[window.length];
    Arrays.fill(none, Batch.IGNORED);
    float[] scores = model.logits(Batch.of(1, window.length, window, none));
    int vocabulary = scores.length / window.length;
    int last = scores.length - vocabulary;
    return AnswerSampler.drawn(scores, last, vocabulary, settings.temperature(), random);
  }
}

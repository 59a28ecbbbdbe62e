package dev.imago.tune;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.tasks.answering.Answering;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.torch.Batch;
import dev.imago.torch.ComparedAnswers;
import dev.imago.torch.SampledAnswers;
import dev.imago.training.AnswerSampler;
import dev.imago.training.Batches;
import dev.imago.training.Shuffle;
import dev.imago.training.TrainableModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Steps of answers that the model writes itself: some prompts, a group of answers to each, their
/// rewards and how much better each is than its group.
///
/// A step follows from the weights and its number: what is drawn has a seed of its own. Where
/// several steps learn from the same answers, these are kept in the run's scratch until no
/// checkpoint lies among them, for they are of weights that are gone.
final class GroupBatches implements Batches {
  /// Groups in a row whose answers were all worth the same, before it is told.
  private static final int MOST_ALIKE = 50;

  private final TrainableModel model;
  private final @Nullable TrainableModel reference;
  private final List<Answering.Prompt> prompts;
  private final AnswerSampler sampler;
  private final Tokenizer tokenizer;
  private final AnswerReward reward;
  private final Tune.Config config;
  private final Run run;
  private int alike;
  private long made = -1;
  private List<Batch> kept = List.of();

  /// @param reference the model that tuning begins with; null where it is not needed
  /// @param prompts at least one
  GroupBatches(
      TrainableModel model,
      @Nullable TrainableModel reference,
      List<Answering.Prompt> prompts,
      AnswerSampler sampler,
      Tokenizer tokenizer,
      AnswerReward reward,
      Tune.Config config,
      Run run) {
    this.model = model;
    this.reference = reference;
    this.prompts = List.copyOf(prompts);
    this.sampler = sampler;
    this.tokenizer = tokenizer;
    this.reward = reward;
    this.config = config;
    this.run = run;
  }

  private int groups() {
    return config.batch() / config.grpo().numGenerations();
  }

  /// Steps that see so many prompts, repeats counted, none more than `maxEpochs` times; at least 1.
  long steps() {
    long seen = Math.min(config.examples(), (long) config.maxEpochs() * prompts.size());
    return (seen + groups() - 1) / groups() * config.grpo().numIterations();
  }

  @Override
  public List<Batch> step(long step) {
    int iterations = config.grpo().numIterations();
    long generation = (step - 1) / iterations;
    if (made != generation) {
      kept = batches(generation, (step - 1) % iterations == 0);
      made = generation;
    }
    return kept;
  }

  /// @param first whether the weights are those that draw
  private List<Batch> batches(long generation, boolean first) {
    boolean several = config.grpo().numIterations() > 1;
    var asked = new ArrayList<Answering.Prompt>();
    var given = new ArrayList<int[]>();
    for (int g = 0; g < groups(); g++) {
      long at = generation * groups() + g;
      var order = new Shuffle(prompts.size(), run.seed() * 1_000_003 + at / prompts.size());
      Answering.Prompt prompt = prompts.get((int) order.at(at % prompts.size()));
      for (int i = 0; i < config.grpo().numGenerations(); i++) {
        asked.add(prompt);
        given.add(prompt.ids());
      }
    }
    Path file = run.scratch().resolve("answers-%d.bin".formatted(generation));
    List<int[]> answers;
    float[] drawn = new float[0];
    Batch bare;
    if (several && !first) {
      ByteBuffer bytes = read(file);
      answers = new ArrayList<>();
      for (int i = 0; i < given.size(); i++) {
        int[] answer = new int[bytes.getInt()];
        for (int k = 0; k < answer.length; k++) {
          answer[k] = bytes.getInt();
        }
        answers.add(answer);
      }
      bare = ComparedLearning.batch(given, answers);
      drawn = new float[bare.ids().length];
      bytes.asFloatBuffer().get(drawn);
    } else {
      answers =
          sampler.answers(model, given, run.seed() * 1_000_003 + generation * 0xBF58476D1CE4E5B9L);
      bare = ComparedLearning.batch(given, answers);
      if (several) {
        drawn = losses(model, bare);
        write(file, answers, drawn);
        forget(generation);
      }
    }
    return parts(rewarded(asked, answers, bare, drawn));
  }

  private Batch rewarded(
      List<Answering.Prompt> asked, List<int[]> answers, Batch bare, float[] drawn) {
    int n = answers.size();
    int[] lengths = new int[n];
    boolean[] truncated = new boolean[n];
    int[] targets = bare.targets().clone();
    for (int i = 0; i < n; i++) {
      lengths[i] = answers.get(i).length;
      truncated[i] = !ended(answers.get(i));
      if (truncated[i] && config.grpo().maskTruncatedCompletions()) {
        Arrays.fill(targets, i * bare.length(), (i + 1) * bare.length(), Batch.IGNORED);
      }
    }
    double[] rewards = rewards(asked, answers);
    watch(rewards);
    float[] toReference = reference == null ? new float[0] : losses(reference, bare);
    Batch learned = Batch.of(n, bare.length(), bare.ids(), targets);
    return learned.comparing(
        new ComparedAnswers(
            new SampledAnswers(
                rewards,
                config.grpo().advantages(rewards),
                lengths,
                truncated,
                drawn,
                toReference)));
  }

  /// What answers are worth.
  double[] rewards(List<Answering.Prompt> asked, List<int[]> answers) {
    var answered = new ArrayList<AnswerReward.Answered>();
    for (int i = 0; i < answers.size(); i++) {
      int[] ids = answers.get(i);
      int[] text = ended(ids) ? Arrays.copyOf(ids, ids.length - 1) : ids;
      answered.add(
          new AnswerReward.Answered(asked.get(i).example(), tokenizer.decode(text), ids.length));
    }
    return reward.of(answered);
  }

  private boolean ended(int[] answer) {
    return answer.length > 0 && sampler.stops().contains(answer[answer.length - 1]);
  }

  /// By the micro-batches, so that no more is held at a time than in learning.
  private float[] losses(TrainableModel of, Batch bare) {
    var to = new float[bare.ids().length];
    int at = 0;
    for (Batch part : parts(bare)) {
      float[] own = of.losses(part);
      System.arraycopy(own, 0, to, at, own.length);
      at += own.length;
    }
    return to;
  }

  /// Whole groups in each of the micro-batches.
  private List<Batch> parts(Batch all) {
    var parts = new ArrayList<Batch>();
    int count = Math.min(config.accumulate(), groups());
    int each = config.grpo().numGenerations();
    for (int p = 0; p < count; p++) {
      parts.add(all.part(p * groups() / count * each, (p + 1) * groups() / count * each));
    }
    return parts;
  }

  private void watch(double[] rewards) {
    int each = config.grpo().numGenerations();
    for (int from = 0; from < rewards.length; from += each) {
      double first = rewards[from];
      boolean same = Arrays.stream(rewards, from, from + each).allMatch(r -> r == first);
      alike = same ? alike + 1 : 0;
      if (alike == MOST_ALIKE) {
        run.note(
            "of the last %d prompts all %d answers were worth the same each (%.3g the last): nothing is learned from them; where the reward is at its end, stop, where it is not, take easier prompts, a reward in steps, or more numGenerations"
                .formatted(MOST_ALIKE, each, first));
      }
    }
  }

  private void forget(long generation) {
    // The checkpoint before the last may be what a run goes on from.
    long steps = 2L * config.optimization().checkpointEvery();
    long old = generation - steps / config.grpo().numIterations() - 2;
    try {
      Files.deleteIfExists(run.scratch().resolve("answers-%d.bin".formatted(old)));
    } catch (IOException e) {
      throw AtomicFile.failure("delete", run.scratch(), e);
    }
  }

  private static ByteBuffer read(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private static void write(Path file, List<int[]> answers, float[] drawn) {
    int ids = answers.stream().mapToInt(a -> a.length + 1).sum();
    ByteBuffer bytes = ByteBuffer.allocate(4 * (ids + drawn.length));
    for (int[] answer : answers) {
      bytes.putInt(answer.length);
      for (int id : answer) {
        bytes.putInt(id);
      }
    }
    for (float loss : drawn) {
      bytes.putFloat(loss);
    }
    AtomicFile.write(file, out -> out.write(bytes.array()));
  }
}

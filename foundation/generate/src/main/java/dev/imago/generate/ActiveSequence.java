package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.KeyValues;
import dev.imago.tokenizers.TextStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request on its way: its tokens so far, its cache, its sampler and its reader.
final class ActiveSequence {
  private final LanguageModel model;
  private final Generation generation;
  private final Sampler sampler;
  private final TextStream stream;
  private final StopText stops;
  private final Ending ending;
  private final @Nullable ConstrainedAnswer constraint;

  /// What the answer begins with whatever the model says: it is read with the prompt.
  private final int[] beginning;

  /// The ids that end this answer; those of the model are not among them where it ignores them.
  private final Set<Integer> stopIds;

  /// The ids that are not chosen before the least length, and those that never are.
  private final Set<Integer> early;

  private final Set<Integer> never;
  private final KeyValues cache;
  private final long cacheBytes;
  private final int[] prompt;
  private final int promptTokens;
  private final int most;
  private final Told told;

  /// How many of the prompt's tokens its reader has been told of.
  private int promptTold;

  /// The tokens that the model has not seen: the rest of the prompt, then the last one generated.
  private int[] unseen;

  private int generated;
  private final long submittedNanos;
  private long begunNanos;
  private long firstNanos;
  private long lastNanos;

  /// @param blocks where its keys and values are kept
  /// @param nanos the time of its submission
  ActiveSequence(
      LanguageModel model,
      Request request,
      int maxContext,
      CacheBlocks blocks,
      Generation generation,
      long nanos) {
    this.model = model;
    this.generation = generation;
    this.prompt = request.prompt();
    this.told = request.told();
    this.unseen = model.beginning(prompt);
    this.promptTokens = prompt.length;
    this.ending = request.sampling().ending();
    this.most = Math.min(ending.maxTokens(), maxContext - promptTokens);
    this.sampler = new Sampler(request.sampling(), unseen);
    this.stream = model.tokenizer().stream();
    if (request.continued()) {
      for (int id : unseen) {
        if (isSpelt(id)) {
          stream.add(id);
        }
      }
    }
    this.stops = new StopText(ending.stop());
    this.never = ending.ignoreEos() ? model.stopIds() : Set.of();
    this.stopIds = new HashSet<>(ending.stopIds());
    this.early = new HashSet<>(ending.stopIds());
    this.early.addAll(model.stopIds());
    if (!ending.ignoreEos()) {
      this.stopIds.addAll(model.stopIds());
    }
    this.constraint =
        request.constraint() == null
            ? null
            : new ConstrainedAnswer(request.constraint(), !request.continued(), stopIds);
    this.beginning = forced(most);
    this.unseen = joined(unseen, beginning);
    this.cache = model.cache(prompt, most, blocks);
    this.cacheBytes = model.cacheBytes(blocks.type(), promptTokens, most);
    this.submittedNanos = nanos;
  }

  Generation generation() {
    return generation;
  }

  KeyValues cache() {
    return cache;
  }

  /// The most that its keys and values may come to take.
  long cacheBytes() {
    return cacheBytes;
  }

  int generated() {
    return generated;
  }

  /// How many tokens the model has yet to see.
  int pending() {
    return unseen.length;
  }

  /// Takes note that the model begins with the prompt.
  void begin(long nanos) {
    begunNanos = nanos;
  }

  /// The next of them.
  int[] take(int count) {
    int[] taken = Arrays.copyOf(unseen, count);
    unseen = Arrays.copyOfRange(unseen, count, unseen.length);
    return taken;
  }

  /// A model may have more rows than its vocabulary has ids.
  private boolean isSpelt(int id) {
    return id < model.tokenizer().vocabularySize();
  }

  /// Of how many of the next tokens the scores of what follows are needed.
  ///
  /// @param count of the tokens that the model sees next
  int rows(int count) {
    return generated == 0 && told.prompt() ? count : count == unseen.length ? 1 : 0;
  }

  /// Takes what the model computed of the tokens that it was given last: tells of the prompt, and
  /// where they were the last ones, chooses what follows.
  ///
  /// @param rows the scores of what follows each of the last of them; changed
  /// @param nanos the time at which they were there
  /// @return why the answer ends, or null where it goes on
  @Nullable FinishReason read(float[][] rows, long nanos) {
    if (generated == 0 && told.prompt()) {
      tellPrompt(rows);
    }
    if (unseen.length > 0 || rows.length == 0) {
      return null;
    }
    return most == 0 ? FinishReason.LENGTH : next(rows[rows.length - 1], nanos);
  }

  private void tellPrompt(float[][] rows) {
    if (promptTold == 0) {
      generation.emit(new Event.PromptToken(prompt[promptTold++], null));
    }
    for (int i = 0; i < rows.length && promptTold < promptTokens; i++) {
      Sampler.check(rows[i], 0);
      int id = prompt[promptTold++];
      generation.emit(
          new Event.PromptToken(id, LogProbabilities.of(rows[i], id, told.likeliest())));
    }
  }

  /// What is forced next, as far as the answer may go on. Where probabilities are told the model is
  /// asked for each token of it.
  private int[] forced(int most) {
    return constraint == null || told.any() || told.prompt()
        ? new int[0]
        : ConstrainedAnswer.atMost(constraint.forced(), most);
  }

  /// Chooses the next token and tells the reader, and of all that is forced after it: the model
  /// reads those in its next step together.
  private @Nullable FinishReason next(float[] scores, long nanos) {
    float[] own = told.any() ? scores.clone() : scores;
    if (generated == 0) {
      firstNanos = nanos;
      FinishReason ended = writeForced(beginning);
      if (ended != null) {
        return ended;
      }
    }
    lastNanos = nanos;
    int id = sampler.next(scores, generated < ending.minTokens() ? early : never, constraint);
    unseen = new int[] {id};
    LogProbabilities likely = told.any() ? LogProbabilities.of(own, id, told.likeliest()) : null;
    FinishReason ended = write(id, likely);
    if (ended == null) {
      int[] forced = forced(most - generated);
      unseen = joined(unseen, forced);
      ended = writeForced(forced);
    }
    return ended;
  }

  private @Nullable FinishReason writeForced(int[] ids) {
    for (int id : ids) {
      sampler.note(id);
      FinishReason ended = write(id, null);
      if (ended != null) {
        return ended;
      }
    }
    return null;
  }

  private @Nullable FinishReason write(int id, @Nullable LogProbabilities likely) {
    boolean tooEarly = generated < ending.minTokens();
    generated++;
    if (stopIds.contains(id)) {
      generation.emit(new Event.Token(id, end("")));
      return FinishReason.STOP;
    }
    String text = isSpelt(id) ? stream.add(id) : "";
    boolean over = false;
    if (constraint != null) {
      constraint.accept(id);
      over = constraint.over();
    }
    if (over || generated == most) {
      generation.emit(new Event.Token(id, end(text), likely));
      return over || stops.stopped() ? FinishReason.STOP : FinishReason.LENGTH;
    }
    generation.emit(new Event.Token(id, tooEarly ? text : stops.add(text), likely));
    return stops.stopped() ? FinishReason.STOP : null;
  }

  private static int[] joined(int[] ids, int[] more) {
    int[] all = Arrays.copyOf(ids, ids.length + more.length);
    System.arraycopy(more, 0, all, ids.length, more.length);
    return all;
  }

  /// The last of the text, with what was held back. It ends before a character that was only begun.
  private String end(String text) {
    String through = stops.add(text + stream.cut());
    return stops.stopped() ? through : through + stops.rest();
  }

  void finish(FinishReason reason) {
    generation.emit(new Event.Done(reason, promptTokens, generated, timing()));
  }

  private Timing timing() {
    return generated == 0
        ? Timing.NONE
        : new Timing(begunNanos - submittedNanos, firstNanos - begunNanos, lastNanos - firstNanos);
  }
}

// Past 400 lines: what one answer is at, from its prompt to its end.
package dev.imago.generate;

import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.KeyValues;
import dev.imago.tensor.LowRankAdditions;
import dev.imago.tokenizers.TextStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// One request on its way: its tokens so far, its cache, its sampler and its reader.
final class ActiveSequence {
  private static final int[] NONE = {};

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
  private final Origin origin;
  private final PrefixCache.Scope scope;
  private final Drafting drafting;
  private final DraftLength draftLength;

  /// How many of the prompt's tokens its reader has been told of.
  private int promptTold;

  /// What is known of the sequence: what the model sees first of the prompt, then the answer.
  private int[] tokens;

  private int count;

  /// How many of them the model has seen, guesses that were right among them.
  private int seen;

  /// What the model was given last beyond what is known.
  private int[] guesses = NONE;

  /// What the reader is told once this step is counted.
  private final List<Event> outbox = new ArrayList<>();

  private PrefixCache.@Nullable Node place;
  private int keptBlocks;
  private int cachedTokens;
  private int draftedTokens;
  private int acceptedTokens;

  private int generated;
  private final long submittedNanos;
  private long begunNanos;
  private EnergyTally.@Nullable Share share;
  private EnergyTally.@Nullable Joules energy;

  /// Tokens before the prompt whose scores are still to come.
  private int unread;

  private long firstNanos;
  private long lastNanos;

  /// @param blocks where its keys and values are kept
  /// @param candidates of the engine's thread, on which tokens are chosen
  /// @param nanos the time of its submission
  ActiveSequence(
      LanguageModel model,
      Request request,
      int maxContext,
      CacheBlocks blocks,
      Candidates candidates,
      Generation generation,
      long nanos) {
    this.model = model;
    this.generation = generation;
    this.prompt = request.prompt();
    this.told = request.told();
    this.origin = request.origin();
    LoraAdapter adapter = request.adapter();
    LowRankAdditions additions = adapter == null ? null : adapter.additions();
    this.scope =
        new PrefixCache.Scope(origin.cacheScope(), adapter == null ? null : adapter.mark());
    Set<Integer> ends = adapter == null ? model.stopIds() : adapter.stopIds();
    this.drafting = request.drafting();
    this.draftLength = new DraftLength(drafting.tokens());
    this.tokens = model.beginning(prompt).clone();
    this.count = tokens.length;
    this.unread = model.virtualTokens();
    this.promptTokens = prompt.length;
    this.ending = request.sampling().ending();
    this.most = Math.min(ending.maxTokens(), maxContext - promptTokens);
    this.sampler =
        new Sampler(request.sampling(), Arrays.copyOfRange(tokens, unread, count), candidates);
    this.stream = model.tokenizer().stream();
    if (request.continued()) {
      for (int id : tokens) {
        if (isSpelt(id)) {
          stream.add(id);
        }
      }
    }
    this.stops = new StopText(ending.stop());
    this.never = ending.ignoreEos() ? ends : Set.of();
    this.stopIds = new HashSet<>(ending.stopIds());
    this.early = new HashSet<>(ending.stopIds());
    this.early.addAll(ends);
    if (!ending.ignoreEos()) {
      this.stopIds.addAll(ends);
    }
    this.constraint =
        request.constraint() == null
            ? null
            : new ConstrainedAnswer(request.constraint(), !request.continued(), stopIds);
    this.beginning = forced(most);
    append(beginning);
    this.cache = model.cache(prompt, most, blocks).with(additions);
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

  Origin origin() {
    return origin;
  }

  Drafting drafting() {
    return drafting;
  }

  /// What is known of the sequence, [#length] ids of it.
  int[] tokens() {
    return tokens;
  }

  int length() {
    return count;
  }

  /// How many tokens the model has yet to see.
  int pending() {
    return count - seen;
  }

  /// How many tokens of its prompt the model has to read, those that it has read among them.
  int uncached() {
    return count - cachedTokens;
  }

  /// Whether its next tokens come one by one.
  boolean answers() {
    return generated > 0 || pending() == 1;
  }

  /// Takes note that the model begins with the prompt.
  ///
  /// @param shares of what it takes of energy; null where nobody asks
  void begin(long nanos, @Nullable EnergyTally shares) {
    begunNanos = nanos;
    share = shares == null ? null : shares.begin();
  }

  /// Takes note of tokens that the model read for it, guesses among them.
  void worked(int tokens) {
    if (share != null) {
      share.did(tokens);
    }
  }

  /// Takes note that the model does no more for it.
  void leave() {
    if (share != null) {
      energy = share.end();
      share = null;
    }
  }

  /// The next of them, with guesses of what follows where these are the last.
  int[] take(int number, int[] guessed) {
    int[] taken = Arrays.copyOfRange(tokens, seen, seen + number + guessed.length);
    System.arraycopy(guessed, 0, taken, number, guessed.length);
    seen += number;
    guesses = guessed;
    return taken;
  }

  /// How many of the next tokens are to be guessed, at most.
  ///
  /// @param cost of a step with so many guesses, where one without is 1
  int mayGuess(IntToDoubleFunction cost) {
    int left = cache.limit() - count - 1;
    return drafting.source() == Drafting.Source.NONE || left < 1 || !cache.rewinds()
        ? 0
        : Math.min(left, draftLength.next(cost));
  }

  /// A model may have more rows than its vocabulary has ids.
  private boolean isSpelt(int id) {
    return id < model.tokenizer().vocabularySize();
  }

  /// Of how many of the next tokens the scores of what follows are needed.
  ///
  /// @param number of the tokens that the model sees next
  int rows(int number) {
    return generated == 0 && told.prompt() ? number : number == pending() ? 1 : 0;
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
    if (pending() > 0 || rows.length == 0) {
      return null;
    }
    return most == 0 ? FinishReason.LENGTH : choose(rows, nanos);
  }

  /// Chooses as many tokens as the model has seen right guesses of, and one more.
  private @Nullable FinishReason choose(float[][] rows, long nanos) {
    int[] guessed = guesses;
    guesses = NONE;
    int right = 0;
    FinishReason reason;
    while (true) {
      int known = count;
      reason = next(rows[rows.length - 1 - guessed.length + right], nanos);
      if (reason != null
          || right == guessed.length
          || count != known + 1
          || tokens[known] != guessed[right]) {
        break;
      }
      right++;
      seen++;
    }
    if (guessed.length > 0) {
      cache.truncate(seen);
      draftLength.guessed(guessed.length, right);
      draftedTokens += guessed.length;
      acceptedTokens += right;
    }
    return reason;
  }

  private void tellPrompt(float[][] rows) {
    if (promptTold == 0) {
      outbox.add(new Event.PromptToken(prompt[promptTold++], null));
    }
    for (int i = 0; i < rows.length && promptTold < promptTokens; i++) {
      if (unread > 0) {
        unread--; // of what stands before the prompt
        continue;
      }
      Sampler.check(rows[i], 0);
      int id = prompt[promptTold++];
      outbox.add(new Event.PromptToken(id, LogProbabilities.of(rows[i], id, told.likeliest())));
    }
  }

  /// What is forced next, as far as the answer may go on. Where probabilities are told the model is
  /// asked for each token of it.
  private int[] forced(int most) {
    return constraint == null || told.any() || told.prompt()
        ? NONE
        : ConstrainedAnswer.atMost(constraint.forced(), most);
  }

  /// Chooses the next token and tells the reader, and of all that is forced after it: the model
  /// reads those in its next step together.
  private @Nullable FinishReason next(float[] scores, long nanos) {
    float[] own = told.any() ? scores.clone() : scores;
    if (generated == 0) {
      firstNanos = nanos;
      lastNanos = nanos;
      FinishReason ended = writeForced(beginning);
      if (ended != null) {
        return ended;
      }
    }
    lastNanos = nanos;
    int id = sampler.next(scores, generated < ending.minTokens() ? early : never, constraint);
    append(id);
    LogProbabilities likely = told.any() ? LogProbabilities.of(own, id, told.likeliest()) : null;
    FinishReason ended = write(id, likely);
    if (ended == null) {
      int[] forced = forced(most - generated);
      append(forced);
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
      outbox.add(new Event.Token(id, end("")));
      return FinishReason.STOP;
    }
    String text = isSpelt(id) ? stream.add(id) : "";
    boolean over = false;
    if (constraint != null) {
      constraint.accept(id);
      over = constraint.over();
    }
    if (over || generated == most) {
      outbox.add(new Event.Token(id, end(text), likely));
      return over || stops.stopped() ? FinishReason.STOP : FinishReason.LENGTH;
    }
    outbox.add(new Event.Token(id, tooEarly ? text : stops.add(text), likely));
    return stops.stopped() ? FinishReason.STOP : null;
  }

  /// The last of the text, with what was held back. It ends before a character that was only begun.
  private String end(String text) {
    String through = stops.add(text + stream.cut());
    return stops.stopped() ? through : through + stops.rest();
  }

  private void append(int id) {
    tokens = count < tokens.length ? tokens : Arrays.copyOf(tokens, count + count / 2 + 16);
    tokens[count++] = id;
  }

  private void append(int[] ids) {
    if (count + ids.length > tokens.length) {
      tokens = Arrays.copyOf(tokens, count + count / 2 + ids.length + 16);
    }
    System.arraycopy(ids, 0, tokens, count, ids.length);
    count += ids.length;
  }

  /// Tells the reader what came.
  void flush() {
    for (Event event : outbox) {
      generation.emit(event);
    }
    outbox.clear();
  }

  void finish(FinishReason reason) {
    flush();
    generation.emit(
        new Event.Done(reason, promptTokens, generated, timing(), spared(), stops.which()));
  }

  Spared spared() {
    return new Spared(cachedTokens, draftedTokens, acceptedTokens);
  }

  /// Goes on with keys and values that are there, as far as they are.
  void resume(PrefixCache prefixes) {
    boolean whole = seen % CacheBlocks.TOKENS == 0; // else it has copied a part already
    if (!prefixes.keepsAny() || !isFresh() || !whole || model.config().decoderStart().isPresent()) {
      return;
    }
    PrefixCache.Node at = place == null ? prefixes.root(scope) : place;
    // The last token is computed always: what follows it is wanted.
    int most = told.prompt() ? 0 : (count - 1 - seen) / CacheBlocks.TOKENS;
    List<PrefixCache.Node> way = prefixes.find(at, tokens, seen, most);
    cache.adopt(PrefixCache.blocks(way));
    place = way.isEmpty() ? at : way.getLast();
    keptBlocks += way.size();
    seen += way.size() * CacheBlocks.TOKENS;
    cachedTokens = seen;
  }

  /// Copies the tokens that it has in common with a block of others, kept or running: when its
  /// prompt is read next and no whole block is left to go on with.
  void copy(PrefixCache prefixes, List<ActiveSequence> running) {
    int most = Math.min(count - 1 - seen, CacheBlocks.TOKENS - 1);
    if (place == null || told.prompt() || seen % CacheBlocks.TOKENS != 0 || most < 1) {
      return;
    }
    PrefixCache.Part part = prefixes.part(place, tokens, seen, most);
    int copied = part == null ? 0 : part.tokens();
    ActiveSequence nearest = null;
    for (ActiveSequence other : running) {
      int common = Math.min(common(other), other.cache.length()) - seen;
      if (other != this && common > copied && other.cache.mayCopy(seen + Math.min(common, most))) {
        copied = Math.min(common, most);
        nearest = other;
      }
    }
    if (nearest != null) {
      cache.copy(nearest.cache, copied);
    } else if (part != null) {
      cache.copy(part.block(), copied);
    }
    seen += copied;
    cachedTokens = seen;
  }

  /// Gives back what it goes on with, before it has begun.
  void pause() {
    cache.giveUp();
    place = null;
    keptBlocks = 0;
    cachedTokens = 0;
    seen = 0;
  }

  /// Lets the cache keep what is computed of its blocks.
  void keep(PrefixCache prefixes) {
    while (place != null && cache.mayShare()) {
      place = prefixes.keep(place, tokens, cache);
      keptBlocks += place == null ? 0 : 1;
    }
  }

  /// Lets the cache keep the rest of what was computed, once it has ended.
  void keepRest(PrefixCache prefixes) {
    if (place != null) {
      prefixes.keepPart(place, Arrays.copyOf(tokens, Math.min(cache.length(), count)), cache);
    }
  }

  /// Whether nothing was computed for it yet.
  boolean isFresh() {
    return seen == cachedTokens && generated == 0;
  }

  /// How many of the next tokens another is about to compute for it too, where that is worth
  /// waiting for: whole blocks are, and the rest where it is the greater part of what is left.
  int expects(ActiveSequence other) {
    if (told.prompt()) {
      return 0;
    }
    int common = Math.min(common(other), count - 1);
    int whole = common / CacheBlocks.TOKENS * CacheBlocks.TOKENS;
    int from = Math.max(seen, whole);
    int until = 2 * (common - from) > count - from ? common : whole;
    return other.seen < until ? Math.max(0, until - seen) : 0;
  }

  /// With how many tokens both begin, where they share what they begin with.
  private int common(ActiveSequence other) {
    if (!scope.equals(other.scope)) {
      return 0;
    }
    int differ = Arrays.mismatch(tokens, 0, count, other.tokens, 0, other.count);
    return differ < 0 ? count : differ;
  }

  /// How many of its blocks the cache keeps, too.
  int keptBlocks() {
    return keptBlocks;
  }

  private Timing timing() {
    return generated == 0
        ? new Timing(0, 0, 0, energy)
        : new Timing(
            begunNanos - submittedNanos, firstNanos - begunNanos, lastNanos - firstNanos, energy);
  }
}

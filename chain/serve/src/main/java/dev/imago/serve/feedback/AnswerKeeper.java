package dev.imago.serve.feedback;

import dev.imago.core.Hashing;
import dev.imago.data.AnswerKeeping;
import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.data.Rating;
import dev.imago.masking.MaskAction;
import dev.imago.masking.MaskRules;
import dev.imago.masking.Masker;
import dev.imago.masking.PersonalKind;
import dev.imago.masking.Replacements;
import dev.imago.serve.completions.ServedAnswers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps served answers by rule, masked, until their time is over. Nobody waits for it: it writes
/// on a thread of its own, and what it cannot write, or not soon enough, is logged and let go.
public final class AnswerKeeper implements ServedAnswers.Keeper, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

  /// A disk that is slower than answers come lets them wait with all their text, which is prompts,
  /// too.
  private static final int MOST_WAITING = 256;

  private final Semaphore room = new Semaphore(MOST_WAITING);
  private final AtomicBoolean behind = new AtomicBoolean();
  private final AnswerKeeping rules;
  private final KeptAnswers kept;
  private final Clock clock;
  private final Masker masker =
      new Masker(MaskRules.of(PersonalKind.detected(), MaskAction.NUMBER));
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("imago-keep").factory());

  /// @param file which it appends to, and takes out of what is too old
  public AnswerKeeper(AnswerKeeping rules, Path file, Clock clock) {
    this.rules = rules;
    this.kept = KeptAnswers.open(file);
    this.clock = clock;
    var _ = thread.scheduleWithFixedDelay(this::forget, 0, 1, TimeUnit.HOURS);
  }

  private void forget() {
    quietly(() -> kept.removeBefore(clock.instant().minus(rules.retention())));
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "served answers are not kept", e);
    }
  }

  @Override
  public boolean asksConfidence() {
    return rules.lowConfidence() > 0;
  }

  @Override
  public void ended(ServedAnswers.Served served) {
    ServedAnswers.End end = served.end();
    var reasons = new ArrayList<String>();
    if (share(served.id()) < rules.share()) {
      reasons.add(AnswerKeeping.SHARE);
    }
    if (end.confidence() < rules.lowConfidence()) { // NaN is not
      reasons.add(AnswerKeeping.LOW_CONFIDENCE);
    }
    if (rules.longTokens() > 0 && end.tokens() >= rules.longTokens()) {
      reasons.add(AnswerKeeping.LONG);
    }
    if (rules.flagged() && end.flagged()) {
      reasons.add(AnswerKeeping.FLAGGED);
    }
    if (!reasons.isEmpty()) {
      keep(served, reasons);
    }
  }

  /// Takes note of what somebody said of an answer.
  void rated(ServedAnswers.Served served, Rating.Vote vote) {
    if (rules.thumbsDown() && vote == Rating.Vote.DOWN) {
      keep(served, List.of(AnswerKeeping.THUMBS_DOWN));
    }
  }

  private void keep(ServedAnswers.Served served, List<String> reasons) {
    if (!room.tryAcquire()) {
      if (!behind.getAndSet(true)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "%d served answers wait for the disk: what comes beyond is not kept; keep a smaller share"
                .formatted(MOST_WAITING));
      }
      return;
    }
    try {
      thread.execute(
          () -> {
            try {
              quietly(() -> kept.append(masked(served, reasons)));
            } finally {
              room.release();
            }
            if (room.availablePermits() == MOST_WAITING) {
              behind.set(false); // it has caught up: the next time is told again
            }
          });
    } catch (RejectedExecutionException e) {
      room.release();
      LOG.log(System.Logger.Level.WARNING, "an answer came after the server's end: not kept", e);
    }
  }

  private KeptAnswer masked(ServedAnswers.Served served, List<String> reasons) {
    Replacements replacements = Replacements.placeholders();
    var messages = new ArrayList<Rating.Message>();
    for (Rating.Message message : served.messages()) {
      messages.add(
          new Rating.Message(message.role(), masker.mask(message.content(), replacements).text()));
    }
    double confidence = served.end().confidence();
    return new KeptAnswer(
        clock.instant(),
        served.id(),
        reasons,
        Double.isNaN(confidence) ? null : confidence,
        served.user(),
        messages,
        masker.mask(served.answer(), replacements).text(),
        served.model(),
        served.end().took(),
        served.organisation());
  }

  /// Where an id lies among all that there can be, 0 … 1.
  private static double share(String id) {
    return Long.parseLong(Hashing.of(id).substring(0, 8), 16) / 0x1p32;
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(Duration.ofSeconds(5).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "some served answers are not kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kept.close();
  }
}

package dev.imago.labelling;

import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.LabelAnswer;
import dev.imago.labelling.LabelStore.Outcome;
import dev.imago.labelling.LabelStore.Sent;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A project with annotators who follow a script, and a clock that stands still until it is told.
final class ScriptedProject {
  /// A clock set by hand.
  static final class HandClock extends Clock {
    private final AtomicLong millis = new AtomicLong(1_000_000);

    void advance(Duration by) {
      millis.addAndGet(by.toMillis());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis.get());
    }
  }

  private static final AtomicLong NAMES = new AtomicLong();

  /// Databases outlive tests.
  private static final String RUN = Long.toString(System.nanoTime(), 36) + " ";

  final HandClock clock = new HandClock();
  final List<String> notes = new ArrayList<>();
  final Path folder;
  final LabelProject project;
  final LabelQueue queue;
  final LabelStore store;

  ScriptedProject(State state, Path folder, String task, LabelProject.Settings settings) {
    this.folder = folder;
    this.project =
        LabelProject.create(
            state, clock, "project " + RUN + NAMES.incrementAndGet(), task, settings);
    this.queue = new LabelQueue(project);
    this.store = new LabelStore(project);
  }

  /// A database of its own, or the one that IMAGO_TEST_STATE names: with an address of PostgreSQL
  /// there all these tests run on it.
  static State open(Path folder) {
    String named = System.getenv("IMAGO_TEST_STATE");
    return State.open(
        named == null ? new StateAddress.Embedded(folder) : StateAddress.parse(named),
        LabelProject.SCHEMA);
  }

  ScriptedProject people(String... names) {
    for (String name : names) {
      project.person(name);
    }
    return this;
  }

  LabelIntake.Taken take(String lines, boolean gold) {
    try {
      Path file = folder.resolve("items-" + NAMES.incrementAndGet() + ".jsonl");
      Files.writeString(file, lines);
      return LabelIntake.take(project, file, AnnotationFormat.JSONL, gold, notes::add);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  ScriptedProject items(int n) {
    var lines = new StringBuilder();
    for (int i = 0; i < n; i++) {
      lines.append("{\"id\":\"%d\",\"text\":\"text %d\"}\n".formatted(i, i));
    }
    take(lines.toString(), false);
    return this;
  }

  LabelQueue.Assignment next(String person) {
    return queue.next(person).orElseThrow();
  }

  static Sent sent(LabelQueue.Assignment of, String client, String label) {
    return new Sent(
        client,
        of.number(),
        of.revision(),
        of.textHash(),
        LabelAnswer.ofLabels(List.of(label)),
        "",
        "");
  }

  Outcome save(String person, LabelQueue.Assignment of, String label) {
    return store.save(person, sent(of, person + "-" + NAMES.incrementAndGet(), label));
  }

  Outcome skip(String person, LabelQueue.Assignment of, String why) {
    return store.save(
        person,
        new Sent(
            person + "-" + NAMES.incrementAndGet(),
            of.number(),
            of.revision(),
            of.textHash(),
            LabelAnswer.NONE,
            why,
            ""));
  }

  /// Items that more hold than the overlap wants, and items whose counts are not those of their
  /// leases and answers.
  long wrong() {
    return project
        .state()
        .transaction(
            tx ->
                tx.number(
                    "select count(*) from labelling.item i where project = ? and (held > wanted or"
                        + " done <> (select count(*) from labelling.answer a where a.project ="
                        + " i.project and a.item = i.number and a.skipped = false) or held <> done"
                        + " + (select count(*) from labelling.lease l where l.project = i.project"
                        + " and l.item = i.number) + (select count(*) from labelling.sent_back s"
                        + " where s.project = i.project and s.item = i.number) or is_gold = false"
                        + " and (review > 0) <> (done >= wanted or review = 3))",
                    project.name()));
  }

  long history() {
    return project
        .state()
        .transaction(
            tx ->
                tx.number(
                    "select count(*) from labelling.history where project = ?", project.name()));
  }
}

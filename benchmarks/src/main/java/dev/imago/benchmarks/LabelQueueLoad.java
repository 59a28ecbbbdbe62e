package dev.imago.benchmarks;

import dev.imago.annotation.AnnotationFormat;
import dev.imago.annotation.AnnotationWriter;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.PositionUnit;
import dev.imago.labelling.LabelExport;
import dev.imago.labelling.LabelIntake;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelQueue;
import dev.imago.labelling.LabelStore;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Our side of `benchmarks/labelling FOLDER [ITEMS] [PEOPLE] [EACH]`: import into an empty and into
/// a full project, next item and acknowledged save by scripted annotators, export; with `answered`
/// in the place of PEOPLE, import and export of items that all have an answer. Seconds on the
/// clock, and of the process's processor time.
public final class LabelQueueLoad {
  private final Path folder;
  private final State state;
  private final LabelProject project;

  private LabelQueueLoad(Path folder) {
    this.folder = folder;
    this.state = State.open(new StateAddress.Embedded(folder), LabelProject.SCHEMA);
    this.project =
        LabelProject.create(
            state,
            Clock.systemUTC(),
            "load",
            "task: choice\nlabels: [good, bad]\noverlap: 2\n",
            new LabelProject.Settings(Duration.ofMinutes(30), 0, 0, 0));
  }

  private interface Work {
    Object run() throws IOException;
  }

  private static double processor() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static void timed(String what, Work work) throws IOException {
    long began = System.nanoTime();
    double cpu = processor();
    Object said = work.run();
    System.out.printf(
        Locale.ROOT,
        "%s %.1f s, of the processor %.1f s: %s%n",
        what,
        (System.nanoTime() - began) / 1e9,
        processor() - cpu,
        said);
  }

  /// @param answer what each item has besides, as JSON
  private Object take(int from, int n, String answer) throws IOException {
    Path file = folder.resolve("items-" + from + ".jsonl");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = from; i < from + n; i++) {
        out.write(
            "{\"id\":\"%d\",\"text\":\"Item number %d: the room was clean and the staff were kind.\"%s}\n"
                .formatted(i, i, answer));
      }
    }
    return LabelIntake.take(project, file, AnnotationFormat.JSONL, false, _ -> {}).taken();
  }

  private Object annotate(int people, int each) {
    List<Future<long[][]>> running = new ArrayList<>();
    var queue = new LabelQueue(project);
    var store = new LabelStore(project);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int p = 0; p < people; p++) {
        String person = "person " + p;
        project.person(person);
        running.add(threads.submit(() -> annotate(queue, store, person, each)));
      }
    }
    long[] next = new long[people * each];
    long[] save = new long[people * each];
    for (int p = 0; p < people; p++) {
      Future<long[][]> of = running.get(p);
      if (of.state() == Future.State.FAILED) {
        throw new IllegalStateException("an annotator failed", of.exceptionNow());
      }
      long[][] times = of.resultNow();
      System.arraycopy(times[0], 0, next, p * each, each);
      System.arraycopy(times[1], 0, save, p * each, each);
    }
    return "next %s; save %s".formatted(percentiles(next), percentiles(save));
  }

  private static long[][] annotate(LabelQueue queue, LabelStore store, String person, int each) {
    long[][] times = new long[2][each];
    for (int i = 0; i < each; i++) {
      long began = System.nanoTime();
      LabelQueue.Assignment of = queue.next(person).orElseThrow();
      times[0][i] = System.nanoTime() - began;
      began = System.nanoTime();
      store.save(
          person,
          new LabelStore.Sent(
              person + "/" + i,
              of.number(),
              of.revision(),
              of.textHash(),
              LabelAnswer.ofLabels(List.of("good")),
              "",
              ""));
      times[1][i] = System.nanoTime() - began;
    }
    return times;
  }

  private static String percentiles(long[] nanos) {
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.1f ms, p99 %.1f ms",
        nanos[nanos.length / 2] / 1e6,
        nanos[(int) (nanos.length * 0.99)] / 1e6);
  }

  public static void main(String[] arguments) throws IOException {
    int items = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    boolean answered = arguments.length > 2 && arguments[2].equals("answered");
    int people = arguments.length > 2 && !answered ? Integer.parseInt(arguments[2]) : 50;
    String answer = answered ? ",\"answers\":[{\"by\":\"ann\",\"labels\":[\"good\"]}]" : "";
    int each = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 40;
    var load = new LabelQueueLoad(Path.of(arguments[0]));
    int part = items / 10;
    timed("import of the first tenth", () -> load.take(0, part, answer));
    timed("import of eight tenths", () -> load.take(part, 8 * part, answer));
    timed("import of the last tenth", () -> load.take(9 * part, part, answer));
    if (!answered) {
      timed("%d people, %d items each:".formatted(people, each), () -> load.annotate(people, each));
    }
    timed(
        "export",
        () -> {
          try (OutputStream out = Files.newOutputStream(load.folder.resolve("export.jsonl"));
              var writer =
                  new AnnotationWriter(out, AnnotationFormat.JSONL, PositionUnit.CODE_POINTS)) {
            return LabelExport.each(load.project, writer::write);
          }
        });
    load.state.close();
    Runtime memory = Runtime.getRuntime();
    System.gc();
    System.out.printf(
        "heap afterwards %,d MiB%n", (memory.totalMemory() - memory.freeMemory()) >> 20);
  }
}

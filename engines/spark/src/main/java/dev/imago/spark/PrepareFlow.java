// Past 400 lines: one flow, whose steps share what they hold of the documents.
package dev.imago.spark;

import dev.imago.core.InputException;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Decision;
import dev.imago.corpus.HeldOut;
import dev.imago.corpus.HeldOutCounts;
import dev.imago.corpus.LengthCounts;
import dev.imago.corpus.SelectionCounts;
import dev.imago.corpus.WrittenDocument;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.DuplicateRules;
import dev.imago.duplicates.MeetingKeys;
import dev.imago.duplicates.Outcome;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.SignatureFile;
import dev.imago.duplicates.StarContraction.Edge;
import dev.imago.duplicates.Traits;
import dev.imago.prepare.EachDocument;
import dev.imago.prepare.PrepareReport;
import dev.imago.spark.RemoteFiles.Written;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/// Makes a corpus of documents on a cluster, as [dev.imago.prepare.Prepare] does on one machine.
///
/// Read and judge, a task for each part of the input → texts that share a key become edges to the
/// least of them → connected components ([Components]) → each component in one task, decided by
/// [Deduplication] as the whole would be → counts of the whole: does the rule of length step back,
/// how much is kept, which are held out → read again and finish, a task for each part → cut into
/// shards where the whole is cut, a task for each shard.
///
/// Nothing that grows with the documents is on the driver but four bytes for each. What a lost
/// executor held is computed again, by the same pure functions.
final class PrepareFlow {
  /// Parts whose lengths the driver asks for at once.
  private static final int PARTS_AT_ONCE = 256;

  private final JavaSparkContext spark;
  private final JobReporter told;
  private final CorpusRules rules;
  private final Broadcast<Tools> tools;
  private final int partitions;

  /// @param partitions of a shuffle
  PrepareFlow(JavaSparkContext spark, JobReporter told, Tools tools, int partitions) {
    this.spark = spark;
    this.told = told;
    this.rules = tools.rules();
    this.tools = spark.broadcast(tools);
    this.partitions = partitions;
  }

  /// What was counted of a part: of its lines the lengths by file, its hits, its report.
  private record Counted(int[][] lengths, List<String> hits, PrepareReport report)
      implements Serializable {}

  private record Chosen(SelectionCounts counts, HeldOutCounts heldOut) implements Serializable {
    Chosen and(Chosen other) {
      return new Chosen(counts.and(other.counts), heldOut.and(other.heldOut));
    }
  }

  /// @param parts of the input, in order
  /// @return what was written of the corpus, and of the rejects
  List<List<Written>> run(List<InputPart> parts, String output) {
    Broadcast<Tools> with = tools;
    CorpusRules corpusRules = rules;
    JavaRDD<InputPart> input = spark.parallelize(parts, parts.size());

    told.step("judge");
    JavaRDD<JudgedRow> judged =
        input
            .mapPartitionsWithIndex((part, in) -> judge(part, in.next(), with.value()), true)
            .persist(StorageLevel.DISK_ONLY());
    JavaRDD<JudgedRow> rows =
        judged.map(JudgedRow::withoutTraits).persist(StorageLevel.MEMORY_AND_DISK());
    LengthCounts lengths =
        rows.mapPartitions(in -> Collections.singleton(lengths(in)).iterator())
            .reduce(LengthCounts::and);
    boolean steppedBack = lengths.steppedBack(rules);

    told.step("duplicates");
    JavaPairRDD<Long, Outcome> outcomes = outcomes(judged, parts.size(), steppedBack);
    JavaRDD<Decided> decided =
        rows.zipPartitions(outcomes, (in, met) -> Decided.of(in, met, steppedBack));
    Chosen chosen =
        decided
            .mapPartitions(in -> Collections.singleton(chosen(in, corpusRules)).iterator())
            .reduce(Chosen::and);
    HeldOutCounts heldOut = chosen.heldOut();
    heldOut.heldOut(); // an error of the settings is told here
    PrepareReport.tellSelected(chosen.counts(), lengths, rules, told);
    judged.unpersist();

    told.step("write");
    boolean single = chosen.counts().kept() == 1;
    JavaRDD<Piece> pieces =
        input
            .zipPartitions(
                decided,
                (in, each) ->
                    finish(in.next(), each, single ? null : heldOut.heldOut(), with.value()))
            .persist(StorageLevel.DISK_ONLY());
    PrepareReport report = new PrepareReport(rules);
    var hits = new ArrayList<String>();
    ShardPlan plan = plan(pieces, parts.size(), report, hits);
    List<Written> written = write(pieces, plan, output);
    report.tell(told);
    return sides(written, hits, plan, output);
  }

  private static Iterator<JudgedRow> judge(int part, InputPart input, Tools tools) {
    if (input.form() == InputPart.Form.SIGNATURES) {
      return earlier(part, input, tools);
    }
    EachDocument each = tools.each();
    var documents = new PartDocuments(input, tools);
    closeAtEnd(documents);
    long[] number = {0};
    return stream(documents)
        .map(
            document ->
                JudgedRow.of(
                    DocumentPlace.of(part, number[0]++), document.id(), each.judge(document)))
        .iterator();
  }

  /// The texts of an earlier corpus, from a copy on this machine.
  private static Iterator<JudgedRow> earlier(int part, InputPart input, Tools tools) {
    Path copy = LocalFolder.make();
    closeAtEnd(() -> LocalFolder.delete(copy));
    Path file = copy.resolve(SignatureFile.NAME);
    tools.files().get(input.files().getFirst().uri(), file);
    var rows = new ArrayList<JudgedRow>();
    SignatureFile.read(
        file,
        tools.rules().duplicates(),
        (id, traits) ->
            rows.add(JudgedRow.earlier(DocumentPlace.of(part, rows.size()), id, traits)));
    return rows.iterator();
  }

  private static <T> Stream<T> stream(Iterator<T> in) {
    return StreamSupport.stream(((Iterable<T>) () -> in).spliterator(), false);
  }

  private static void closeAtEnd(AutoCloseable open) {
    TaskContext.get()
        .addTaskCompletionListener(
            _ -> {
              try {
                open.close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static LengthCounts lengths(Iterator<JudgedRow> rows) {
    var counts = new LengthCounts();
    while (rows.hasNext()) {
      JudgedRow row = rows.next();
      if (!row.earlier()) {
        counts.add(row.judgement());
      }
    }
    return counts;
  }

  /// What comes of the documents that others are like, brought back to their parts, in order.
  private JavaPairRDD<Long, Outcome> outcomes(
      JavaRDD<JudgedRow> judged, int parts, boolean steppedBack) {
    DuplicateRules duplicates = rules.duplicates();
    JavaRDD<Edge> keyed =
        Components.sorted(
            judged.flatMap(row -> keys(row, duplicates, steppedBack)),
            new SpreadPartitioner(partitions));
    JavaRDD<Edge> leasts =
        Components.leasts(keyed.mapPartitions(PrepareFlow::edges), partitions, told);
    JavaRDD<Edge> members =
        Components.sorted(
            leasts.flatMap(edge -> List.of(edge, new Edge(edge.to(), edge.to())).iterator()),
            new PlacePartitioner(parts));
    return judged
        .zipPartitions(members, PrepareFlow::membersOf)
        .mapToPair(each -> each)
        .partitionBy(new SpreadPartitioner(partitions))
        .mapPartitionsToPair(in -> decide(in, duplicates))
        .repartitionAndSortWithinPartitions(new PlacePartitioner(parts))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /// From each key to the document that has it.
  private static Iterator<Edge> keys(JudgedRow row, DuplicateRules rules, boolean steppedBack) {
    Traits traits = row.traits();
    return traits == null || !row.takesPart(steppedBack)
        ? Collections.emptyIterator()
        : Arrays.stream(MeetingKeys.holding(traits, rules))
            .mapToObj(key -> new Edge(key, row.place()))
            .iterator();
  }

  /// From every document of a key to its least one.
  private static Iterator<Edge> edges(Iterator<Edge> keyed) {
    var before =
        new Object() {
          @Nullable Edge least;
        };
    return stream(keyed)
        .map(
            edge -> {
              Edge least = before.least;
              if (least == null || least.from() != edge.from()) {
                before.least = edge;
                return null;
              }
              return least.to() == edge.to() ? null : new Edge(edge.to(), least.to());
            })
        .filter(Objects::nonNull)
        .iterator();
  }

  /// The judged documents that are in a component, by its least one.
  private static Iterator<Tuple2<Long, JudgedRow>> membersOf(
      Iterator<JudgedRow> rows, Iterator<Edge> members) {
    var next =
        new Object() {
          @Nullable Edge edge = members.hasNext() ? members.next() : null;
        };
    return stream(rows)
        .map(
            row -> {
              while (next.edge != null && next.edge.from() < row.place()) {
                next.edge = members.hasNext() ? members.next() : null;
              }
              return next.edge != null && next.edge.from() == row.place()
                  ? new Tuple2<>(next.edge.to(), row)
                  : null;
            })
        .filter(Objects::nonNull)
        .iterator();
  }

  private static Iterator<Tuple2<Long, Outcome>> decide(
      Iterator<Tuple2<Long, JudgedRow>> members, DuplicateRules rules) {
    if (!members.hasNext()) {
      return Collections.emptyIterator();
    }
    Path folder = LocalFolder.make();
    closeAtEnd(() -> LocalFolder.delete(folder));
    Runtime machine = Runtime.getRuntime();
    long memory =
        Math.clamp(machine.maxMemory() / 8 / machine.availableProcessors(), 1L << 22, 1L << 30);
    var places = new ArrayList<Long>();
    Outcomes outcomes;
    try (var deduplication = new Deduplication(rules, folder, memory)) {
      while (members.hasNext()) {
        JudgedRow row = members.next()._2();
        Traits traits = Objects.requireNonNull(row.traits());
        if (row.earlier()) {
          deduplication.addEarlier(row.id(), traits);
        } else {
          deduplication.add(row.place(), row.id(), traits);
          places.add(row.place());
        }
      }
      outcomes = deduplication.decide();
    }
    closeAtEnd(outcomes);
    return places.stream()
        .map(place -> new Tuple2<>(place, outcomes.of(place)))
        .filter(each -> !(each._2() instanceof Outcome.Alone))
        .iterator();
  }

  private static Chosen chosen(Iterator<Decided> decided, CorpusRules rules) {
    var counts = new SelectionCounts();
    var heldOut = new HeldOutCounts(rules);
    while (decided.hasNext()) {
      Decided each = decided.next();
      counts.add(each.row().judgement(), each.decision());
      if (!(each.decision() instanceof Decision.Dropped)) {
        heldOut.add(each.row().id());
      }
    }
    return new Chosen(counts, heldOut);
  }

  /// @param heldOut null where one document is all that stays
  private static Iterator<Piece> finish(
      InputPart input, Iterator<Decided> decided, @Nullable HeldOut heldOut, Tools tools) {
    if (input.form() == InputPart.Form.SIGNATURES) {
      return List.of(Piece.report(new PrepareReport(tools.rules()))).iterator();
    }
    EachDocument each = tools.each();
    var documents = new PartDocuments(input, tools);
    closeAtEnd(documents);
    var report = new PrepareReport(tools.rules());
    Stream<Piece> pieces =
        stream(documents)
            .flatMap(
                document -> {
                  Decided is = decided.next();
                  if (!is.row().id().equals(document.id())) {
                    throw new InputException(
                        "%s stands where %s stood: the input changed while it was read; run again"
                            .formatted(document.id(), is.row().id()));
                  }
                  Decision decision =
                      heldOut == null ? is.decision() : is.decision().among(heldOut, document.id());
                  return pieces(document, is, decision, each, report);
                });
    return new Iterator<>() {
      private final Iterator<Piece> all = pieces.iterator();
      private boolean ended;

      @Override
      public boolean hasNext() {
        return !ended;
      }

      @Override
      public Piece next() {
        if (all.hasNext()) {
          return all.next();
        }
        ended = true;
        return Piece.report(report);
      }
    };
  }

  private static Stream<Piece> pieces(
      Document document, Decided is, Decision decision, EachDocument each, PrepareReport report) {
    EachDocument.Finished finished = each.finish(document, is.row().judgement(), decision);
    report.add(is.row().judgement(), decision, finished.outputs());
    return Stream.concat(
        finished.hits().stream().map(Piece::hit),
        finished.outputs().stream()
            .map(
                output ->
                    new Piece(
                        output.file().ordinal(),
                        output.document().text().length(),
                        Documents.line(output.document()))));
  }

  private ShardPlan plan(
      JavaRDD<Piece> pieces, int parts, PrepareReport report, List<String> hits) {
    JavaRDD<Counted> counted =
        pieces.mapPartitions(in -> Collections.singleton(counted(in)).iterator());
    var drawing = new ShardPlan.Drawing();
    for (int from = 0; from < parts; from += PARTS_AT_ONCE) {
      int first = from;
      int[] some = new int[Math.min(PARTS_AT_ONCE, parts - from)];
      Arrays.setAll(some, i -> first + i);
      for (List<Counted> part : counted.collectPartitions(some)) {
        drawing.add(part.getFirst().lengths());
        report.and(part.getFirst().report());
        hits.addAll(part.getFirst().hits());
      }
    }
    return drawing.done();
  }

  private static Counted counted(Iterator<Piece> pieces) {
    int[][] lengths = new int[Piece.HIT][16];
    int[] counts = new int[Piece.HIT];
    var hits = new ArrayList<String>();
    while (true) {
      Piece piece = pieces.next();
      if (piece.kind() == Piece.REPORT) {
        for (int f = 0; f < lengths.length; f++) {
          lengths[f] = Arrays.copyOf(lengths[f], counts[f]);
        }
        return new Counted(lengths, hits, piece.report());
      } else if (piece.kind() == Piece.HIT) {
        hits.add(new String(piece.bytes(), StandardCharsets.UTF_8));
      } else {
        int f = piece.kind();
        if (counts[f] == lengths[f].length) {
          lengths[f] = Arrays.copyOf(lengths[f], 2 * counts[f]);
        }
        lengths[f][counts[f]++] = piece.chars();
      }
    }
  }

  private List<Written> write(JavaRDD<Piece> pieces, ShardPlan drawn, String output) {
    Broadcast<ShardPlan> plan = spark.broadcast(drawn);
    Broadcast<Tools> with = tools;
    return pieces
        .mapPartitionsWithIndex((part, in) -> slots(part, in, plan.value()), false)
        .mapToPair(each -> each)
        .repartitionAndSortWithinPartitions(new SlotPartitioner(drawn.size()))
        .mapPartitionsWithIndex(
            (shard, lines) ->
                Collections.singleton(
                        shard(shard, lines, plan.value(), output, with.value().files()))
                    .iterator(),
            false)
        .collect();
  }

  private static Iterator<Tuple2<LineSlot, byte[]>> slots(
      int part, Iterator<Piece> pieces, ShardPlan plan) {
    int[] numbers = new int[Piece.HIT];
    return stream(pieces)
        .filter(piece -> piece.kind() < Piece.HIT)
        .map(
            piece -> {
              int number = numbers[piece.kind()]++;
              int shard = plan.number(piece.kind(), part, number);
              return new Tuple2<>(
                  new LineSlot(shard, DocumentPlace.of(part, number)), piece.bytes());
            })
        .iterator();
  }

  private static Written shard(
      int number,
      Iterator<Tuple2<LineSlot, byte[]>> lines,
      ShardPlan plan,
      String output,
      RemoteFiles files) {
    Path folder = LocalFolder.make();
    Path local = folder.resolve(plan.name(number));
    try {
      try (var writer = new Documents.ShardWriter(local)) {
        lines.forEachRemaining(line -> writer.write(line._2()));
      }
      String attempt = Long.toString(TaskContext.get().taskAttemptId());
      return files.write(
          folder(output, plan.file(number)),
          plan.name(number),
          attempt,
          out -> Files.copy(local, out));
    } finally {
      LocalFolder.delete(folder);
    }
  }

  private static String folder(String output, WrittenDocument.File file) {
    return output + (file == WrittenDocument.File.REJECTS ? "/rejects" : "/corpus");
  }

  private List<List<Written>> sides(
      List<Written> written, List<String> hits, ShardPlan plan, String output) {
    var corpus = new ArrayList<Written>();
    var rejects = new ArrayList<Written>();
    for (int number = 0; number < plan.size(); number++) {
      (plan.file(number) == WrittenDocument.File.REJECTS ? rejects : corpus)
          .add(written.get(number));
    }
    if (!rules.decontaminate().against().isEmpty()) {
      rejects.add(
          tools
              .value()
              .files()
              .write(
                  output + "/rejects",
                  EachDocument.HITS,
                  "driver",
                  out -> {
                    for (String hit : hits) {
                      out.write((hit + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                  }));
    }
    return List.of(corpus, rejects);
  }
}

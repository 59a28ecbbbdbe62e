package dev.imago.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.Recipe;
import dev.imago.core.Ref;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Vocabulary;
import dev.imago.duplicates.Signatures;
import dev.imago.fixtures.FakeRun;
import dev.imago.prepare.Forgotten;
import dev.imago.prepare.Prepare;
import dev.imago.prepare.SignCorpus;
import dev.imago.tokenize.EncodeCorpus;
import dev.imago.tokenize.TrainTokenizer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the cluster writes is what one machine writes, byte for byte, also where tasks fail.
class SameBytesOnSpark {
  private static JavaSparkContext spark = new JavaSparkContext(conf());

  @TempDir Path temporary;

  private static SparkConf conf() {
    return new SparkConf()
        .setAppName("test")
        .setMaster("local[2,4]")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }

  @BeforeAll
  static void aSession() {
    spark.setLogLevel("ERROR");
  }

  @AfterAll
  static void end() {
    spark.close();
  }

  /// Files of a disk that breaks: whatever a task reads first, it cannot.
  private static final class FailingFiles extends RemoteFiles {
    private static final long serialVersionUID = 1L;

    FailingFiles() {
      super(new SerializableConfiguration(new Configuration()));
    }

    @Override
    InputStream open(String uri) {
      TaskContext task = TaskContext.get();
      if (task != null && task.attemptNumber() == 0) {
        throw new UncheckedIOException(new java.io.IOException("the disk broke"));
      }
      return super.open(uri);
    }
  }

  private static String prose(long seed, int words) {
    String[] known =
        ("the of and to be that have with river mountain paper machine garden window letter number"
                + " winter summer doctor village history science morning evening people country"
                + " question answer reason learning language market station picture music story")
            .split(" ");
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(known[random.nextInt(known.length)]).append(i % 12 == 11 ? ".\n" : " ");
    }
    return text.toString();
  }

  private static Document document(String id, String text) {
    return new Document(id, text, id, Map.of("kind", "prose"));
  }

  /// Documents of every fate, a chain of near copies among them.
  private static List<Document> documents() {
    var all = new ArrayList<Document>();
    for (int i = 0; i < 60; i++) {
      all.add(document("doc-" + i, prose(i, 130)));
    }
    for (int i = 0; i < 12; i++) {
      all.add(document("copy-" + i, prose(3 * i, 130)));
      all.add(document("near-" + i, prose(2 * i, 130) + "One more line of it.\n"));
      all.add(document("window-" + i, prose(99, 400).substring(90 * i, 90 * i + 900)));
      all.add(document("short-" + i, "two words"));
    }
    all.add(document("mail", prose(200, 130) + "Write to ann@mail.mit.edu."));
    return all;
  }

  private Corpus raw(List<Document> documents, String name, int shards) throws Exception {
    Path folder = Files.createDirectories(temporary.resolve(name));
    for (int shard = 0; shard < shards; shard++) {
      try (var writer =
          new Documents.ShardWriter(folder.resolve("raw-%05d.jsonl.zst".formatted(shard)))) {
        documents
            .subList(shard * documents.size() / shards, (shard + 1) * documents.size() / shards)
            .forEach(document -> writer.write(Documents.line(document)));
      }
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), folder);
  }

  private static JobReporter told() {
    return new JobReporter(
        new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8), false);
  }

  private static void assertSameFiles(Path expected, Path actual) throws Exception {
    assertEquals(names(expected), names(actual));
    for (String name : names(expected)) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private void prepareOnSpark(
      Corpus raw, List<Signatures> signatures, RemoteFiles files, Path out) {
    var parts =
        new ArrayList<>(
            new InputFiles(files, ExtractionSettings.defaults(), List.of())
                .parts(List.of(raw.folder().toUri().toString())));
    for (Signatures each : signatures) {
      Path file = each.folder().resolve("signatures.bin");
      parts.add(
          new InputPart(
              InputPart.Form.SIGNATURES,
              List.of(
                  new InputPart.InputFile(
                      file.toUri().toString(),
                      "signatures",
                      dev.imago.corpus.extract.FileKind.OTHER,
                      0))));
    }
    var tools =
        new Tools(CorpusRules.defaults(), Forgotten.none(), ExtractionSettings.defaults(), files);
    new PrepareFlow(spark, told(), tools, 5).run(parts, out.toUri().toString());
  }

  @Test
  void corpusRejectsAndTokensAreThoseOfOneMachineThoughEveryTaskFailsOnce() throws Exception {
    List<Document> documents = documents();
    Corpus earlier = raw(documents.subList(0, 8), "earlier", 1);
    Prepare.Outputs before =
        new Prepare()
            .run(
                new Prepare.Inputs(earlier, List.of()),
                CorpusRules.defaults(),
                new FakeRun(temporary.resolve("before"), 1));
    Signatures signatures =
        new SignCorpus()
            .run(
                new SignCorpus.Inputs(before.corpus()),
                SignCorpus.Config.defaults(),
                new FakeRun(temporary.resolve("sign"), 1))
            .signatures();
    Prepare.Outputs here =
        new Prepare()
            .run(
                new Prepare.Inputs(raw(documents, "one", 1), List.of(signatures)),
                CorpusRules.defaults(),
                new FakeRun(temporary.resolve("here"), 2));
    for (int shards : new int[] {1, 4}) {
      Path out = temporary.resolve("spark-" + shards);
      prepareOnSpark(
          raw(documents, "raw-" + shards, shards), List.of(signatures), new FailingFiles(), out);
      assertSameFiles(here.corpus().folder(), out.resolve("corpus"));
      assertSameFiles(here.rejects().folder(), out.resolve("rejects"));
    }
    try (var rejects = Documents.read(here.rejects().folder(), "rejects")) {
      List<String> of = rejects.map(each -> each.tags().getOrDefault("of", "")).toList();
      assertTrue(of.stream().anyMatch(each -> each.startsWith("doc-")), of.toString());
    }
    tokens(here.corpus());
  }

  @Test
  void whatIsMeasuredOnOneMachineAloneIsRefusedByName() throws Exception {
    Path file =
        Files.writeString(
            temporary.resolve("r.yaml"), "name: r\nstages: {collect: {}, prepare: {}}\n");
    for (String refused :
        List.of(
            "prepare.ngramPerplexity=ngram/4f85",
            "prepare.prose.quality.percentiles=[5,90]",
            "prepare.prose.quality.maxPerplexity=800",
            "collect.leastRead=0.5")) {
      Recipe recipe = Recipe.read(file, List.of(refused), Map.of());
      var job = new PrepareOnSpark();
      String message =
          String.valueOf(
              assertThrows(ConfigException.class, () -> job.run(recipe, spark, new FailingFiles()))
                  .getMessage());
      assertTrue(message.contains(refused.replaceAll(".*\\.|=.*", "")), message);
    }
  }

  private void tokens(Corpus corpus) throws Exception {
    Vocabulary vocabulary =
        new TrainTokenizer()
            .run(
                new TrainTokenizer.Inputs(corpus),
                TrainTokenizer.Config.defaults(),
                new FakeRun(temporary.resolve("vocabulary"), 1))
            .vocabulary();
    Path tokens =
        new EncodeCorpus()
            .run(
                new EncodeCorpus.Inputs(corpus, vocabulary),
                EncodeCorpus.Config.defaults(),
                new FakeRun(temporary.resolve("encode"), 2))
            .tokens()
            .folder();
    Path out = temporary.resolve("encoded");
    new EncodeFlow(spark, told(), new FailingFiles())
        .run(
            corpus.folder().toUri().toString(),
            vocabulary.folder().toUri().toString(),
            EncodeCorpus.Config.defaults(),
            out.toUri().toString());
    assertSameFiles(tokens, out.resolve("tokens"));
  }
}

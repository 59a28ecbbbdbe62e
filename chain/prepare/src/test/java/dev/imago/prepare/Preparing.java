package dev.imago.prepare;

import dev.imago.core.Ref;
import dev.imago.corpus.CorpusRules;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Ngrams;
import dev.imago.data.ShardCutter;
import dev.imago.duplicates.Signatures;
import dev.imago.fixtures.FakeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// Documents to prepare, and what came of them.
final class Preparing {
  private static final String[] ENGLISH =
      ("the of and to be that have with river mountain paper machine garden window letter number "
              + "winter summer doctor village history science morning evening people country "
              + "question answer reason learning language market station picture music story")
          .split(" ");

  private final Path temporary;
  private int runs;

  Preparing(Path temporary) {
    this.temporary = temporary;
  }

  /// English-looking prose without repetition.
  static String prose(long seed) {
    var random = new Random(seed);
    var text = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      text.append(ENGLISH[random.nextInt(ENGLISH.length)]).append(i % 12 == 11 ? ".\n" : " ");
    }
    return text.toString();
  }

  static Document document(String id, String kind, String text) {
    return new Document(id, text, id, Map.of("kind", kind));
  }

  static List<Document> many(int count) {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < count; i++) {
      documents.add(document("doc-" + i, "prose", prose(i)));
    }
    return documents;
  }

  private Corpus raw(List<Document> documents) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("raw" + runs++));
    try (var writer = new Documents.Writer(folder, "raw")) {
      documents.forEach(writer::write);
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), folder);
  }

  /// The same in several shards.
  Corpus raw(List<Document> documents, int shards) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("raw" + runs++));
    for (int shard = 0; shard < shards; shard++) {
      Path file = folder.resolve(ShardCutter.name("raw", shard));
      try (var writer = new Documents.ShardWriter(file)) {
        documents
            .subList(shard * documents.size() / shards, (shard + 1) * documents.size() / shards)
            .forEach(document -> writer.write(Documents.line(document)));
      }
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), folder);
  }

  static List<Document> read(Corpus corpus, String split) {
    try (var documents = Documents.read(corpus.folder(), split)) {
      return documents.toList();
    }
  }

  Prepare.Outputs prepare(List<Document> documents, CorpusRules rules, FakeRun run)
      throws Exception {
    return prepare(new Prepare(), documents, rules, run);
  }

  Prepare.Outputs prepare(Prepare stage, List<Document> documents, CorpusRules rules, FakeRun run)
      throws Exception {
    return stage.run(new Prepare.Inputs(raw(documents), List.of()), rules, run);
  }

  Prepare.Outputs prepare(List<Document> documents, List<Signatures> signatures, CorpusRules rules)
      throws Exception {
    return new Prepare().run(new Prepare.Inputs(raw(documents), signatures), rules, run(2));
  }

  Prepare.Outputs prepare(List<Document> documents, Ngrams model, CorpusRules rules, FakeRun run)
      throws Exception {
    return new Prepare()
        .run(
            new Prepare.Inputs(raw(documents), List.of(), Optional.of(model), Optional.empty()),
            rules,
            run);
  }

  FakeRun run(int threads) {
    return new FakeRun(temporary.resolve("run" + runs++), threads);
  }

  static CorpusRules rules(double heldout, long seed) {
    var d = CorpusRules.defaults();
    return new CorpusRules(
        heldout,
        seed,
        List.of(),
        d.languages(),
        List.of(),
        d.prose(),
        d.forms(),
        d.code(),
        true,
        true,
        true,
        0.75,
        d.repeats(),
        d.decontaminate(),
        true,
        true,
        List.of(),
        "mask",
        0.01);
  }

  static Set<String> ids(List<Document> documents) {
    return documents.stream().map(Document::id).collect(Collectors.toSet());
  }
}

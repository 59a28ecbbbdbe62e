package dev.imago.spark;

import dev.imago.core.InputException;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Utf8Length;
import dev.imago.spark.RemoteFiles.Written;
import dev.imago.tokenize.EncodeCorpus;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/// Encodes a corpus on a cluster, as [EncodeCorpus] does on one machine: a task for each shard
/// writes its ids beside the output; then one task for each split puts them end to end.
final class EncodeFlow {
  private static final int INDEX_BYTES = 16;

  private final JavaSparkContext spark;
  private final JobReporter told;
  private final RemoteFiles files;

  EncodeFlow(JavaSparkContext spark, JobReporter told, RemoteFiles files) {
    this.spark = spark;
    this.told = told;
    this.files = files;
  }

  /// A tokenizer's file, read once by each executor.
  private static final class Encoder implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] json;
    private transient @Nullable Tokenizer tokenizer;

    Encoder(byte[] json) {
      this.json = json;
    }

    synchronized Tokenizer tokenizer() {
      Tokenizer made = tokenizer;
      if (made == null) {
        Path folder = LocalFolder.make();
        try {
          Path file = folder.resolve("tokenizer.json");
          Files.write(file, json);
          made = EncodeCorpus.load(file);
        } catch (IOException e) {
          throw RemoteFiles.failure("write", folder.toString(), e);
        } finally {
          LocalFolder.delete(folder);
        }
        tokenizer = made;
      }
      return made;
    }
  }

  private record Shard(Split split, String uri, String name) implements Serializable {}

  /// What a shard came to.
  private record Encoded(long documents, long tokens, long bytes) implements Serializable {}

  /// @param corpus a folder with `train-*` and `heldout-*`
  /// @param vocabulary a `tokenizer.json`, or its folder
  /// @param output where `tokens` is made
  List<Written> run(String corpus, String vocabulary, EncodeCorpus.Config config, String output)
      throws IOException {
    String json = files.isFolder(vocabulary) ? vocabulary + "/tokenizer.json" : vocabulary;
    Encoder encoder;
    try (InputStream in = files.open(json)) {
      encoder = new Encoder(in.readAllBytes());
    }
    TokenShards.Header header = EncodeCorpus.header(encoder.tokenizer(), config);
    Broadcast<Encoder> with = spark.broadcast(encoder);
    RemoteFiles remote = files;
    var shards = new ArrayList<Shard>();
    for (Split split : Split.values()) {
      for (InputPart.InputFile file : InputFiles.shards(files, corpus, split.fileName())) {
        shards.add(new Shard(split, file.uri(), file.name()));
      }
      if (shards.stream().noneMatch(shard -> shard.split() == split)) {
        throw new InputException(
            "%s holds no %s-00000.jsonl.zst; name a folder that prepare wrote"
                .formatted(corpus, split.fileName()));
      }
    }
    String tokens = output + "/tokens";
    String parts = output + "/.tokens";
    told.step("encode");
    List<Encoded> encoded =
        spark
            .parallelize(shards, shards.size())
            .map(shard -> encode(shard, with.value().tokenizer(), header, parts, remote))
            .collect();
    told.step("join");
    var counts = new ArrayList<List<Long>>();
    for (Split split : Split.values()) {
      counts.add(new ArrayList<>());
      for (int i = 0; i < shards.size(); i++) {
        if (shards.get(i).split() == split) {
          counts.getLast().add(encoded.get(i).tokens());
        }
      }
    }
    var written =
        new ArrayList<>(
            spark
                .parallelize(List.of(Split.values()), Split.values().length)
                .flatMap(
                    split ->
                        join(split, counts.get(split.ordinal()), parts, tokens, remote).iterator())
                .collect());
    Path folder = LocalFolder.make();
    try {
      TokenShards.writeHeader(folder, header);
      written.add(
          files.write(
              tokens,
              "tokens.json",
              "driver",
              out -> Files.copy(folder.resolve("tokens.json"), out)));
    } finally {
      LocalFolder.delete(folder);
    }
    files.delete(parts);
    told.table("Tokens", EncodeCorpus.HEADER, rows(shards, encoded));
    return written;
  }

  private static List<List<String>> rows(List<Shard> shards, List<Encoded> encoded) {
    var rows = new ArrayList<List<String>>();
    for (Split split : Split.values()) {
      long documents = 0;
      long tokens = 0;
      long bytes = 0;
      for (int i = 0; i < shards.size(); i++) {
        if (shards.get(i).split() == split) {
          documents += encoded.get(i).documents();
          tokens += encoded.get(i).tokens();
          bytes += encoded.get(i).bytes();
        }
      }
      rows.add(EncodeCorpus.row(split, documents, tokens, bytes));
    }
    return rows;
  }

  private static String part(Split split, int shard, String ending) {
    return "%s-%05d.%s".formatted(split.fileName(), shard, ending);
  }

  private static Encoded encode(
      Shard shard,
      Tokenizer tokenizer,
      TokenShards.Header header,
      String parts,
      RemoteFiles files) {
    Path folder = LocalFolder.make();
    try (Stream<Document> documents =
        Documents.read(files.open(shard.uri()), Path.of(shard.name()))) {
      long[] counts = new long[2];
      long tokens;
      try (var writer = new TokenShards.Writer(folder, shard.split(), header)) {
        documents.forEach(
            document -> {
              long bytes = Utf8Length.of(document.text());
              writer.write(tokenizer.encodeOrdinary(document.text()), bytes);
              counts[0]++;
              counts[1] += bytes;
            });
        tokens = writer.size();
      }
      String attempt = Long.toString(TaskContext.get().taskAttemptId());
      int number = Integer.parseInt(shard.name().replaceAll("\\D+(\\d+)\\..*", "$1"));
      for (String ending : List.of("bin", "idx")) {
        Path local = folder.resolve(shard.split().fileName() + "." + ending);
        files.write(
            parts, part(shard.split(), number, ending), attempt, out -> Files.copy(local, out));
      }
      return new Encoded(counts[0], tokens, counts[1]);
    } finally {
      LocalFolder.delete(folder);
    }
  }

  /// Puts a split's ids end to end, and its index, whose positions go on.
  private static List<Written> join(
      Split split, List<Long> tokens, String parts, String output, RemoteFiles files) {
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    Written ids =
        files.write(
            output,
            split.fileName() + ".bin",
            attempt,
            out -> {
              for (int shard = 0; shard < tokens.size(); shard++) {
                try (InputStream in = files.open(parts + "/" + part(split, shard, "bin"))) {
                  in.transferTo(out);
                }
              }
            });
    Written index =
        files.write(
            output,
            split.fileName() + ".idx",
            attempt,
            out -> {
              long before = 0;
              byte[] entry = new byte[INDEX_BYTES];
              ByteBuffer numbers = ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN);
              for (int shard = 0; shard < tokens.size(); shard++) {
                try (InputStream in = files.open(parts + "/" + part(split, shard, "idx"))) {
                  while (in.readNBytes(entry, 0, INDEX_BYTES) == INDEX_BYTES) {
                    numbers.putLong(0, numbers.getLong(0) + before);
                    out.write(entry);
                  }
                }
                before += tokens.get(shard);
              }
            });
    return List.of(ids, index);
  }
}

package dev.imago.tokenize;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.InOrder;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Utf8Length;
import dev.imago.data.Vocabulary;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Encodes a corpus to memory-mapped ids, train and held-out apart, documents in their order, each
/// ended by the end-of-text id. A special token's spelling in a document is only characters.
public final class EncodeCorpus
    extends Stage<EncodeCorpus.Inputs, EncodeCorpus.Config, EncodeCorpus.Outputs> {
  /// @param corpus what prepare kept
  /// @param vocabulary the tokenizer
  public record Inputs(Corpus corpus, Vocabulary vocabulary) {}

  /// @param endOfText the special token that ends every document
  public record Config(String endOfText) {
    public Config {
      if (endOfText.isBlank()) {
        throw new ConfigException(
            "endOfText is blank; it names a token, such as " + BpeTrainer.END_OF_TEXT);
      }
    }

    public static Config defaults() {
      return new Config(BpeTrainer.END_OF_TEXT);
    }
  }

  /// @param tokens the ids
  public record Outputs(Tokens tokens) {}

  /// A document's ids and the bytes of its text.
  private record Encoded(int[] ids, long bytes) {}

  /// The head of the table that a run is told.
  public static final List<String> HEADER = List.of("split", "documents", "tokens", "bytes/token");

  private final @Nullable EncodeEngine engine;

  public EncodeCorpus() {
    this(null);
  }

  /// @param engine what does the work; null does it here
  public EncodeCorpus(@Nullable EncodeEngine engine) {
    super("encode", 1, Inputs.class, Config.defaults(), Outputs.class);
    this.engine = engine;
  }

  /// What a vocabulary makes of the settings.
  ///
  /// @throws InputException where it has no such token
  public static TokenShards.Header header(Tokenizer tokenizer, Config config) {
    int endOfText =
        tokenizer
            .id(config.endOfText())
            .orElseThrow(
                () ->
                    new InputException(
                        "endOfText = «%s» is no token of this vocabulary; %s is, when it was trained here"
                            .formatted(config.endOfText(), BpeTrainer.END_OF_TEXT)));
    return new TokenShards.Header(tokenizer.vocabularySize(), endOfText);
  }

  /// A row of the table that a run is told.
  ///
  /// @throws InputException where there is nothing to train on
  public static List<String> row(Split split, long documents, long tokens, long bytes) {
    if (split == Split.TRAIN && documents == 0) {
      throw new InputException(
          "the corpus holds no document to train on; look at what prepare rejected");
    }
    return List.of(
        split.fileName(),
        String.format(Locale.ROOT, "%,d", documents),
        String.format(Locale.ROOT, "%,d", tokens),
        tokens == 0 ? "–" : String.format(Locale.ROOT, "%.3f", (double) bytes / tokens));
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Draft draft = run.draft(Tokens.class, "tokens");
    Path file = inputs.vocabulary().folder().resolve("tokenizer.json");
    if (engine == null) {
      here(inputs.corpus(), load(file), config, draft, run);
    } else {
      engine.encode(
          new EncodeEngine.Request(inputs.corpus().folder(), file, config, draft.folder()), run);
    }
    return new Outputs(draft.commit(Tokens.class));
  }

  private static void here(Corpus corpus, Tokenizer tokenizer, Config config, Draft draft, Run run)
      throws InterruptedException {
    TokenShards.Header header = header(tokenizer, config);
    TokenShards.writeHeader(draft.folder(), header);
    var rows = new ArrayList<List<String>>();
    for (Split split : Split.values()) {
      try (var writer = new TokenShards.Writer(draft.folder(), split, header)) {
        rows.add(encode(corpus, split, tokenizer, writer, run));
      }
    }
    run.table("Tokens", HEADER, rows);
  }

  /// Reads a `tokenizer.json`.
  ///
  /// @throws InputException where it is none
  public static Tokenizer load(Path file) {
    try {
      return Tokenizer.load(file);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<String> encode(
      Corpus corpus, Split split, Tokenizer tokenizer, TokenShards.Writer writer, Run run)
      throws InterruptedException {
    var total =
        new Object() {
          long documents;
          long bytes;
        };
    try (Stream<Document> documents = Documents.read(corpus.folder(), split.fileName());
        Progress progress = run.progress("encode " + split.fileName(), 0, "documents")) {
      InOrder.map(
          documents.iterator(),
          run.threads(),
          document -> document.text().length(),
          document ->
              new Encoded(
                  tokenizer.encodeOrdinary(document.text()), Utf8Length.of(document.text())),
          encoded -> {
            writer.write(encoded.ids(), encoded.bytes());
            total.documents++;
            total.bytes += encoded.bytes();
            progress.add(1);
          });
    }
    return row(split, total.documents, writer.size(), total.bytes);
  }
}

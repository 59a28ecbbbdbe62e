package dev.imago.tokenize;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.Utf8Length;
import dev.imago.data.Vocabulary;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.Counting;
import dev.imago.vocabularies.TokenizerKind;
import dev.imago.vocabularies.TrainerSettings;
import dev.imago.vocabularies.TrainingProgress;
import dev.imago.vocabularies.UnigramTrainer;
import dev.imago.vocabularies.WordCounts;
import dev.imago.vocabularies.WordLevelTrainer;
import dev.imago.vocabularies.WordPieceTrainer;
import dev.imago.vocabularies.WordSplit;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Trains a tokenizer on the train split, and on nothing else: byte-level BPE, if nothing else is
/// asked for.
///
/// The pattern is Qwen2's by default, which llama.cpp knows by that name; the special tokens are
/// ChatML's, with the ids 0, 1 and 2. Text that exceeds `sampleBytes` is sampled by document, by a
/// hash of the id and the seed. The artifact holds `tokenizer.json` and `tokenizer_config.json`.
public final class TrainTokenizer
    extends Stage<TrainTokenizer.Inputs, TrainTokenizer.Config, TrainTokenizer.Outputs> {
  /// @param corpus what prepare kept
  public record Inputs(Corpus corpus) {}

  /// @param vocabularySize tokens in all, the 256 bytes and 3 special tokens too; 0 for what suits
  ///   the corpus: 1,024 for a megabyte, twice as many for four times the text, 4,096 at most, and
  ///   more for the characters of writings other than the Latin one
  /// @param minimumFrequency a pair or word that occurs less often is not learned; UNIGRAM, which
  ///   has no such bound, passes over it
  /// @param sampleBytes train on about this many bytes of UTF-8 at most
  /// @param modelMaxLength the tokens past which transformers warns; no limit of the tokenizer
  /// @param beside tokenizer files to stand beside this one in the report, such as GPT-2's
  /// @param kind which kind of tokenizer; it cuts text as is usual for the kind
  /// @param pattern where byte-level BPE cuts text, and so how it cuts digits: one by one (QWEN2,
  ///   GPT2_DIGITS), by threes (LLAMA3), not at all (GPT2)
  /// @param chineseWords whether text is cut between the words of Chinese, too; the tokenizer then
  ///   does so wherever it is used, and other software refuses its file
  public record Config(
      int vocabularySize,
      long minimumFrequency,
      long sampleBytes,
      int modelMaxLength,
      List<String> beside,
      TokenizerKind kind,
      SplitPattern pattern,
      boolean chineseWords) {
    private static final int LEAST = 256 + SPECIAL.size();
    private static final int MOST = 1_000_000;

    public Config {
      if (chineseWords && (kind == TokenizerKind.BPE || kind == TokenizerKind.CHARACTER)) {
        throw new ConfigException(
            "chineseWords = true does not go with kind = %s, which needs no words; take kind = WORDPIECE, UNIGRAM or WORDLEVEL, or leave chineseWords out"
                .formatted(kind));
      }
      beside = List.copyOf(beside);
      if (vocabularySize != 0) {
        Bounds.whole(
            "vocabularySize",
            vocabularySize,
            LEAST,
            MOST,
            "4096 suits a small model, 32768 a large one, 0 is what suits the corpus");
      }
      Bounds.whole("minimumFrequency", minimumFrequency, 0, Long.MAX_VALUE, "2 is usual");
      Bounds.whole(
          "sampleBytes", sampleBytes, 1000, Long.MAX_VALUE, "100000000 is plenty for 32768 tokens");
      Bounds.whole(
          "modelMaxLength",
          modelMaxLength,
          1,
          Integer.MAX_VALUE,
          "give the model's context length");
    }

    Config withVocabularySize(int size) {
      return new Config(
          size, minimumFrequency, sampleBytes, modelMaxLength, beside, kind, pattern, chineseWords);
    }

    public static Config defaults() {
      return new Config(
          4096, 2, 100_000_000, 2048, List.of(), TokenizerKind.BPE, SplitPattern.QWEN2, false);
    }
  }

  /// @param vocabulary the tokenizer
  public record Outputs(Vocabulary vocabulary) {}

  private static final List<String> SPECIAL =
      List.of(BpeTrainer.END_OF_TEXT, BpeTrainer.TURN_START, BpeTrainer.TURN_END);

  /// About a minute's counting: what a kill may cost.
  private static final long CHECKPOINT_BYTES = 2_000_000_000;

  public TrainTokenizer() {
    super("vocabulary", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    long size =
        config.vocabularySize() == 0
            ? VocabularySize.of(known.figure(Estimate.Figure.BYTES, 0), 0)
            : config.vocabularySize();
    return new Estimate(Map.of(Estimate.Figure.VOCABULARY, size), 0, 0, 0);
  }

  @Override
  public Outputs run(Inputs inputs, Config given, Run run) throws InterruptedException {
    SequencedMap<String, Tokenizer> others = others(given.beside());
    var size = new VocabularySize();
    Sample sample = Sample.of(inputs.corpus().folder(), given.sampleBytes(), size, run);
    Config config = given.vocabularySize() == 0 ? given.withVocabularySize(size.get()) : given;
    Tokenizer tokenizer = train(inputs.corpus(), config, sample, run);
    if (given.vocabularySize() == 0) {
      run.note("%,d tokens suit this corpus".formatted(tokenizer.vocabularySize()));
    } else if (tokenizer.vocabularySize() < config.vocabularySize()) {
      run.note(
          "the text holds pairs for %d tokens only, not %d; a lower minimumFrequency or more text gives more"
              .formatted(tokenizer.vocabularySize(), config.vocabularySize()));
    }
    VocabularyReport.write(tokenizer, others, inputs.corpus().folder(), run);
    Draft draft = run.draft(Vocabulary.class, "vocabulary");
    AtomicFile.write(
        draft.folder().resolve("tokenizer.json"), out -> out.write(tokenizer.toJson()));
    AtomicFile.write(
        draft.folder().resolve("tokenizer_config.json"),
        out ->
            out.write(
                tokenizer.toConfigJson(
                    ChatTemplate.CHATML, BpeTrainer.END_OF_TEXT, config.modelMaxLength())));
    return new Outputs(draft.commit(Vocabulary.class));
  }

  private static SequencedMap<String, Tokenizer> others(List<String> files) {
    var others = new LinkedHashMap<String, Tokenizer>();
    for (String file : files) {
      try {
        others.put(file, Tokenizer.load(Path.of(file)));
      } catch (IllegalArgumentException | UncheckedIOException e) {
        throw new InputException("beside: " + e.getMessage(), e);
      }
    }
    return others;
  }

  private static Tokenizer train(Corpus corpus, Config config, Sample sample, Run run)
      throws InterruptedException {
    WordSplit split =
        config.kind() == TokenizerKind.BPE
            ? WordSplit.bytes(config.pattern())
            : config.chineseWords()
                ? config.kind().splitOfChineseWords()
                : config.kind().usualSplit();
    Counting counts =
        Counting.in(run.scratch().resolve("words"))
            .threads(run.threads())
            .checkpointBytes(CHECKPOINT_BYTES);
    try (Stream<Document> documents = Documents.read(corpus.folder(), Split.TRAIN.fileName());
        Progress counting = run.progress("count words", sample.bytes(), "bytes");
        Progress merging = run.progress("learn tokens", config.vocabularySize(), "tokens")) {
      var progress = new Report(counting, merging);
      Iterator<String> texts = documents.filter(sample::takes).map(Document::text).iterator();
      try (var words = WordCounts.of(texts, split, counts, progress)) {
        return settings(config, run.threads()).train(words, progress).tokenizer();
      }
    } catch (IllegalArgumentException e) {
      // The texts have more characters than the vocabulary has room for, say.
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /// The kind's usual settings, but ChatML's special tokens, which hold the first ids, and the
  /// kind's own token of the unknown after them.
  private static TrainerSettings settings(Config config, int threads) {
    int size = config.vocabularySize();
    long frequency = config.minimumFrequency();
    return switch (config.kind().usualSettings(size)) {
      case BpeTrainer.Settings usual -> usual.specialTokens(SPECIAL).minimumFrequency(frequency);
      case WordPieceTrainer.Settings usual ->
          usual
              .specialTokens(specialAnd(usual.unkToken()))
              .minimumFrequency(frequency)
              // BERT's thousand characters would leave much Chinese unknown, and fill a small
              // vocabulary.
              .limitAlphabet(size / 4);
      case UnigramTrainer.Settings usual ->
          usual.specialTokens(specialAnd(usual.unkToken().orElseThrow())).threads(threads);
      case WordLevelTrainer.Settings usual ->
          usual.specialTokens(specialAnd(usual.unkToken())).minimumFrequency(frequency);
    };
  }

  private static List<String> specialAnd(String unkToken) {
    var tokens = new ArrayList<>(SPECIAL);
    tokens.add(unkToken);
    return tokens;
  }

  private record Report(Progress counting, Progress merging, AtomicLong tokens)
      implements TrainingProgress {
    Report(Progress counting, Progress merging) {
      this(counting, merging, new AtomicLong());
    }

    @Override
    public void counted(long bytes) {
      counting.add(bytes);
    }

    @Override
    public void learned(int now) {
      // Pieces are weeded out: then the number falls, which is no progress to add.
      merging.add(Math.max(0, now - tokens.getAndSet(now)));
      merging.remark(String.format(Locale.ROOT, "%,d tokens", now));
    }
  }

  /// Which documents to train on.
  ///
  /// @param bytes about how many bytes of UTF-8 they have together
  /// @param share the share of documents that is taken, 1 for all
  private record Sample(long bytes, double share, long seed) {
    static Sample of(Path corpus, long sampleBytes, VocabularySize size, Run run) {
      long bytes = 0;
      try (Stream<Document> documents = Documents.read(corpus, Split.TRAIN.fileName());
          Progress progress = run.progress("measure text", 0, "documents")) {
        for (Document document : (Iterable<Document>) documents::iterator) {
          long length = Utf8Length.of(document.text());
          bytes += length;
          size.add(document.text(), length);
          progress.add(1);
        }
      }
      if (bytes == 0) {
        throw new InputException(
            "the corpus holds no text to train on; look at what prepare rejected");
      }
      double share = Math.min(1, (double) sampleBytes / bytes);
      if (share < 1) {
        run.note(
            String.format(
                Locale.ROOT,
                "trains on %.1f %% of the documents: %d of %d MB",
                100 * share,
                sampleBytes / 1_000_000,
                bytes / 1_000_000));
      }
      return new Sample(Math.min(bytes, sampleBytes), share, run.seed());
    }

    boolean takes(Document document) {
      if (share >= 1) {
        return true;
      }
      // FNV-1a over the id, then a final mix: documents with ids alike are taken apart.
      long hash = 0xcbf29ce484222325L ^ seed;
      for (int i = 0; i < document.id().length(); i++) {
        hash = (hash ^ document.id().charAt(i)) * 0x100000001b3L;
      }
      hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
      hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
      return (hash >>> 11) * 0x1p-53 < share;
    }
  }
}

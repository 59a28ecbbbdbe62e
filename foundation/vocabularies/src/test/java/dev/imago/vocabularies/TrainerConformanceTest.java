package dev.imago.vocabularies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.fixtures.RandomText;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our trainers against Hugging Face's and SentencePiece's: see `conformance/README.md`.
@Tag("conformance")
class TrainerConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final String WORDS =
      "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\":"
          + " \"WhitespaceSplit\"}]}}";
  private static final String BERT =
      "{\"normalizer\": {\"type\": \"BertNormalizer\", \"clean_text\": true,"
          + " \"handle_chinese_chars\": true, \"strip_accents\": null, \"lowercase\": true},"
          + " \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}}";
  private static final String METASPACE =
      "{\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\":"
          + " \"always\", \"split\": true}}";
  private static final String GPT2 =
      "{\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\":"
          + " false, \"use_regex\": true}}";
  private static final String GPT2_DIGITS =
      "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\","
          + " \"individual_digits\": true}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false,"
          + " \"trim_offsets\": false, \"use_regex\": true}]}}";

  @TempDir private Path folder;

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  /// Texts to train on and others to measure on.
  private record Corpus(String name, List<String> texts, List<String> held) {}

  /// What the peer gave.
  private record Answer(Map<String, Double> vocabulary, List<List<String>> merges, long tokens) {}

  private List<Corpus> corpora() throws IOException {
    List<String> java = sources(0, 260);
    var random = new RandomText(14);
    List<String> noise = Stream.generate(random::next).limit(3000).toList();
    var corpora = new ArrayList<Corpus>();
    corpora.add(new Corpus("Java", java.subList(0, 200), java.subList(200, 260)));
    corpora.add(new Corpus("random", noise.subList(0, 2500), noise.subList(2500, 3000)));
    shared("data/wikitext2", "valid.txt", "test.txt").ifPresent(corpora::add);
    shared("data/thucnews", "", "").ifPresent(corpora::add);
    return corpora;
  }

  private static List<String> sources(int from, int to) throws IOException {
    Path archive = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    assumeTrue(Files.exists(archive), "this JDK comes without its sources, lib/src.zip");
    var texts = new ArrayList<String>();
    try (var zip = new ZipFile(archive.toFile())) {
      var entries =
          new ArrayList<>(zip.stream().filter(e -> e.getName().endsWith(".java")).toList());
      Collections.shuffle(entries, new Random(13));
      for (var entry : entries.subList(from, to)) {
        texts.add(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  /// A file and another, or all files of a folder, parted; nothing where the shared data is not.
  private static Optional<Corpus> shared(String path, String train, String held)
      throws IOException {
    String named = System.getenv("IMAGO_SHARED");
    Path at = (named == null ? ROOT.resolve("../shared") : Path.of(named)).resolve(path);
    if (!Files.isDirectory(at)) {
      return Optional.empty();
    }
    if (!train.isEmpty()) {
      return Optional.of(
          new Corpus(
              path, Files.readAllLines(at.resolve(train)), Files.readAllLines(at.resolve(held))));
    }
    var lines = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(at)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        for (String line :
            new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
          lines.add(line);
        }
      }
    }
    int cut = lines.size() * 9 / 10;
    return Optional.of(new Corpus(path, lines.subList(0, cut), lines.subList(cut, lines.size())));
  }

  private Answer peer(String kind, Corpus corpus, String split, Map<String, Object> options)
      throws IOException {
    var made = new LinkedHashMap<String, Object>();
    made.put("kind", kind);
    made.put("texts", write("texts.json", corpus.texts()).toString());
    made.put("held", write("held.json", corpus.held()).toString());
    made.put("split", JSON.readTree(split));
    made.put("options", options);
    Path out = folder.resolve("answers.json");
    run("train", write("cases.json", List.of(made)), out);
    return answer(JSON.readTree(Files.readAllBytes(out)).get(0));
  }

  private static Answer answer(JsonNode node) {
    var vocabulary = new LinkedHashMap<String, Double>();
    node.get("vocab").forEach(e -> vocabulary.put(e.get(0).stringValue(), e.get(1).doubleValue()));
    var merges = new ArrayList<List<String>>();
    node.path("merges")
        .forEach(m -> merges.add(List.of(m.get(0).stringValue(), m.get(1).stringValue())));
    return new Answer(vocabulary, merges, node.get("tokens").longValue());
  }

  private void run(Object... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(String.valueOf(System.getenv("IMAGO_PEERS")));
    command.add(ROOT.resolve("conformance/trainers.py").toString());
    Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      int status = process.waitFor();
      assertEquals(0, status, new String(Files.readAllBytes(log), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private Path write(String name, Object value) throws IOException {
    return Files.write(folder.resolve(name), JSON.writeValueAsBytes(value));
  }

  private static WordCounts words(Corpus corpus, WordSplit split) throws InterruptedException {
    return WordCounts.of(
        corpus.texts().iterator(), split, Counting.inMemory(), TrainingProgress.NONE);
  }

  private static Map<String, Double> numbers(Map<String, Integer> vocabulary) {
    var numbers = new LinkedHashMap<String, Double>();
    vocabulary.forEach((token, id) -> numbers.put(token, (double) id));
    return numbers;
  }

  private static List<List<String>> merges(TrainedVocabulary.Bpe bpe) {
    return bpe.merges().stream()
        .map(m -> List.of(text(bpe, m.left()), text(bpe, m.right())))
        .toList();
  }

  private static String text(TrainedVocabulary.Bpe bpe, int id) {
    return Objects.requireNonNull(bpe.tokens().get(id));
  }

  private static long tokens(Corpus corpus, Tokenizer tokenizer) {
    return corpus.held().stream().mapToLong(t -> tokenizer.encode(t).length).sum();
  }

  private static BpeTrainer.Settings plain(int size) {
    return BpeTrainer.Settings.of(size).specialTokens(List.of());
  }

  @Test
  void mergesOfBytesAreHuggingFaces() throws Exception {
    List<Integer> alphabet = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      alphabet.add((int) dev.imago.tokenizers.bytelevel.ByteLevel.spell(b));
    }
    List<String> characters = alphabet.stream().map(Character::toString).toList();
    for (Corpus corpus : corpora()) {
      for (SplitPattern pattern : List.of(SplitPattern.GPT2, SplitPattern.GPT2_DIGITS)) {
        for (int frequency : new int[] {0, 3}) {
          Answer theirs =
              peer(
                  "bpe",
                  corpus,
                  pattern == SplitPattern.GPT2 ? GPT2 : GPT2_DIGITS,
                  Map.of(
                      "vocab_size",
                      3000,
                      "min_frequency",
                      frequency,
                      "initial_alphabet",
                      characters,
                      "max_token_length",
                      frequency == 0 ? 1000 : 7,
                      "special_tokens",
                      List.of("<|endoftext|>")));
          var settings =
              BpeTrainer.Settings.of(3000)
                  .specialTokens(List.of("<|endoftext|>"))
                  .minimumFrequency(frequency)
                  .maxTokenLength(frequency == 0 ? 1000 : 7);
          try (var words = words(corpus, WordSplit.bytes(pattern))) {
            var ours = BpeTrainer.train(settings, words, TrainingProgress.NONE);
            assertEquals(theirs.merges(), merges(ours), corpus.name() + pattern);
            assertEquals(theirs.vocabulary(), numbers(ours.vocabulary()), corpus.name() + pattern);
          }
        }
      }
    }
  }

  @Test
  void mergesOfCharactersAreHuggingFaces() throws Exception {
    for (Corpus corpus : corpora()) {
      for (String split : List.of(WORDS, BERT, METASPACE, GPT2)) {
        Answer theirs =
            peer(
                "bpe",
                corpus,
                split,
                Map.of(
                    "vocab_size",
                    12_000,
                    "min_frequency",
                    2,
                    "initial_alphabet",
                    List.of("é", "Ω", "q"),
                    "special_tokens",
                    List.of("<s>", "</s>", "the")));
        try (var words = words(corpus, WordSplit.json(split))) {
          var ours =
              BpeTrainer.train(
                  plain(12_000)
                      .minimumFrequency(2)
                      .initialAlphabet("éΩq")
                      .specialTokens(List.of("<s>", "</s>", "the")),
                  words,
                  TrainingProgress.NONE);
          assertEquals(theirs.merges(), merges(ours), corpus.name() + split);
          assertEquals(theirs.vocabulary(), numbers(ours.vocabulary()), corpus.name() + split);
          // The special tokens are found in text there as here.
          assertEquals(theirs.tokens(), tokens(corpus, ours.tokenizer()), corpus.name() + split);
        }
      }
    }
  }

  @Test
  void wordsAreHuggingFaces() throws Exception {
    for (Corpus corpus : corpora()) {
      Answer theirs =
          peer(
              "wordlevel",
              corpus,
              WORDS,
              Map.of(
                  "vocab_size",
                  5000,
                  "min_frequency",
                  2,
                  "special_tokens",
                  List.of("<pad>", "<unk>")));
      try (var words = words(corpus, WordSplit.json(WORDS))) {
        var ours =
            WordLevelTrainer.train(
                new WordLevelTrainer.Settings(5000, 2, List.of("<pad>", "<unk>"), "<unk>"),
                words,
                TrainingProgress.NONE);
        assertEquals(theirs.vocabulary(), numbers(ours.vocabulary()), corpus.name());
      }
    }
  }

  /// The order of a hash map decides there: tokens are compared as a set, and by what they are for.
  @Test
  void wordPiecesCompressAsHuggingFaces() throws Exception {
    for (Corpus corpus : corpora()) {
      Answer theirs =
          peer(
              "wordpiece",
              corpus,
              BERT,
              Map.of(
                  "vocab_size",
                  16_000,
                  "min_frequency",
                  2,
                  "special_tokens",
                  List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")));
      try (var words = words(corpus, WordSplit.json(BERT))) {
        var usual = WordPieceTrainer.Settings.of(16_000);
        var ours =
            WordPieceTrainer.train(
                new WordPieceTrainer.Settings(
                    16_000, 2, usual.specialTokens(), OptionalInt.empty(), "", "##", "[UNK]"),
                words,
                TrainingProgress.NONE);
        long tokens = tokens(corpus, ours.tokenizer());
        report("WordPiece " + corpus.name(), theirs, ours.vocabulary().keySet(), tokens);
        assertEquals(theirs.vocabulary().size(), ours.vocabulary().size(), 10, corpus.name());
        assertTrue(tokens <= theirs.tokens() * 1.002, corpus.name());
      }
    }
  }

  /// Others' pieces change from run to run; ours compress no worse, what is unknown set aside.
  @Test
  void unigramPiecesCompressAtLeastAsWell() throws Exception {
    for (Corpus corpus : corpora()) {
      if (corpus.name().equals("random")) {
        continue; // There is nothing to learn in it.
      }
      Answer theirs =
          peer(
              "unigram",
              corpus,
              METASPACE,
              Map.of("vocab_size", 8000, "unk_token", "<unk>", "special_tokens", List.of("<s>")));
      Path out = folder.resolve("answers.json");
      run(
          "sentencepiece",
          write("texts.json", corpus.texts()),
          write("held.json", corpus.held()),
          8000,
          folder,
          out);
      Answer sentencePieces = answer(JSON.readTree(Files.readAllBytes(out)));
      try (var words = words(corpus, WordSplit.json(METASPACE))) {
        var ours =
            UnigramTrainer.train(
                UnigramTrainer.Settings.of(8000).specialTokens(List.of("<s>")),
                words,
                TrainingProgress.NONE);
        long tokens = tokens(corpus, ours.tokenizer());
        report("Unigram " + corpus.name(), theirs, ours.vocabulary().keySet(), tokens);
        report(
            "SentencePiece " + corpus.name(), sentencePieces, ours.vocabulary().keySet(), tokens);
        assertTrue(tokens <= theirs.tokens(), corpus.name());
        assertTrue(tokens <= sentencePieces.tokens(), corpus.name());
      }
    }
  }

  private static void report(String name, Answer theirs, java.util.Set<String> ours, long tokens) {
    var both = new HashSet<>(theirs.vocabulary().keySet());
    both.retainAll(ours);
    System.out.printf(
        "%s: %d tokens, theirs %d, %d in both; held-out tokens %d, theirs %d%n",
        name, ours.size(), theirs.vocabulary().size(), both.size(), tokens, theirs.tokens());
  }
}

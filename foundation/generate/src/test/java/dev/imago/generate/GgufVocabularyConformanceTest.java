// Past 400 lines: one comparison, the texts that it needs and what of them GGUF cannot say.
package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.SplitPattern;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.Counting;
import dev.imago.vocabularies.TokenizerKind;
import dev.imago.vocabularies.TrainedVocabulary;
import dev.imago.vocabularies.TrainingProgress;
import dev.imago.vocabularies.WordCounts;
import dev.imago.vocabularies.WordSplit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Tokenizers that we write as GGUF, read by llama.cpp: it gives the ids that the original gives.
/// See `conformance/README.md`.
@Tag("conformance")
class GgufVocabularyConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT =
      Path.of(System.getProperty("imago.root", ".")).toAbsolutePath().normalize();

  /// Random strings that each tokenizer gets, and characters of real text.
  private static final int STRINGS =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_ZOO_STRINGS", "3000"));

  private static final int REAL =
      Integer.parseInt(System.getenv().getOrDefault("IMAGO_ZOO_TEXT", "500000"));

  private static final int PIECE = 2000;
  private static final int MARKS =
      1 << Character.NON_SPACING_MARK
          | 1 << Character.ENCLOSING_MARK
          | 1 << Character.COMBINING_SPACING_MARK;

  /// Texts that the peer is asked at a time.
  private static final int BATCH = 10_000;

  private static final String[] PARTS = {
    "the",
    " cat",
    " ",
    "  ",
    "\n",
    "\t",
    "世界",
    "中",
    "é",
    "e\u0301",
    "ß",
    "İ",
    "1234",
    "3.14",
    "'s",
    "'LL",
    "!",
    "...",
    "👨‍👩‍👧",
    "🦋",
    "ﬁ",
    "Ⅷ",
    "\u00a0",
    "אב",
    "кот",
    "<",
    "_x",
    "ａ",
    "ㄱ",
    "\u200b",
    "µ",
    "▁",
    "▁ "
  };

  @TempDir private static Path folder;
  private static Path zoo = Path.of(".");

  @BeforeAll
  static void makeTokenizers() throws IOException {
    assumeTrue(
        System.getenv("IMAGO_NODE_PEERS") != null,
        "skipped: IMAGO_NODE_PEERS does not name a folder with node-llama-cpp");
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null,
        "skipped: IMAGO_PEERS does not name a Python with the peers");
    assumeTrue(Files.isDirectory(shared().resolve("data")), "skipped: no shared test data");
    String made = System.getenv("IMAGO_ZOO");
    zoo = made == null ? Files.createDirectories(folder.resolve("zoo")) : Path.of(made);
    if (made == null) {
      run(
          new ProcessBuilder(
              String.valueOf(System.getenv("IMAGO_PEERS")),
              ROOT.resolve("conformance/tokenizer_zoo.py").toString(),
              "make",
              shared().toString(),
              zoo.toString()));
    }
  }

  private static Path shared() {
    String named = System.getenv("IMAGO_SHARED");
    return named == null ? ROOT.resolve("../shared") : Path.of(named);
  }

  private static void run(ProcessBuilder command) throws IOException {
    Path log = folder.resolve("log");
    Process process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertEquals(0, process.waitFor(), () -> command.command() + ": " + read(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<int[]> llamaCpp(Path vocabulary, List<String> texts) throws IOException {
    Path asked = Files.write(folder.resolve("texts.json"), JSON.writeValueAsBytes(texts));
    Path out = folder.resolve("ids.json");
    Path peers = Path.of(String.valueOf(System.getenv("IMAGO_NODE_PEERS")));
    // Its imports are looked for where the script lies.
    Path script = peers.resolve("llama_cpp_ids.mjs");
    Files.copy(
        ROOT.resolve("conformance/llama_cpp_ids.mjs"), script, StandardCopyOption.REPLACE_EXISTING);
    run(
        new ProcessBuilder(
                "node", script.toString(), vocabulary.toString(), asked.toString(), out.toString())
            .directory(peers.toFile()));
    return JSON.readValue(out.toFile(), new TypeReference<>() {});
  }

  /// What people write in English, Chinese and Java, piece by piece.
  private static List<String> realTexts(int chars) throws IOException {
    var texts = new ArrayList<String>();
    int taken = 0;
    for (String name : List.of("wikitext2", "thucnews", "zh_sentiment", "xquad", "sentencepiece")) {
      try (Stream<Path> files = Files.walk(shared().resolve("data").resolve(name))) {
        for (Path file : files.filter(f -> f.toString().matches(".*\\.(txt|json|tsv)")).toList()) {
          String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
          taken += cut(text.substring(0, Math.min(text.length(), chars / 8)), texts);
        }
      }
    }
    Path archive = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    if (Files.exists(archive)) {
      try (var zip = new ZipFile(archive.toFile())) {
        var entries = zip.stream().filter(e -> e.getName().endsWith(".java")).iterator();
        while (entries.hasNext() && taken < chars) {
          byte[] source = zip.getInputStream(entries.next()).readAllBytes();
          taken += cut(new String(source, StandardCharsets.UTF_8), texts);
        }
      }
    }
    return texts;
  }

  /// A spelling of a special token is left out: GGUF cannot say what ordinary text makes of it.
  private static int cut(String text, List<String> texts) {
    for (int at = 0, end; at < text.length(); at = end) {
      end = Math.min(text.length(), at + PIECE);
      end += end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? 1 : 0;
      texts.add(text.substring(at, end).replace("<unk>", "—"));
    }
    return text.length();
  }

  /// Strings that are hard on tokenizers: joiners, marks, blanks, all planes.
  private static List<String> hardTexts(int count) throws IOException {
    BitSet known = known();
    var random = new Random(11);
    var texts = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(12); k >= 0; k--) {
        if (random.nextInt(4) == 0) {
          int bound = random.nextBoolean() ? 0x3100 : 0x110000;
          int c = 1 + random.nextInt(bound - 1);
          text.appendCodePoint(known.get(c) ? c : 'x');
        } else {
          text.append(PARTS[random.nextInt(PARTS.length)]);
        }
      }
      if (random.nextInt(100) == 0) {
        text.append(PARTS[random.nextInt(PARTS.length)].repeat(random.nextInt(300)));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  /// The characters of the peer's Unicode: of newer ones llama.cpp knows no categories. U+166D was
  /// punctuation until Unicode 12, and still is for the pre-tokenizer that WordPiece shares.
  private static BitSet known() throws IOException {
    run(
        new ProcessBuilder(
            String.valueOf(System.getenv("IMAGO_PEERS")),
            "-c",
            "import unicodedata as u; print(*(c for c in range(1, 0x110000) if u.category(chr(c))"
                + " not in ('Cn', 'Cs')))"));
    var known = new BitSet();
    for (String c : Files.readString(folder.resolve("log")).strip().split(" ")) {
      known.set(Integer.parseInt(c));
    }
    known.clear(0x166d);
    return known;
  }

  private static List<String> texts() throws IOException {
    List<String> texts = realTexts(REAL);
    texts.addAll(hardTexts(STRINGS));
    return texts;
  }

  /// Newer format characters, which Hugging Face's Unicode does not know.
  private static final String NEW_FORMATS = "\u0890\u0891\u08e2\\x{110cd}\\x{13430}-\\x{1343f}";

  /// What GGUF says of a tokenizer: all; all but of a `▁` that ends a text and of long runs, for
  /// which several ways have nearly one score; not of the ends of texts and of marks; nor of long
  /// words, of the punctuation of newer Unicode, of `▁` and of U+0085.
  enum Said {
    ALL,
    NO_LAST_BLOCK,
    INNER,
    WORDS
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt2, ALL",
    "cl100k, gpt2, ALL",
    "llama, llama, ALL",
    "unigram, t5, INNER",
    "bert, bert, WORDS",
    "bert-cased, bert, WORDS",
    "minilm, bert, WORDS",
  })
  void llamaCppGivesTheSameIds(String name, String kind, Said says) throws IOException {
    Tokenizer tokenizer = Tokenizer.load(zoo.resolve(name).resolve("tokenizer.json"));
    assertEquals(kind, tokenizer.toGguf().model());
    same(tokenizer, name, says);
  }

  @ParameterizedTest
  @CsvSource({"sentencepiece/test_model.model"})
  void modelsOfSentencePieceKeepTheirIds(String file) throws IOException {
    same(
        Tokenizer.load(shared().resolve("data").resolve(file)),
        "sentencepiece",
        Said.NO_LAST_BLOCK);
  }

  @ParameterizedTest
  @EnumSource
  void whatWeTrainHasLlamaCppsIds(SplitPattern pattern) throws Exception {
    assumeTrue(pattern.isLlamaCpps(), "skipped: llama.cpp has another pattern of that name");
    Counting counting = Counting.in(folder.resolve("counting"));
    try (var words =
        WordCounts.of(
            realTexts(500_000).iterator(),
            WordSplit.bytes(pattern),
            counting,
            TrainingProgress.NONE)) {
      same(
          BpeTrainer.train(BpeTrainer.Settings.of(1000), words, TrainingProgress.NONE).tokenizer(),
          pattern.name(),
          Said.ALL);
    }
  }

  @Test
  void theWordPieceThatWeTrainHasLlamaCppsIds() throws Exception {
    Counting counting = Counting.in(folder.resolve("counting"));
    TokenizerKind kind = TokenizerKind.WORDPIECE;
    try (var words =
        WordCounts.of(
            realTexts(500_000).iterator(), kind.usualSplit(), counting, TrainingProgress.NONE)) {
      TrainedVocabulary trained = kind.usualSettings(2000).train(words, TrainingProgress.NONE);
      same(trained.tokenizer(), "wordpiece", Said.WORDS);
    }
  }

  static List<String> names() {
    return GgufTokens.knownPre();
  }

  /// GPT-2's vocabulary under every name for where text is cut.
  @ParameterizedTest
  @MethodSource("names")
  void textIsCutAsLlamaCppCutsIt(String pre) throws IOException {
    SequencedMap<String, GgufValue> metadata;
    try (Gguf gguf = Gguf.open(shared().resolve("data/llama_cpp_vocab/ggml-vocab-gpt-2.gguf"))) {
      metadata = new LinkedHashMap<>(gguf.metadata());
    }
    metadata.put("tokenizer.ggml.pre", new GgufValue.Text(pre));
    Path file = folder.resolve("named.gguf");
    Gguf.write(file, metadata, new LinkedHashMap<>());
    List<String> texts = realTexts(50_000);
    texts.addAll(hardTexts(3000));
    same(GgufVocabulary.read(metadata).tokenizer(), file, texts);
  }

  /// A Unigram vocabulary under everything that a file says of blanks, and nothing.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void blanksBeforeUnigramAreTreatedAsLlamaCppTreatsThem(int said) throws IOException {
    Path file = folder.resolve("blanks.gguf");
    GgufExport.writeVocabulary(
        Tokenizer.load(zoo.resolve("unigram/tokenizer.json")), file, "blanks", List.of());
    SequencedMap<String, GgufValue> metadata;
    try (Gguf gguf = Gguf.open(file)) {
      metadata = new LinkedHashMap<>(gguf.metadata());
    }
    List<String> flags = List.of("add_space_prefix", "remove_extra_whitespaces");
    for (int i = 0; i < flags.size(); i++) {
      String key = "tokenizer.ggml." + flags.get(i);
      metadata.remove(key);
      if (said < 4) {
        metadata.put(key, new GgufValue.Bool((said >> i & 1) != 0));
      }
    }
    Gguf.write(file, metadata, new LinkedHashMap<>());
    List<String> texts = realTexts(50_000);
    texts.addAll(hardTexts(STRINGS));
    same(GgufVocabulary.read(metadata).tokenizer(), file, texts);
  }

  private static void same(Tokenizer tokenizer, String name, Said says) throws IOException {
    Path file = folder.resolve(name + ".gguf");
    GgufExport.writeVocabulary(tokenizer, file, name, List.of());
    List<String> texts = texts();
    // What llama.cpp makes of the file is what we make of it, on every text; what GGUF has no room
    // for comes up in texts of marks, which are left out of the comparison with the original.
    try (Gguf gguf = Gguf.open(file)) {
      same(GgufVocabulary.read(gguf.metadata()).tokenizer(), file, texts);
    }
    switch (says) {
      case ALL -> {}
      case NO_LAST_BLOCK -> texts.removeIf(t -> t.matches("(?s).*(▁[\\p{Z}\\p{C}]*|(.)\\2{30}.*)"));
      case INNER -> {
        texts.removeIf(GgufVocabularyConformanceTest::hasMarks);
        texts.replaceAll(t -> "a" + t + "z");
      }
      case WORDS ->
          texts.removeIf(
              t ->
                  hasMarks(t)
                      || t.matches(
                          "(?s).*(\\S{100}|[▁\u0085"
                              + NEW_FORMATS
                              + "]|[\\p{P}&&[^\\p{ASCII}]]).*"));
    }
    same(tokenizer, file, texts);
  }

  private static void same(Tokenizer tokenizer, Path file, List<String> texts) throws IOException {
    int different = 0;
    var first = new StringBuilder();
    for (int from = 0; from < texts.size(); from += BATCH) {
      List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
      List<int[]> theirs = llamaCpp(file, batch);
      for (int i = 0; i < batch.size(); i++) {
        int[] ours = tokenizer.encodeOrdinary(batch.get(i));
        int at = Arrays.mismatch(ours, theirs.get(i));
        if (at >= 0 && different++ < 5) {
          first.append(
              "«%.200s» at token %d: %s, %s%n"
                  .formatted(batch.get(i), at, from(ours, at), from(theirs.get(i), at)));
        }
      }
    }
    assertTrue(different == 0, different + " of " + texts.size() + " differ\n" + first);
  }

  private static boolean hasMarks(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKD)
        .codePoints()
        .anyMatch(c -> (1 << Character.getType(c) & MARKS) != 0 || c >= 0x1100 && c < 0x1200);
  }

  private static String from(int[] ids, int at) {
    return Arrays.toString(
        Arrays.copyOfRange(ids, Math.min(at, ids.length), Math.min(at + 8, ids.length)));
  }
}

package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.text.BpeTrainer;
import dev.imago.text.Counting;
import dev.imago.text.GgufTokens;
import dev.imago.text.SplitPattern;
import dev.imago.text.Tokenizer;
import dev.imago.text.TrainingProgress;
import dev.imago.text.WordCounts;
import dev.imago.text.WordSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Tokenizers that we write as GGUF, read by llama.cpp: it gives the ids that the original gives.
/// See `conformance/README.md`.
@Tag("conformance")
class GgufVocabularyConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT =
      Path.of(System.getProperty("imago.root", ".")).toAbsolutePath().normalize();

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

  private static List<List<Integer>> llamaCpp(Path vocabulary, List<String> texts)
      throws IOException {
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

  /// What people write, and strings of characters that are hard on tokenizers.
  private static List<String> texts() throws IOException {
    var texts = new ArrayList<String>();
    for (String file :
        List.of("wikitext2/test.txt", "thucnews/dev.txt", "sentencepiece/botchan.txt")) {
      Path path = shared().resolve("data").resolve(file);
      try (var lines = Files.lines(path)) {
        lines
            .map(l -> l.replace("<unk>", "—").strip())
            .filter(l -> !l.isEmpty())
            .limit(400)
            .forEach(texts::add);
      }
    }
    var random = new Random(11);
    String[] parts = {
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
      "µ"
    };
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int k = random.nextInt(12); k >= 0; k--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      texts.add(text.toString());
    }
    return texts;
  }

  /// @param inner whether blanks at the ends are left out, of which GGUF cannot say what becomes
  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt2, false",
    "cl100k, gpt2, false",
    "llama, llama, false",
    "unigram, t5, true",
    "bert, bert, false",
    "minilm, bert, false",
  })
  void llamaCppGivesTheSameIds(String name, String kind, boolean inner) throws IOException {
    Tokenizer tokenizer = Tokenizer.load(zoo.resolve(name).resolve("tokenizer.json"));
    assertEquals(kind, tokenizer.toGguf().model());
    same(tokenizer, name, inner);
  }

  @ParameterizedTest
  @CsvSource({"sentencepiece/test_model.model"})
  void modelsOfSentencePieceKeepTheirIds(String file) throws IOException {
    same(Tokenizer.load(shared().resolve("data").resolve(file)), "sentencepiece", false);
  }

  @ParameterizedTest
  @EnumSource
  void whatWeTrainHasLlamaCppsIds(SplitPattern pattern) throws Exception {
    assumeTrue(pattern.isLlamaCpps(), "skipped: llama.cpp has another pattern of that name");
    Counting counting = Counting.in(folder.resolve("counting"));
    try (var words =
        WordCounts.of(
            texts().iterator(), WordSplit.bytes(pattern), counting, TrainingProgress.NONE)) {
      same(
          BpeTrainer.train(BpeTrainer.Settings.of(1000), words, TrainingProgress.NONE).tokenizer(),
          pattern.name(),
          false);
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
    same(GgufVocabulary.read(metadata).tokenizer(), file, texts());
  }

  private static void same(Tokenizer tokenizer, String name, boolean inner) throws IOException {
    Path file = folder.resolve(name + ".gguf");
    GgufExport.writeVocabulary(tokenizer, file, name);
    List<String> texts = texts();
    if (inner) {
      // The table makes blanks of these too.
      texts.replaceAll(t -> t.replace('\u00a0', ' ').replace('\u200b', ' ').strip());
      texts.removeIf(String::isEmpty);
    }
    same(tokenizer, file, texts);
  }

  private static void same(Tokenizer tokenizer, Path file, List<String> texts) throws IOException {
    List<List<Integer>> theirs = llamaCpp(file, texts);
    int different = 0;
    var first = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      List<Integer> ours = Arrays.stream(tokenizer.encodeOrdinary(texts.get(i))).boxed().toList();
      if (!ours.equals(theirs.get(i)) && different++ < 5) {
        int at = 0;
        while (at < ours.size()
            && at < theirs.get(i).size()
            && ours.get(at).equals(theirs.get(i).get(at))) {
          at++;
        }
        first.append(
            "«%.200s» at token %d: %s, %s%n"
                .formatted(
                    texts.get(i),
                    at,
                    ours.subList(at, Math.min(ours.size(), at + 8)),
                    theirs.get(i).subList(at, Math.min(theirs.get(i).size(), at + 8))));
      }
    }
    assertTrue(different == 0, different + " of " + texts.size() + " differ\n" + first);
  }
}

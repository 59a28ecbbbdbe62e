package dev.imago.vocabularies;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our tokenizers against Hugging Face's: see `conformance/README.md`.
@Tag("conformance")
class TokenizerConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final int DOCUMENTS = 1_000;

  @TempDir private Path folder;

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  private void peer(Object... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(String.valueOf(System.getenv("IMAGO_PEERS")));
    command.add(ROOT.resolve("conformance/tokenizers.py").toString());
    Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertEquals(0, process.waitFor(), () -> read(log));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return String.valueOf(e);
    }
  }

  private Path write(String name, Object value) throws IOException {
    return Files.write(folder.resolve(name), JSON.writeValueAsBytes(value));
  }

  /// Sources of the JDK, in an order of their own.
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

  /// Chinese prose, where the shared data is.
  private static List<String> chinese() throws IOException {
    String named = System.getenv("IMAGO_SHARED");
    Path shared = named == null ? ROOT.resolve("../shared") : Path.of(named);
    Path xquad = shared.resolve("data/xquad");
    if (!Files.isDirectory(xquad)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(xquad)) {
      var texts = new ArrayList<String>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.add(Files.readString(file));
      }
      return texts;
    }
  }

  private static List<String> random(int count) {
    var random = new RandomText(14);
    return Stream.generate(random::next).limit(count).toList();
  }

  private static List<String> trainingTexts() throws IOException {
    var texts = new ArrayList<>(sources(DOCUMENTS, DOCUMENTS + 300));
    texts.addAll(chinese());
    texts.addAll(random(500));
    return texts;
  }

  private static int[] ids(JsonNode list) {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  @Test
  void theTrainedVocabularyAndMergesAreHuggingFaces() throws Exception {
    List<String> texts = trainingTexts();
    for (SplitPattern pattern : List.of(SplitPattern.QWEN2, SplitPattern.LLAMA3_FOLDED)) {
      Path theirs = folder.resolve("theirs.json");
      peer("train", write("texts.json", texts), 6000, pattern.regex(), theirs);
      Tokenizer hf = Tokenizer.load(theirs);
      Tokenizer ours =
          BpeTrainer.train(
              BpeTrainer.Settings.of(6000),
              pattern,
              texts.iterator(),
              Counting.inMemory(),
              TrainingProgress.NONE);
      assertEquals(hf.merges(), ours.merges());
      assertEquals(hf.vocabularySize(), ours.vocabularySize());
      for (int id = 0; id < ours.vocabularySize(); id++) {
        assertEquals(hf.token(id), ours.token(id));
      }
    }
  }

  @Test
  void idsOfAThousandDocumentsAreHuggingFaces() throws Exception {
    Tokenizer ours = train();
    Path file = Files.write(folder.resolve("tokenizer.json"), ours.toJson());
    var texts = new ArrayList<>(sources(0, DOCUMENTS));
    texts.addAll(chinese());
    texts.addAll(random(20_000));
    peer("ids", file, write("texts.json", texts), folder.resolve("ids.json"));
    JsonNode answers = JSON.readTree(Files.readAllBytes(folder.resolve("ids.json")));
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      assertArrayEquals(ids(answers.get("encode").get(i)), ours.encode(text), text);
      assertArrayEquals(ids(answers.get("ordinary").get(i)), ours.encodeOrdinary(text), text);
      assertEquals(text, ours.decode(ours.encodeOrdinary(text)));
    }
  }

  private static Tokenizer train() throws Exception {
    return BpeTrainer.train(
        BpeTrainer.Settings.of(4096), trainingTexts().iterator(), TrainingProgress.NONE);
  }

  @Test
  void aTokenizerOfOthersGivesTheSameIds() throws Exception {
    String named = System.getenv("IMAGO_SHARED");
    Path file =
        (named == null ? ROOT.resolve("../shared") : Path.of(named))
            .resolve("data/tokenizers/gpt-neo-test-tokenizer.json");
    assumeTrue(Files.exists(file), "the shared data is not beside the repository");
    Tokenizer neox = Tokenizer.load(file);
    var texts = new ArrayList<>(sources(0, 100));
    texts.addAll(chinese());
    texts.addAll(random(5_000));
    peer("ids", file, write("texts.json", texts), folder.resolve("ids.json"));
    JsonNode answers = JSON.readTree(Files.readAllBytes(folder.resolve("ids.json")));
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(ids(answers.get("encode").get(i)), neox.encode(texts.get(i)), texts.get(i));
    }
  }
}

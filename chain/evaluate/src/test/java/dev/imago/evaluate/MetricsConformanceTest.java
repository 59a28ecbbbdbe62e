package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our metrics against other people's, pair by pair: see `conformance/README.md`.
@Tag("conformance")
class MetricsConformanceTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));

  private record Pair(String hypothesis, String reference) {
    boolean ascii() {
      return (hypothesis + reference).chars().allMatch(c -> c < 0x80);
    }
  }

  @TempDir Path folder;

  private final List<Pair> pairs = new ArrayList<>();

  @BeforeEach
  void gather() throws IOException {
    madePairs();
    realPairs();
    Files.write(folder.resolve("pairs.json"), JsonMapper.shared().writeValueAsBytes(pairs));
  }

  /// Edits of random texts of every script, with every kind of white space, and empty ones.
  private void madePairs() {
    String[] words = {
      "returns",
      "the",
      "Length",
      "of",
      "this",
      "{@code",
      "String}",
      "UTF-8",
      "naïve",
      "İ",
      "ΟΔΟΣ",
      "返回长度",
      "。",
      "😀",
      "👩‍👧",
      "e\u0301",
      "x",
      "0",
      "1.5e-3",
      "...",
      "\u00a0",
      "\u3000",
      "\u2028",
      "\u001c",
      "\t",
      "\n",
      "\u200b",
      "\ufeff",
      "straße",
      "K",
      "ſ",
      "\ud835\udd38",
      "_",
      "a_b",
      "-"
    };
    String[] ascii =
        Arrays.stream(words)
            .filter(word -> word.chars().allMatch(c -> c < 0x80))
            .toArray(String[]::new);
    for (int i = 0; i < 1500; i++) {
      edited(i % 2 == 0 ? words : ascii, new Random(11 + i));
    }
  }

  private void edited(String[] words, Random random) {
    List<String> reference = new ArrayList<>();
    for (int n = random.nextInt(25); n > 0; n--) {
      reference.add(words[random.nextInt(words.length)]);
    }
    List<String> hypothesis = new ArrayList<>(reference);
    for (int edit = random.nextInt(8); edit > 0; edit--) {
      int at = random.nextInt(hypothesis.size() + 1);
      if (random.nextBoolean() && at < hypothesis.size()) {
        hypothesis.remove(at);
      } else {
        hypothesis.add(at, words[random.nextInt(words.length)]);
      }
    }
    String glue = random.nextInt(4) == 0 ? "" : " ";
    pairs.add(new Pair(String.join(glue, hypothesis), String.join(" ", reference)));
  }

  /// Captions beside their neighbours, where the shared data is on this machine.
  private void realPairs() throws IOException {
    String shared = System.getenv("IMAGO_SHARED");
    Path data = shared == null ? ROOT.resolve("../shared") : Path.of(shared);
    Path captions = data.resolve("data/multi30k/val.en.gz");
    if (!Files.exists(captions)) {
      return;
    }
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(captions)), StandardCharsets.UTF_8))) {
      String before = "A man in a blue shirt is standing on a ladder.";
      String line;
      while ((line = lines.readLine()) != null) {
        pairs.add(new Pair(before, line));
        before = line;
      }
    }
  }

  @Test
  void chrfEqualsSacrebleusAndRougeLEqualsRougeScores() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python with sacrebleu");
    JsonNode theirs = run(python, "metrics.py", null);
    long[] sum = new long[3 * Chrf.ORDER];
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      assertEquals(
          theirs.get("chrf").get(i).asDouble(),
          Chrf.sentence(pair.hypothesis(), pair.reference()),
          1e-9,
          pair::toString);
      if (pair.ascii()) { // rouge_score knows no other letters
        assertEquals(
            theirs.get("rouge_l").get(i).asDouble(),
            RougeL.f1(pair.hypothesis(), pair.reference()),
            1e-12,
            pair::toString);
      }
      long[] counts = Chrf.counts(pair.hypothesis(), pair.reference());
      for (int c = 0; c < sum.length; c++) {
        sum[c] += counts[c];
      }
    }
    assertEquals(theirs.get("chrf_corpus").asDouble(), Chrf.score(sum), 1e-9);
  }

  @Test
  void rougeLEqualsJsRouges() throws Exception {
    String modules = System.getenv("IMAGO_NODE_PEERS");
    assumeTrue(
        modules != null && Files.isDirectory(Path.of(modules, "node_modules", "js-rouge")),
        "skipped: IMAGO_NODE_PEERS names no folder with js-rouge in its node_modules");
    JsonNode theirs = run("node", "rouge.mjs", Path.of(modules));
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      if (pair.ascii()) {
        assertEquals(
            theirs.get(i).asDouble(),
            RougeL.f1(pair.hypothesis(), pair.reference()),
            1e-12,
            pair::toString);
      }
    }
  }

  private JsonNode run(String program, String script, @Nullable Path directory)
      throws IOException, InterruptedException {
    Path out = folder.resolve(script + ".out");
    Process process =
        new ProcessBuilder(
                program,
                ROOT.resolve("conformance").resolve(script).toString(),
                folder.resolve("pairs.json").toString())
            .directory(directory == null ? folder.toFile() : directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(0, process.waitFor(), script);
    return JsonMapper.shared().readTree(Files.readString(out));
  }
}

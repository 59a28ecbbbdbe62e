package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.fixtures.RandomText;
import dev.imago.tokenizers.bytelevel.ByteLevelBpe;
import dev.imago.tokenizers.bytelevel.ByteLevelEncoder;
import dev.imago.tokenizers.bytelevel.IntList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Byte-level BPE by ranks against tiktoken: see `conformance/README.md`.
@Tag("conformance")
class TiktokenConformanceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final int TEXTS = 100_000;

  @TempDir private Path folder;

  private static Path data(String name) {
    String named = System.getenv("IMAGO_SHARED");
    Path file =
        (named == null ? ROOT.resolve("../shared") : Path.of(named))
            .resolve("data/tiktoken")
            .resolve(name);
    assumeTrue(Files.exists(file), "the shared data is not beside the repository");
    return file;
  }

  private static byte[][] cl100k() throws IOException {
    var tokens = new ArrayList<byte[]>();
    for (String line : Files.readAllLines(data("cl100k_base.tiktoken"))) {
      String[] parts = line.split(" ", 2);
      assertEquals(tokens.size(), Integer.parseInt(parts[1]));
      tokens.add(Base64.getDecoder().decode(parts[0]));
    }
    return tokens.toArray(byte[][]::new);
  }

  private static int[] ids(ByteLevelEncoder encoder, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    var ids = new IntList();
    encoder.encode(utf8, 0, utf8.length, ids);
    return ids.toArray();
  }

  private static List<String> texts(long seed) {
    var random = new Random(seed);
    var pieces = new RandomText(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < TEXTS; i++) {
      var text = new StringBuilder(pieces.next());
      if (i % 10 == 0) {
        for (int n = random.nextInt(20); n > 0; n--) {
          text.append(pieces.next());
        }
      }
      if (i % 1_000 == 0) {
        text.append(pieces.next().repeat(random.nextInt(200)));
      }
      if (i % 1_000 == 1) {
        for (int n = random.nextInt(3_000); n > 0; n--) {
          text.append("aeinorst漢字".charAt(random.nextInt(10)));
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @Test
  void idsOfTheSharedVectorsAreTheSame() throws IOException {
    ByteLevelEncoder encoder =
        ByteLevelBpe.ofRanks(SplitPattern.CL100K.splitter(), cl100k()).encoder();
    int checked = 0;
    for (List<String> row : rows(Files.readString(data("cl100k_base_encodings.csv")))) {
      if (row.size() == 3 && row.get(1).startsWith("[")) {
        int[] expected = ids(JSON.readTree(row.get(1)));
        assertArrayEquals(expected, ids(encoder, row.get(0)), row.get(0));
        checked++;
      }
    }
    assertEquals(423, checked);
  }

  /// Comma-separated values with quotes, as RFC 4180 has them.
  private static List<List<String>> rows(String csv) {
    var rows = new ArrayList<List<String>>();
    var row = new ArrayList<String>();
    var cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (c == '"' && quoted && i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        row.add(cell.toString());
        cell.setLength(0);
        if (c == '\n') {
          rows.add(List.copyOf(row));
          row.clear();
        }
      } else if (quoted || c != '\r') {
        cell.append(c);
      }
    }
    return rows;
  }

  private static int[] ids(JsonNode list) {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = list.get(i).asInt();
    }
    return ids;
  }

  @ParameterizedTest
  @EnumSource(names = {"CL100K", "O200K", "TEKKEN", "GPT2", "QWEN2_FOLDED"})
  void idsOfRandomTextsAreTiktokens(SplitPattern pattern) throws Exception {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
    List<String> texts = texts(21 + pattern.ordinal());
    Path asked = Files.write(folder.resolve("texts.json"), JSON.writeValueAsBytes(texts));
    Path answered = folder.resolve("ids.json");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                String.valueOf(System.getenv("IMAGO_PEERS")),
                ROOT.resolve("conformance/ranks.py").toString(),
                data("cl100k_base.tiktoken").toString(),
                pattern.regex(),
                asked.toString(),
                answered.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(log));
    JsonNode answers = JSON.readTree(Files.readAllBytes(answered));
    ByteLevelEncoder encoder = ByteLevelBpe.ofRanks(pattern.splitter(), cl100k()).encoder();
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(ids(answers.get(i)), ids(encoder, texts.get(i)), texts.get(i));
    }
  }
}
